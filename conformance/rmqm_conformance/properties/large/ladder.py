"""Sizes just beyond those at which implementations change their way, and a few between them."""

from __future__ import annotations

from typing import Final

import numpy as np

from rmqm_conformance.checks import Effort

__all__ = ["rungs"]

_RUNGS: Final = (9, 17, 26, 33, 65, 101, 129, 257, 513, 1001, 1025, 2049, 4097, 8193, 10_001)
"""Just above powers of two and round numbers: batches, chunks, blocks and limits of bytes."""


def rungs(effort: Effort, low: int, high: int, *, skip: int = 1) -> list[int]:
    """
    Return sizes from `low` to `high` in rising order.

    Parameters
    ----------
    effort : Effort
        Its seed draws one size more, log-uniformly, so that no list can be learnt by heart.
    low, high : int
        Limits, both included.
    skip : int
        Every `skip`-th rung is taken, counted down from the largest.

    Examples
    --------
    >>> sizes = rungs(Effort(profile="fast", examples=1, samples=1), 60, 300)
    >>> [size for size in sizes if size in (65, 101, 129, 257)], len(sizes)
    ([65, 101, 129, 257], 5)
    """
    within = [size for size in _RUNGS if low <= size <= high][::-1][::skip]
    drawn = np.exp(np.random.default_rng([effort.seed, low, high]).uniform(*np.log([low, high])))
    return sorted({*within, int(drawn)})
