"""What a ranking by another measure than RMQM states."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from rmqm_spec.contracts.measure import Measure
from rmqm_spec.ranking.ends import Asked, FirstEnd

__all__ = ["MeasurePair", "MeasurePlace", "MeasureRanking"]


@frozen(kw_only=True)
class MeasurePlace:
    """
    An encoder with a value, and its place; without known certainty only the order is known.

    Parameters
    ----------
    name : str
        Its name.
    value : float
        Its value over the common inputs.
    interval : tuple of two floats, optional
        95 % interval of the value alone.
    position : int
        One more than the number of encoders surely before it, or before it where nothing is sure.
    positions : tuple of two int, optional
        First and last position it may have; those of all encoders hold together with 95 %.
    same_as : tuple of str
        Encoders that it cannot be told apart from; without known certainty those of equal value.
    letters : tuple of str
        Two encoders share one if and only if they cannot be told apart; empty where not known.
    best : float, optional
        Probability of the first place.
    probabilities : tuple of float, optional
        Of each position.
    """

    name: str
    value: float
    interval: tuple[float, float] | None
    position: int
    positions: tuple[int, int] | None = None
    same_as: tuple[str, ...] = ()
    letters: tuple[str, ...] = ()
    best: float | None = None
    probabilities: tuple[float, ...] | None = None


@frozen(kw_only=True)
class MeasurePair:
    """
    Two encoders on the same inputs, the one that is first before the other.

    Parameters
    ----------
    first, second : str
        Their names.
    difference : float
        How far the first is before the second, in units of the measure; never negative.
    interval, alone : tuple of two floats, optional
        Of the difference: of all pairs together, and had it been the only one.
    probability : float, optional
        That the first is before the second.
    tied : bool, optional
        Whether they cannot be told apart; None where that is not known.
    inputs_needed : int, optional
        Of a tie: inputs that would show a difference of this size with 80 % probability.
    """

    first: str
    second: str
    difference: float
    interval: tuple[float, float] | None = None
    alone: tuple[float, float] | None = None
    probability: float | None = None
    tied: bool | None = None
    inputs_needed: int | None = None


@frozen(kw_only=True)
class MeasureRanking:
    """
    Encoders in the order of a measure.

    Parameters
    ----------
    measure : Measure
        The measure.
    asked : Asked
        What was asked for.
    first : FirstEnd
        Which values are first, and why.
    is_certain : bool
        Whether it is known how sure differences are.
    ranked : tuple of MeasurePlace
        The first encoder first.
    unranked : mapping of str to str
        Encoders without a value, and why.
    pairs : tuple of MeasurePair
        Every pair.
    order_probability, quantile : float, optional
        As of `rmqm_spec.ranking.records.Ranking`.
    n_inputs, n_groups : int
        Common inputs, and the groups of them that were left out in turn; 0 where none were.
    """

    measure: Measure
    asked: Asked
    first: FirstEnd
    is_certain: bool
    ranked: tuple[MeasurePlace, ...]
    unranked: Mapping[str, str]
    pairs: tuple[MeasurePair, ...]
    order_probability: float | None = None
    quantile: float | None = None
    n_inputs: int = 0
    n_groups: int = 0
