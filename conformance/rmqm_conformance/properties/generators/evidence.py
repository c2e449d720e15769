"""
Evidence against true standard normal noise: p-values, and how small is too small.

A run asks for less than 600 p-values, each of which must be at least 1e-13, and draws less than
4e7 values, none of which may lie beyond 9 deviations: standard normal noise is rejected less than
once in a thousand million runs. The tests are exact or, where they are not, of such size that
their p-values near 1e-13 are right within a factor of 10. Where the largest of several values is
judged, its p-value is multiplied by their number (Bonferroni).

Draws need not be normal beyond the limits of RMQM-WN-010, which 65536 equally probable values
keep. They are so near that no p-value changes by more than a factor of 10.
"""

from __future__ import annotations

from typing import Any, Final

from scipy import special

from rmqm_conformance.require import require
from rmqm_conformance.strategies import Array

__all__ = [
    "REJECTED",
    "accept",
    "accept_cells",
    "accept_count",
    "accept_normal",
    "accept_squares",
    "p_of_count",
    "p_of_squares",
]

REJECTED: Final = 1e-13
"""A p-value below this value breaks a law."""

TOLERATED: Final = 0.05
"""Relative error of shares beyond a limit that RMQM-WN-010 allows."""


def accept(p: Any, what: str) -> None:
    """Demand a p-value that is not too small."""
    chance = f"as far off by chance once in {1 / max(float(p), 1e-300):.1e} cases"
    require(float(p) >= REJECTED, f"{what}: {chance}")


def accept_normal(z: Any, what: str, *, among: int = 1) -> None:
    """Judge a standard normal statistic, on both sides; it may be the largest of several."""
    accept(2 * among * special.ndtr(-abs(float(z))), what)


def p_of_squares(total: Any, n: int) -> float:
    """Return the p-value of a sum of n squares of normal values, on both sides."""
    return 2 * float(min(special.chdtr(n, total), special.chdtrc(n, total)))


def accept_squares(total: Any, n: int, what: str, *, among: int = 1) -> None:
    """Judge a sum of squares of normal values: neither too large nor too small."""
    accept(among * p_of_squares(total, n), f"{what} is {float(total) / n:.4f} of what is expected")


def p_of_count(count: int, n: int, share: float) -> float:
    """Return the probability of `count` or more of n events of at most this probability."""
    return float(special.bdtrc(count - 1, n, share)) if count > 0 else 1.0


def accept_count(count: int, n: int, share: float, what: str) -> None:
    """Judge a number of independent events of this probability, or of one within 5 percent."""
    below = float(special.bdtr(count, n, share * (1 - TOLERATED)))
    above = p_of_count(count, n, share * (1 + TOLERATED))
    accept(2 * min(below, above, 0.5), f"{count} of {n} {what}, {n * share:.1f} expected")


def accept_cells(counts: Array, what: str) -> None:
    """Judge by Pearson how evenly values fall into equally probable cells: nor too evenly."""
    expected = counts.sum() / counts.size
    total = float(((counts - expected) ** 2).sum() / expected)
    accept_squares(total, counts.size - 1, f"the unevenness of {counts.size} cells of {what}")
