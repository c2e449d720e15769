"""Laws of the metric: family RMQM-MET."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import strategies as st

from rmqm_conformance import oracle
from rmqm_conformance.laws import law
from rmqm_conformance.properties.helpers import (
    agreement,
    characterized,
    characterized_without_doubt,
)
from rmqm_conformance.require import require, require_near
from rmqm_conformance.strategies import Distances, distances, variants
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "characteristics"


def _is_scored(result: dict[str, Any]) -> bool:
    """Return whether the status is ok; both spike means must then be above zero."""
    ok: bool = result["status"] == "ok"
    for key in ("D_RC", "P_RC"):
        require(not ok or result[key] > 0, f"the status cannot be ok with {key}={result[key]}")
    return ok


def _require_logarithm(subject: Subject, drawn: Distances, variant: str) -> None:
    result = characterized(subject, drawn, variant)
    if _is_scored(result):
        means = [result[key] for key in ("D", "S", "D_RC", "P_RC")]
        require_near("rmqm", result["rmqm"], oracle.metric(variant, *means), atol=1e-14, rtol=1e-14)


@law("RMQM-MET-001/logarithm", needs=NEEDS, also="RMQM-AGG-001", drawn=distances())
def logarithm_of_paper(subject: Subject, drawn: Distances) -> None:
    """RMQM of `paper` is ln(1 + D + 1/D_RC + 1/P_RC) of the means that are given with it."""
    _require_logarithm(subject, drawn, "paper")


@law("RMQM-MET-002/logarithm", needs=NEEDS, also="RMQM-AGG-001 RMQM-D-003", drawn=distances())
def logarithm_of_authors(subject: Subject, drawn: Distances) -> None:
    """RMQM of `authors-2022` is ln(1 + D + S + 1/D_RC + 1/P_RC) of the means given with it."""
    _require_logarithm(subject, drawn, "authors-2022")


@law(
    "RMQM-MET-001/exact-distances",
    needs=NEEDS,
    also="RMQM-MET-002 RMQM-MET-004",
    drawn=distances(kinds=("smooth", "nice", "zeros")),
    variant=variants(),
)
def exact_distances(subject: Subject, drawn: Distances, variant: str) -> None:
    """RMQM is as near to its exact value as the means that it is made of."""
    judged = characterized_without_doubt(subject, drawn, variant)
    if judged is None or judged[1].status != "ok":
        return
    result, exact = judged
    means = (exact.D, exact.S, exact.D_RC, exact.P_RC)
    signs = (1, 1, -1, -1)  # a larger spike makes the metric smaller
    low, high = (
        oracle.metric(
            variant,
            *(m + way * sign * agreement(m) for m, sign in zip(means, signs, strict=True)),
        )
        for way in (-1, 1)
    )
    require(
        low - 1e-14 <= result["rmqm"] <= high + 1e-14,
        f"rmqm={result['rmqm']!r}, but should be {exact.rmqm!r} (from {low!r} to {high!r})",
        got=result["rmqm"],
        should=exact.rmqm,
    )


@law(
    "RMQM-MET-001/farther",
    needs=NEEDS,
    also="RMQM-MET-002",
    drawn=distances(kinds=("smooth",), resolutions=(1e-12,)),
    variant=variants(),
    power=st.integers(1, 10),
)
def farther(subject: Subject, drawn: Distances, variant: str, power: int) -> None:
    """The same path at a larger scale scores higher, by the displacement that it adds."""
    small = Distances(
        np.ldexp(drawn.displacements, -power), np.ldexp(drawn.step_lengths, -power), 1e-12
    )
    near, far = (characterized(subject, sample, variant) for sample in (small, drawn))
    added = far["D"] - near["D"] + (far["S"] - near["S"] if variant != "paper" else 0.0)
    require(near["rmqm"] < far["rmqm"] < 700, "a larger scale must score higher")
    got = math.exp(far["rmqm"]) - math.exp(near["rmqm"])
    require_near("exp(rmqm) far - near", got, added, atol=1e-9 * math.exp(far["rmqm"]))


@law(
    "RMQM-MET-003/weights",
    needs="characteristics weighted",
    also="RMQM-DEG-009",
    drawn=distances(kinds=("smooth", "zeros")),
    variant=variants(),
)
def weights(subject: Subject, drawn: Distances, variant: str) -> None:
    """The weighted metric has the weights 0.95, 0.74, 0.11; it is undefined where RMQM is."""
    result = characterized(subject, drawn, variant)
    got = math.nan if result["weighted_rmqm"] is None else result["weighted_rmqm"]
    should = math.nan
    if variant == "paper" and _is_scored(result):
        D, D_RC, P_RC = (result[key] for key in ("D", "D_RC", "P_RC"))
        should = math.log(1 + 0.95 * D + 0.74 / D_RC + 0.11 / P_RC)
    require_near("weighted_rmqm", got, should, atol=1e-14, rtol=1e-14)


CHECKS = (
    logarithm_of_paper,
    logarithm_of_authors,
    exact_distances,
    farther,
    weights,
)
