"""When a race is looked at: after ever more inputs, on a plan that is fixed before the start."""

from __future__ import annotations

from math import ceil
from typing import Final

__all__ = ["GROWTH", "LEAST", "looks"]

LEAST: Final = 16
"""Inputs before the first look: fewer make an encoder's variance too uncertain."""

GROWTH: Final = 1.25
"""Each look has so many times the inputs of the last: the cheapest of those tried."""


def looks(most: int, least: int = LEAST, growth: float = GROWTH) -> tuple[int, ...]:
    """
    Return the numbers of inputs after which differences are judged.

    Parameters
    ----------
    most : int
        Inputs that there are.
    least : int
        Inputs of the first look.
    growth : float
        Ratio of two looks.

    Returns
    -------
    tuple of int
        Rising; the last is `most`. A look is left out where the next would follow at once.

    Examples
    --------
    >>> looks(50), looks(10)
    ((16, 20, 25, 32, 40, 50), (10,))
    """
    numbers = [min(least, most)]
    while numbers[-1] < most:
        numbers.append(min(ceil(growth * numbers[-1]), most))
    if len(numbers) > 2 and numbers[-1] < (1 + growth) / 2 * numbers[-2]:
        del numbers[-2]
    return tuple(numbers)
