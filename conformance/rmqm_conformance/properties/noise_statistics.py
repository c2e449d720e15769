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
from scipy import stats

from rmqm_conformance.checks import Effort
from rmqm_conformance.laws import statistic
from rmqm_conformance.properties.generators.evidence import accept
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


def _two_sided(distribution: object, value: float) -> float:
    below = float(distribution.cdf(value))  # type: ignore[attr-defined]
    above = float(distribution.sf(value))  # type: ignore[attr-defined]
    return 2 * min(below, above)


def _uncorrelated(first: Array, second: Array, what: str) -> None:
    for drawn in (first, second):
        require(np.isfinite(drawn).all() and np.ptp(drawn) > 0, "the noise must be finite and vary")
    test = stats.pearsonr(first.ravel(), second.ravel())
    accept(float(test.pvalue), f"{what} are correlated by {float(test.statistic):.3f}")


@statistic("RMQM-WN-001/zero-mean", needs=NEEDS, also="RMQM-WN-010")
def zero_mean(subject: Subject, effort: Effort) -> None:
    """The noise has mean 0."""
    for row in _draws(subject, effort, Levels(100, [1, 10]))[0]:
        mean = math.fsum(row) / len(row)
        p = float(2 * stats.norm.sf(abs(mean) * math.sqrt(len(row))))
        accept(p, f"the mean of {len(row)} normal values is {mean:.4f}")


@statistic("RMQM-WN-002/standard-deviation", needs=NEEDS, also="RMQM-WN-001 RMQM-WN-010")
def standard_deviation(subject: Subject, effort: Effort) -> None:
    """The standard deviation of the noise at level j is j/J times the width of the bounds."""
    levels = Levels(100, [1, 2, 5, 10])
    for level, row in zip(levels.levels, _draws(subject, effort, levels)[0], strict=True):
        total = math.fsum(row**2)
        p = _two_sided(stats.chi2(len(row)), total)
        ratio = math.sqrt(total / len(row))
        accept(p, f"the standard deviation at level {level} is {ratio:.4f} of what it should be")


@statistic("RMQM-WN-001/normal-distribution", needs=NEEDS, also="RMQM-WN-006 RMQM-WN-010")
def normal_distribution(subject: Subject, effort: Effort) -> None:
    """The noise is normal: by Kolmogorov and Smirnov, and in sixteen equally probable cells."""
    row = _draws(subject, effort, Levels(100, [7]))[0, 0]
    test = stats.kstest(row, "norm")
    distance = float(test.statistic)
    accept(float(test.pvalue), f"the distribution is {distance:.4f} from the normal one")
    cells = np.bincount(np.minimum((stats.norm.cdf(row) * 16).astype(int), 15), minlength=16)
    accept(float(stats.chisquare(cells).pvalue), f"sixteen equal cells hold {cells.tolist()}")


@statistic("RMQM-WN-006/tails", needs=NEEDS, also="RMQM-WN-001 RMQM-WN-010")
def tails(subject: Subject, effort: Effort) -> None:
    """As much of the noise lies beyond 1, 2, 3 and 3.5 deviations as of normal values."""
    row = np.abs(_draws(subject, effort, Levels(100, [3]))[0, 0])
    for limit in (1.0, 2.0, 3.0, 3.5):
        count, share = int((row > limit).sum()), float(2 * stats.norm.sf(limit))
        p = float(stats.binomtest(count, len(row), share).pvalue)
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
            share = float(stats.norm.sf(abs(bound) / (2 * level / levels.n_levels)))
            count = int((row == bound).sum())
            p = float(stats.binomtest(count, len(row), share).pvalue)
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
    ranks = stats.norm.cdf(np.abs(row))
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
