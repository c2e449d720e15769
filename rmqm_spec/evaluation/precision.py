"""When a score is as precise as was asked, so that the work may stop."""

from __future__ import annotations

from math import ceil
from typing import Final

from rmqm_spec.characteristics import Characteristics
from rmqm_spec.characteristics.interval import inputs_for_skewness

__all__ = ["FIRST_LOOK", "is_precise", "next_look"]

FIRST_LOOK: Final = 100
"""Inputs before the first look: the standard error of fewer is too uncertain to stop by."""


def is_precise(characteristics: Characteristics, precision: float) -> bool:
    """
    Whether the 95 % interval of a score is narrow enough, and may be trusted to be.

    Parameters
    ----------
    characteristics : Characteristics
        Of the inputs so far.
    precision : float
        Largest half width of the interval.

    Notes
    -----
    Chow and Robbins, 1965: an interval of fixed width that stops by its own standard error covers
    as often as it should where the width is small. Where it is wide, few inputs are enough to stop
    and the standard error may be too small by chance: hence the least number of inputs, and that
    for skewed values. docs/racing.md has the rates for real encoders.

    Examples
    --------
    >>> import numpy as np
    >>> from rmqm_spec import characterize
    >>> steps = np.random.default_rng(0).uniform(0.01, 0.02, (200, 9))
    >>> score = characterize(np.cumsum(steps, 1), steps)
    >>> is_precise(score, 0.05), is_precise(score, 0.005)
    (True, False)
    """
    low, high = characteristics.interval
    influence = characteristics.per_input.contribution - characteristics.rmqm
    is_narrow = (high - low) / 2 <= precision
    return is_narrow and characteristics.n_inputs >= inputs_for_skewness(influence)


def next_look(n: int) -> int:
    """Return when to look again: looking costs time in proportion to the inputs, so ever rarer."""
    return ceil(1.2 * n)
