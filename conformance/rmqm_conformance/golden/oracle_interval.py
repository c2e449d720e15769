"""Chapter 15 of the specification: the interval, at 50 digits."""

from __future__ import annotations

from collections.abc import Sequence

from rmqm_conformance.golden.oracle_characteristics import ExactCharacteristics, mean, metric
from rmqm_conformance.golden.precision import Exact, mp

__all__ = ["ends", "ends_of", "student"]


def student(freedom: int) -> Exact:
    """
    Return the 97.5 % quantile of Student's t distribution.

    Examples
    --------
    >>> print(mp.nstr(student(1), 6), mp.nstr(student(99), 6))
    12.7062 1.98422
    """

    def excess(t: Exact) -> Exact:
        beyond = mp.betainc(
            mp.mpf(freedom) / 2, mp.mpf(1) / 2, 0, freedom / (freedom + t * t), regularized=True
        )
        return beyond - mp.mpf(5) / 100

    return mp.findroot(excess, (mp.mpf("1.9"), mp.mpf(13)), solver="anderson")


def ends(measured: ExactCharacteristics, variant: str) -> tuple[Exact, Exact]:
    """Return both ends of the 95 % interval, NaN if undefined (RMQM-INT-001 to RMQM-INT-003)."""
    if measured.status != "ok" or len(measured.kept) < 2:
        return mp.nan, mp.nan
    low, high = ends_of(measured.per_input, measured.kept, variant)
    return low, high


def ends_of(
    per_input: Sequence[Sequence[Exact]], kept: Sequence[bool], variant: str
) -> list[Exact]:
    """Return both ends from D, S, D_RC and P_RC of the inputs, and which count in the latter."""
    n = len(kept)
    means = [mean(values) for values in per_input[:2]]
    means += [mean([v for v, k in zip(values, kept, strict=True) if k]) for values in per_input[2:]]
    D, S, D_RC, P_RC = means
    score = metric(D, S, D_RC, P_RC, variant)
    weight = mp.mpf(n) / sum(kept)
    influences = []
    for D_i, S_i, D_RC_i, P_RC_i, counts in zip(*per_input, kept, strict=True):
        moved = D_i - D + (S_i - S if variant == "authors-2022" else 0)
        spikes = (D_RC_i - D_RC) / D_RC**2 + (P_RC_i - P_RC) / P_RC**2 if counts else 0
        influences.append((moved - weight * spikes) / mp.exp(score))
    error = mp.sqrt(mp.fsum(influence**2 for influence in influences) / (n * (n - 1)))
    return [score - student(n - 1) * error, score + student(n - 1) * error]
