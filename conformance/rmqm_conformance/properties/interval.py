"""Laws of the interval: family RMQM-INT."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import math

import numpy as np
from hypothesis import strategies as st

from rmqm_conformance import oracle
from rmqm_conformance.laws import law
from rmqm_conformance.properties.helpers import agreement, characterized
from rmqm_conformance.require import require, require_near
from rmqm_conformance.strategies import Distances, distances, variants
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

QUANTILE = 1e-9
"""How far a quantile of Student's t may be from its exact value, relative to it: RMQM-INT-002."""
NEEDS = "interval"
REGULAR = ("smooth", "nice", "zeros")
DRAWN = distances(kinds=REGULAR, min_inputs=2, max_inputs=6, resolutions=(1e-12,))
SMOOTH = distances(kinds=("smooth",), min_inputs=2, resolutions=(1e-12,))


def _interval(subject: Subject, drawn: Distances, variant: str) -> tuple[float, float]:
    result = subject.perform("interval", variant=variant, **drawn.arguments)
    return result["low"], result["high"]


def _half(subject: Subject, drawn: Distances, variant: str) -> float:
    low, high = _interval(subject, drawn, variant)
    return (high - low) / 2


def _exact(drawn: Distances, variant: str) -> oracle.ExpectedCharacteristics:
    return oracle.characteristics(
        drawn.displacements, drawn.step_lengths, variant, drawn.resolution
    )


def _tolerance(exact: oracle.ExpectedCharacteristics) -> float:
    """Return the tolerance of an end of the interval that follows from RMQM-AGG-004."""
    D_i, S_i, D_RC_i, P_RC_i = exact.per_input
    moved = agreement(max(D_i)) + agreement(max(S_i))
    changed = [
        (agreement(float(np.nanmax(own))) + agreement(of_all)) / of_all**2
        + 2 * agreement(of_all) * float(np.nanmax(np.abs(own - of_all))) / of_all**3
        for own, of_all in ((D_RC_i, exact.D_RC), (P_RC_i, exact.P_RC))
    ]
    relative = 10 * (moved + sum(changed)) * len(exact.kept) / exact.kept.sum()
    n = len(exact.kept)
    return float(1e-13 + relative / math.exp(exact.rmqm) * (1 + oracle.quantile_of_student(n - 1)))


@law("RMQM-INT-001/influences", needs=NEEDS, also="RMQM-INT-002", drawn=DRAWN, variant=variants())
def influences(subject: Subject, drawn: Distances, variant: str) -> None:
    """The interval follows from the influences of the inputs, their number and Student's t."""
    exact = _exact(drawn, variant)
    if 0 < exact.P_RC < 1e-9:
        return  # so near to the resolution that rounding could decide
    low, high = _interval(subject, drawn, variant)
    half = oracle.half_width(exact)
    atol = _tolerance(exact) + QUANTILE * half if exact.status == "ok" else 0.0
    require_near("low", low, exact.rmqm - half, atol=atol, rtol=1e-12)
    require_near("high", high, exact.rmqm + half, atol=atol, rtol=1e-12)


@law(
    "RMQM-INT-002/symmetry",
    needs="interval characteristics",
    also="RMQM-DEG-009 RMQM-DEG-010",
    drawn=distances(kinds=REGULAR),
    variant=variants(),
)
def symmetry(subject: Subject, drawn: Distances, variant: str) -> None:
    """The interval is symmetric about RMQM; without a score there is no interval."""
    result = characterized(subject, drawn, variant)
    low, high = _interval(subject, drawn, variant)
    if result["status"] == "ok" and len(drawn.displacements) > 1:
        require(low <= high and math.isfinite(high - low), f"[{low}, {high}] is no interval")
        middle, slack = low / 2 + high / 2, 1e-14 * (1 + abs(low) + abs(high))
        require_near("middle of the interval", middle, result["rmqm"], atol=slack)
    else:
        require(
            math.isnan(low) and math.isnan(high),
            f"[{low}, {high}] must be undefined with status {result['status']!r} and "
            f"N = {len(drawn.displacements)}",
        )


@law(
    "RMQM-INT-003/lonely-input",
    needs=NEEDS,
    drawn=distances(kinds=("smooth",), max_inputs=1),
    variant=variants(),
)
def lonely_input(subject: Subject, drawn: Distances, variant: str) -> None:
    """One input has no interval."""
    low, high = _interval(subject, drawn, variant)
    require(math.isnan(low) and math.isnan(high), f"[{low}, {high}] must be undefined for N = 1")


@law(
    "RMQM-INT-002/copies",
    needs=NEEDS,
    drawn=SMOOTH,
    variant=variants(),
    times=st.integers(2, 5),
)
def copies(subject: Subject, drawn: Distances, variant: str, times: int) -> None:
    """Every input taken several times narrows the interval as N - 1 and Student's t say."""
    n = len(drawn.displacements)
    before = _half(subject, drawn, variant)
    after = _half(subject, drawn.of(np.tile(np.arange(n), times)), variant)
    quantiles = [oracle.quantile_of_student(degrees) for degrees in (n - 1, times * n - 1)]
    narrower = quantiles[1] / quantiles[0] * math.sqrt((n - 1) / (times * n - 1))
    slack = 4 * _tolerance(_exact(drawn, variant))
    require_near("half the width", after, before * narrower, atol=slack, rtol=1e-9)


@law("RMQM-INT-001/order", needs=NEEDS, drawn=SMOOTH, variant=variants(), seed=st.integers(0))
def order(subject: Subject, drawn: Distances, variant: str, seed: int) -> None:
    """The order of the inputs does not matter."""
    rows = np.random.default_rng(seed).permutation(len(drawn.displacements))
    before = _interval(subject, drawn, variant)
    after = _interval(subject, drawn.of(rows), variant)
    slack = 4 * _tolerance(_exact(drawn, variant))
    for what, got, should in zip(("low", "high"), after, before, strict=True):
        require_near(what, got, should, atol=slack)


@law(
    "RMQM-INT-001/equal-inputs",
    needs=NEEDS,
    drawn=SMOOTH,
    variant=variants(),
    times=st.integers(2, 5),
)
def equal_inputs(subject: Subject, drawn: Distances, variant: str, times: int) -> None:
    """Inputs that all move alike have an interval of width zero."""
    alike = drawn.of([0] * times)
    half = _half(subject, alike, variant)
    require_near("half the width", half, 0.0, atol=4 * _tolerance(_exact(alike, variant)))


CHECKS = (influences, symmetry, lonely_input, copies, order, equal_inputs)
