"""
Laws of the distribution of white noise, by statistical tests.

Every test rejects at p < 1e-13, as those of `generators`, which judge the noise of own generators
more sharply. The tests are exact, or hold for such small p: normal, chi-squared, binomial,
Kolmogorov-Smirnov and Pearson's t. The table of RMQM-WN-006 is within 1e-5 of the normal
distribution, a difference too small for any of them.
"""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import math
from typing import Final

import numpy as np
from scipy import special

from rmqm_conformance.checks import Effort
from rmqm_conformance.laws import statistic
from rmqm_conformance.properties.generators.evidence import (
    accept,
    accept_cells,
    accept_normal,
    p_of_count,
    p_of_squares,
)
from rmqm_conformance.properties.helpers import altered
from rmqm_conformance.require import require
from rmqm_conformance.strategies import Array, Batch, Levels
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "noise"
HALF: Final = 32.0
"""Half the width of the bounds; noise of level 10 of 100 stays within, at up to 5 deviations."""


def _draws(
    subject: Subject, effort: Effort, levels: Levels, n: int = 1, seed: int = 0, half: float = HALF
) -> Array:
    """Return normal values (n, levels, values): noise divided by its strength."""
    names = [f"statistics/{effort.seed}/{k}" for k in range(n)]
    batch = Batch(np.zeros((n, -(-effort.samples // n))), names, -half, half)
    noise = altered(subject, batch, levels, effort.seed + seed)
    strengths = [2 * half * level / levels.n_levels for level in levels.levels]
    return np.asarray(noise / np.array(strengths)[:, None])


def _as_rare(count: int, n: int, share: float) -> float:
    """Return how often n trials succeed as rarely, or as often, each with probability `share`."""
    return 2 * min(float(special.bdtr(count, n, share)), p_of_count(count, n, share), 0.5)


def _uncorrelated(first: Array, second: Array, what: str) -> None:
    for drawn in (first, second):
        require(np.isfinite(drawn).all() and np.ptp(drawn) > 0, "the noise must be finite and vary")
    r = float(np.corrcoef(first.ravel(), second.ravel())[0, 1])
    t = abs(r) * math.sqrt((first.size - 2) / max(1 - r**2, np.finfo(float).eps))
    accept(2 * special.stdtr(first.size - 2, -t), f"{what} are correlated by {r:.3f}")


@statistic("RMQM-WN-001/zero-mean", needs=NEEDS, also="RMQM-WN-010")
def zero_mean(subject: Subject, effort: Effort) -> None:
    """The noise has mean 0."""
    for row in _draws(subject, effort, Levels(100, [1, 10]))[0]:
        mean = math.fsum(row) / len(row)
        accept_normal(
            mean * math.sqrt(len(row)), f"the mean of {len(row)} normal values is {mean:.4f}"
        )


@statistic("RMQM-WN-002/standard-deviation", needs=NEEDS, also="RMQM-WN-001 RMQM-WN-010")
def standard_deviation(subject: Subject, effort: Effort) -> None:
    """The standard deviation of the noise at level j is j/J times the width of the bounds."""
    levels = Levels(100, [1, 2, 5, 10])
    for level, row in zip(levels.levels, _draws(subject, effort, levels)[0], strict=True):
        total = math.fsum(row**2)
        p = p_of_squares(total, len(row))
        ratio = math.sqrt(total / len(row))
        accept(p, f"the standard deviation at level {level} is {ratio:.4f} of what it should be")


@statistic("RMQM-WN-001/normal-distribution", needs=NEEDS, also="RMQM-WN-006 RMQM-WN-010")
def normal_distribution(subject: Subject, effort: Effort) -> None:
    """The noise is normal: by Kolmogorov and Smirnov, and in sixteen equally probable cells."""
    row = _draws(subject, effort, Levels(100, [7]))[0, 0]
    below, steps = special.ndtr(np.sort(row)), np.arange(len(row) + 1) / len(row)
    distance = float(max((steps[1:] - below).max(), (below - steps[:-1]).max()))
    # Twice the one-sided p-value is exact as soon as only one side can be as far off.
    p = 2 * special.smirnov(len(row), distance)
    accept(p, f"the distribution is {distance:.4f} from the normal one")
    accept_cells(np.bincount(np.minimum((below * 16).astype(int), 15), minlength=16), "the noise")


@statistic("RMQM-WN-006/tails", needs=NEEDS, also="RMQM-WN-001 RMQM-WN-010")
def tails(subject: Subject, effort: Effort) -> None:
    """As much of the noise lies beyond 1, 2, 3 and 3.5 deviations as of normal values."""
    row = np.abs(_draws(subject, effort, Levels(100, [3]))[0, 0])
    for limit in (1.0, 2.0, 3.0, 3.5):
        count, share = int((row > limit).sum()), float(2 * special.ndtr(-limit))
        p = _as_rare(count, len(row), share)
        accept(p, f"{count} of {len(row)} values exceed {limit}, {share * len(row):.1f} expected")


@statistic("RMQM-ALT-004/clipped-share", needs=NEEDS, also="RMQM-WN-001 RMQM-WN-002 RMQM-WN-010")
def clipped_share(subject: Subject, effort: Effort) -> None:
    """At high levels as many values lie at each bound as a normal distribution has beyond it."""
    batch = Batch(np.zeros((1, effort.samples)), [f"statistics/{effort.seed}"], -0.5, 1.5)
    levels = Levels(4, [1, 2, 3, 4])
    for level, row in zip(
        levels.levels, altered(subject, batch, levels, effort.seed)[0], strict=True
    ):
        for bound in (batch.low, batch.high):
            share = float(special.ndtr(-abs(bound) / (2 * level / levels.n_levels)))
            count = int((row == bound).sum())
            p = _as_rare(count, len(row), share)
            accept(p, f"{count} of {len(row)} values lie at {bound}, level {level}")


@statistic("RMQM-WN-008/uncorrelated-levels", needs=NEEDS, also="RMQM-ALT-003 RMQM-WN-004")
def uncorrelated_levels(subject: Subject, effort: Effort) -> None:
    """The draws of different levels are not correlated."""
    rows = _draws(subject, effort, Levels(100, [1, 2, 3, 10]))[0]
    for k in range(1, 4):
        for earlier in range(k):
            _uncorrelated(rows[earlier], rows[k], f"the draws of places {earlier} and {k}")


@statistic("RMQM-ALT-003/uncorrelated-inputs", needs=NEEDS, also="RMQM-WN-003")
def uncorrelated_inputs(subject: Subject, effort: Effort) -> None:
    """The draws of different inputs, and of different seeds, are not correlated."""
    rows = _draws(subject, effort, Levels(100, [4]), n=2)[:, 0]
    _uncorrelated(rows[0], rows[1], "the draws of two inputs")
    next_seed = _draws(subject, effort, Levels(100, [4]), n=2, seed=1)[:, 0]
    _uncorrelated(rows, next_seed, "the draws of two seeds")


@statistic("RMQM-WN-001/uncorrelated-values", needs=NEEDS, also="RMQM-WN-005 RMQM-WN-010")
def uncorrelated_values(subject: Subject, effort: Effort) -> None:
    """The noise of neighbouring values of an input is not correlated, nor are their squares."""
    row = _draws(subject, effort, Levels(100, [6]))[0, 0]
    for lag in (1, 2, 3, 4, 8, 16, 64):
        _uncorrelated(row[:-lag], row[lag:], f"values {lag} places apart")
    ranks = special.ndtr(np.abs(row))
    _uncorrelated(ranks[:-1], ranks[1:], "sizes of neighbouring values")


CHECKS = (
    zero_mean,
    standard_deviation,
    normal_distribution,
    tails,
    clipped_share,
    uncorrelated_levels,
    uncorrelated_inputs,
    uncorrelated_values,
)
