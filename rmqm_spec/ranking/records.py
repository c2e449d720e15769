"""What a ranking states: the place of each encoder, and the difference of each pair."""

from __future__ import annotations

import math
from collections.abc import Mapping
from math import floor, log10

from attrs import frozen

__all__ = ["NEGLIGIBLE", "NOTHING_RANKED", "Pair", "Ranked", "Ranking", "rounded_up"]

NEGLIGIBLE = 5e-4
"""A difference below half of the third decimal is one of rounding or runtime, however certain."""


@frozen(kw_only=True)
class Pair:
    """
    Two encoders on the same inputs, the encoder with the higher score first.

    Parameters
    ----------
    first, second : str
        Their names.
    difference : float
        RMQM of the first minus that of the second.
    interval : tuple of two floats
        Of the difference; all pairs of a ranking are covered together with 95 % probability.
    alone : tuple of two floats
        95 % interval of this difference, had it been the only difference of interest.
    probability : float
        That the first is above the second.
    tied : bool
        Whether they cannot be told apart: `interval` contains zero, or the difference is below
        `NEGLIGIBLE`.
    parts : dict
        What each term of the logarithm adds to the difference; they sum to it.
    inputs_needed : int or None
        Of a tie: number of inputs that would show a difference of the measured size with 80 %
        probability. None without a tie, or where the difference is below `NEGLIGIBLE`.
    """

    first: str
    second: str
    difference: float
    interval: tuple[float, float]
    alone: tuple[float, float]
    probability: float
    tied: bool
    parts: dict[str, float]
    inputs_needed: int | None


@frozen(kw_only=True)
class Ranked:
    """
    An encoder with a score, and its place among the others.

    Parameters
    ----------
    name : str
        Its name.
    rmqm : float
        Its score.
    interval : tuple of two floats
        95 % interval of its score alone.
    position : int
        One more than the number of encoders that are surely above it.
    positions : tuple of two int
        First and last position it may have; those of all encoders hold together with 95 %.
    same_as : tuple of str
        Encoders that it cannot be told apart from.
    letters : tuple of str
        Groups it belongs to: two share a letter if and only if they cannot be told apart.
    best : float
        Probability of the highest score.
    probabilities : tuple of float
        Of each position, from the first.
    shares : dict
        Share of each term inside the logarithm of the score.
    """

    name: str
    rmqm: float
    interval: tuple[float, float]
    position: int
    positions: tuple[int, int]
    same_as: tuple[str, ...]
    letters: tuple[str, ...]
    best: float
    probabilities: tuple[float, ...]
    shares: dict[str, float]


@frozen(kw_only=True)
class Ranking:
    """
    Encoders in the order of their scores.

    Parameters
    ----------
    ranked : tuple of Ranked
        By falling score.
    unranked : mapping
        Encoders without a score, and why.
    pairs : tuple of Pair
        Every pair of ranked encoders.
    order_probability : float
        That the order of `ranked` is right from top to bottom.
    quantile : float
        Standard errors by which the simultaneous intervals reach to either side.
    n_inputs : int Number of inputs.
    """

    ranked: tuple[Ranked, ...]
    unranked: Mapping[str, str]
    pairs: tuple[Pair, ...]
    order_probability: float
    quantile: float
    n_inputs: int

    def pair(self, first: str, second: str) -> Pair:
        """Return the pair of two ranked encoders."""
        return next(pair for pair in self.pairs if {pair.first, pair.second} == {first, second})


NOTHING_RANKED = Ranking(
    ranked=(), unranked={}, pairs=(), order_probability=math.nan, quantile=math.nan, n_inputs=0
)
"""The ranking where no encoder could be scored."""


def rounded_up(number: int) -> int:
    """
    Round the number of inputs needed up to two digits: it is only an estimate.

    Examples
    --------
    >>> rounded_up(3320), rounded_up(7)
    (3400, 7)
    """
    unit: int = 10 ** max(floor(log10(number)) - 1, 0)
    return -(-number // unit) * unit
