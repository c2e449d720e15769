"""What an evaluation should give, computed from the implementation's own noise."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from attrs import frozen

from rmqm_conformance import oracle
from rmqm_conformance.properties.helpers import agreement, altered
from rmqm_conformance.require import require_equal, require_near
from rmqm_conformance.strategies import Array, Batch, Levels, Network
from rmqm_conformance.subject import Subject

__all__ = ["Expected", "evaluated", "expected", "require_evaluation"]


def evaluated(
    subject: Subject, drawn: tuple[Batch, Network], n_levels: int, seed: int, variant: str
) -> dict[str, Any]:
    """Ask for an evaluation."""
    batch, network = drawn
    return subject.perform(
        "evaluate",
        network=network,
        n_levels=n_levels,
        seed=seed,
        variant=variant,
        **batch.arguments,
    )


@frozen
class Expected:
    """The exact characteristics of an evaluation, and how far each number may be from them."""

    exact: oracle.ExpectedCharacteristics
    within: dict[str, float]


def expected(
    subject: Subject, drawn: tuple[Batch, Network], n_levels: int, seed: int, variant: str
) -> Expected | None:
    """
    Compute an evaluation from the implementation's own noise.

    The numbers may differ by what the rounding of representations does to them. The result is None
    if rounding could decide about the status: where a distance is small, but not zero.
    """
    batch, network = drawn
    every = altered(subject, batch, Levels(n_levels, list(range(n_levels + 1))), seed)
    flat = every.reshape(-1, *batch.values.shape[1:])
    z = oracle.represent(network, flat).reshape(len(batch.ids), n_levels + 1, -1)
    d, s = oracle.distances(z)
    if any(((values > 1e-13) & (values < 1e-7)).any() for values in (d, s)):
        return None
    exact = oracle.characteristics(d, s, variant, 1e-12)
    within = {key: agreement(getattr(exact, key)) for key in ("D", "S", "D_RC", "P_RC")}
    if exact.kept.any():
        within["D_RC"] += _spread(d[exact.kept])
        within["P_RC"] += _spread(s[exact.kept])
    if exact.status == "ok":
        change = within["D"] + within["S"]
        change += sum(within[key] / getattr(exact, key) ** 2 for key in ("D_RC", "P_RC"))
        within["rmqm"] = 1e-12 + 2 * change / math.exp(exact.rmqm)
        if min(exact.D_RC, exact.P_RC) < 1e-6:
            return None
    return Expected(exact, within)


def _spread(values: Array) -> float:
    """Return how far rounding of 1e-13 in each distance can move the mean relative change."""
    smallest = np.where(values < 1e-12, np.inf, values).min(axis=1)
    return float(1e-13 * (4 * values.max(axis=1) / smallest**2 + 4 / smallest).mean())


def require_evaluation(result: dict[str, Any], should: Expected, *, times: float = 1.0) -> None:
    """Demand the numbers of an evaluation, within `times` the tolerance."""
    exact, within = should.exact, should.within
    require_equal("status", result["status"], exact.status)
    require_equal("n_inputs", result["n_inputs"], len(exact.kept))
    for key in ("D", "D_RC", "P_RC", "rmqm"):
        require_near(key, result[key], getattr(exact, key), atol=times * within.get(key, 0.0))
