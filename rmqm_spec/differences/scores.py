"""The difference of two scores, and the terms, levels and inputs that made it."""

from __future__ import annotations

import math

import numpy as np
from attrs import frozen

from rmqm_spec.arrays import Float64Array
from rmqm_spec.characteristics import Characteristics
from rmqm_spec.characteristics.interval import delta_interval
from rmqm_spec.differences.shared import ComparablePair
from rmqm_spec.ranking.parts import difference_parts, logarithmic_mean, terms

__all__ = ["MovedInput", "ScoreDifference", "Term", "score_difference"]

_RECIPROCAL = {"D_RC", "P_RC"}


@frozen(kw_only=True)
class Term:
    """
    One term of exp(RMQM) in two results.

    Parameters
    ----------
    name : {"D", "S", "1/D_RC", "1/P_RC"}
        The term.
    first, second : float
        Its value; exp(RMQM) is 1 plus the sum of the terms.
    part : float
        What its change adds to the difference of RMQM; the parts add up to it.
    """

    name: str
    first: float
    second: float
    part: float


@frozen(kw_only=True)
class MovedInput:
    """What one input contributes to RMQM in two results, and the change between them."""

    id: str
    name: str
    first: float
    second: float
    change: float


@frozen(kw_only=True, eq=False)
class ScoreDifference:
    """
    RMQM of the second result minus that of the first, and where it comes from.

    Parameters
    ----------
    rmqm : float
        The difference.
    interval : tuple of two floats
        Its 95 % interval, paired by input; NaN for one input.
    terms : tuple of Term
        The terms of exp(RMQM).
    levels : (J,) ndarray of float64
        What each level adds to the difference.
    unassigned : float
        What belongs to no level: undefined terms, and inputs left out of the means.
    inputs : tuple of MovedInput
        All inputs, those first whose contribution changed most.
    """

    rmqm: float
    interval: tuple[float, float]
    terms: tuple[Term, ...]
    levels: Float64Array
    unassigned: float
    inputs: tuple[MovedInput, ...]


def score_difference(pair: ComparablePair) -> ScoreDifference | None:
    """
    Break the difference of two scores down; None where either score is undefined.

    Notes
    -----
    The terms are those of `rmqm_spec.ranking.parts`. Below them, a reciprocal 1/R changes by
    -(R' - R) / (R R'), and R is a sum over levels: exact too.
    """
    first, second = pair.characteristics
    if math.isnan(first.rmqm) or math.isnan(second.rmqm):
        return None
    change = second.rmqm - first.rmqm
    contributions = first.per_input.contribution, second.per_input.contribution
    changes = contributions[1] - contributions[0]
    scale = logarithmic_mean(math.exp(first.rmqm), math.exp(second.rmqm))
    levels = _of_levels(first, second) / scale
    return ScoreDifference(
        rmqm=change,
        interval=delta_interval(change, changes - change),
        terms=tuple(_terms(first, second)),
        levels=levels,
        unassigned=change - math.fsum(levels.tolist()),
        inputs=tuple(
            MovedInput(
                id=pair.ids[row],
                name=pair.names[row],
                first=float(contributions[0][row]),
                second=float(contributions[1][row]),
                change=float(changes[row]),
            )
            for row in np.argsort(-np.abs(changes), kind="stable")
        ),
    )


def _terms(first: Characteristics, second: Characteristics) -> list[Term]:
    first_terms, second_terms, parts = terms(first), terms(second), difference_parts(second, first)
    return [
        Term(name=name, first=first_terms[name], second=second_terms[name], part=parts[name])
        for name in parts
    ]


def _of_levels(first: Characteristics, second: Characteristics) -> Float64Array:
    """Return what each level adds to the difference of exp(RMQM)."""
    n_levels = first.n_levels
    total = np.zeros(n_levels)
    divisor = n_levels if first.variant == "paper" else n_levels - 1
    curves = {"D": "displacement", "S": "step_length"}
    curves |= {"D_RC": "displacement_change", "P_RC": "step_length_change"}
    for name in _names(first):
        first_curve, second_curve = (
            getattr(characteristics.curves, curves[name]).mean
            for characteristics in (first, second)
        )
        change = np.nan_to_num(second_curve) - np.nan_to_num(
            first_curve
        )  # the first levels have no term
        if name in _RECIPROCAL:
            total -= change / divisor / (getattr(first, name) * getattr(second, name))
        else:
            total += change / n_levels
    return total


def _names(characteristics: Characteristics) -> tuple[str, ...]:
    return (
        ("D", "D_RC", "P_RC") if characteristics.variant == "paper" else ("D", "S", "D_RC", "P_RC")
    )
