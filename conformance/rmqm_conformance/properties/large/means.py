"""Means, spikes and intervals of many inputs and many levels: RMQM-AGG and RMQM-INT."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rmqm_conformance import oracle
from rmqm_conformance.checks import Effort
from rmqm_conformance.laws import statistic
from rmqm_conformance.properties.helpers import characterized, require_agreement
from rmqm_conformance.properties.large.ladder import rungs
from rmqm_conformance.require import require_equal, require_near
from rmqm_conformance.strategies import Distances
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]


def _tables(effort: Effort, *, zeros: bool) -> Iterator[Distances]:
    """Yield distances of many inputs, and of many levels; with zeros, where they leave a mean."""
    rng = np.random.default_rng([effort.seed, 9])
    shapes = [(size, 3) for size in rungs(effort, 17, 4100)]
    shapes += [(3, size) for size in rungs(effort, 26, 4100)]
    for n, n_levels in shapes:
        d, s = rng.uniform(0.1, 1.9, (2, n, n_levels))
        if zeros and n > 300:
            s[:300, 0] = d[:300, 0] = 0.0
        yield Distances(d, s, 1e-12)


@statistic("RMQM-AGG-004/large", needs="characteristics", also="RMQM-AGG-001 RMQM-D-001")
def means(subject: Subject, effort: Effort) -> None:
    """Means of many inputs and of many levels are exact to RMQM-AGG-004."""
    for variant in ("paper", "authors-2022"):
        for drawn in _tables(effort, zeros=variant != "paper"):
            shape = drawn.displacements.shape
            exact = oracle.characteristics(drawn.displacements, drawn.step_lengths, variant, 1e-12)
            got = characterized(subject, drawn, variant)
            for name in ("D", "S", "D_RC", "P_RC", "rmqm"):
                require_agreement(f"{name} of {shape}", got[name], getattr(exact, name), times=4)
            require_equal(f"left_out of {shape}", got["left_out"], exact.left_out)


@statistic("RMQM-DEG-002/many-terms", needs="characteristics", also="RMQM-DEG-004")
def undefined_terms(subject: Subject, effort: Effort) -> None:
    """Undefined terms are counted, however many there are."""
    rng = np.random.default_rng([effort.seed, 15])
    for n, n_levels in ((30, 100), (7, 40), (2, 700)):
        d, s = rng.uniform(0.1, 1.9, (2, n, n_levels)) * (rng.random((2, n, n_levels)) > 0.3)
        exact = oracle.characteristics(d, s, "paper", 1e-12)
        got = characterized(subject, Distances(d, s, 1e-12), "paper")
        for name, count in zip(("D_RC", "P_RC"), exact.undefined, strict=True):
            require_equal(f"undefined_{name} of {(n, n_levels)}", got[f"undefined_{name}"], count)


@statistic("RMQM-INT-002/large", needs="interval", also="RMQM-INT-001")
def intervals(subject: Subject, effort: Effort) -> None:
    """The quantile is Student's for N - 1 degrees of freedom, however many inputs there are."""
    for variant in ("paper", "authors-2022"):
        for drawn in _tables(effort, zeros=False):
            shape = drawn.displacements.shape
            exact = oracle.characteristics(drawn.displacements, drawn.step_lengths, variant, 1e-12)
            half = oracle.half_width(exact)
            got = subject.perform("interval", variant=variant, **drawn.arguments)
            width = (got["high"] - got["low"]) / 2
            require_near(f"half the width of {shape}", width, half, atol=1e-11, rtol=1e-8)
            middle = (got["high"] + got["low"]) / 2
            require_near(f"middle of the interval of {shape}", middle, exact.rmqm, atol=1e-11)


CHECKS = (undefined_terms, means, intervals)
