"""Laws of the status of a result: RMQM-DEG-003 and RMQM-DEG-006 to RMQM-DEG-009."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import math

import numpy as np
from hypothesis import strategies as st

from rmqm_conformance.laws import law
from rmqm_conformance.properties.helpers import (
    characterized,
    characterized_without_doubt,
)
from rmqm_conformance.require import require, require_equal
from rmqm_conformance.strategies import Distances, distances, variants
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "characteristics"
DEGENERATE = ("zeros", "resolution", "repeated")


@law(
    "RMQM-DEG-008/first-that-holds",
    needs=NEEDS,
    also="RMQM-DEG-003 RMQM-DEG-005 RMQM-DEG-006 RMQM-DEG-007",
    drawn=distances(kinds=(*DEGENERATE, "smooth")),
    variant=variants(),
)
def status(subject: Subject, drawn: Distances, variant: str) -> None:
    """The status is the first that holds of collapsed, undefined-terms, constant-steps and ok."""
    if judged := characterized_without_doubt(subject, drawn, variant):
        require_equal("status", judged[0]["status"], judged[1].status)


@law(
    "RMQM-DEG-009/undefined-score",
    needs=NEEDS,
    also="RMQM-DEG-010",
    drawn=distances(),
    variant=variants(),
)
def undefined_score(subject: Subject, drawn: Distances, variant: str) -> None:
    """The metric is NaN exactly if the status is not ok; nothing is infinite."""
    result = characterized(subject, drawn, variant)
    undefined = math.isnan(result["rmqm"])
    require(
        undefined == (result["status"] != "ok"),
        f"rmqm={result['rmqm']!r} does not go with status={result['status']!r}",
    )
    require(
        undefined or result["weighted_rmqm"] is None or not math.isinf(result["weighted_rmqm"]),
        "weighted_rmqm must not be infinite",
    )
    for key in ("D", "S", "D_RC", "P_RC", "rmqm"):
        require(not math.isinf(result[key]), f"{key} must not be infinite")
        if key in {"D", "S"}:
            require(math.isfinite(result[key]), f"{key} must be a number; got {result[key]}")


@law(
    "RMQM-DEG-003/one-per-cent",
    needs=NEEDS,
    of_steps=st.booleans(),
    undefined=st.integers(0, 4),
    shape=st.sampled_from([(4, 50), (4, 51), (150, 2)]),
    seed=st.integers(0, 2**32),
)
def one_per_cent(
    subject: Subject, of_steps: bool, undefined: int, shape: tuple[int, int], seed: int
) -> None:
    """In `paper` one per cent of the terms may be undefined, of each kind, and no more."""
    n, n_levels = shape
    rng = np.random.default_rng(seed)
    d, s = rng.uniform(0.5, 1.5, size=(2, n, n_levels))
    places = np.arange(1, n_levels, 2)
    for k in rng.choice(n * len(places), size=undefined, replace=False):
        (s if of_steps else d)[k % n, places[k // n]] = 0
    result = characterized(subject, Distances(d, s, 1e-12), "paper")
    counted = result["undefined_P_RC" if of_steps else "undefined_D_RC"]
    require_equal("number of undefined terms", counted, undefined)
    n_terms = n * (n_levels - of_steps)
    should = "undefined-terms" if 100 * undefined > n_terms else "ok"
    require_equal(f"status with {undefined} of {n_terms} undefined", result["status"], should)


@law(
    "RMQM-DEG-008/several-reasons",
    needs=NEEDS,
    also="RMQM-DEG-003 RMQM-DEG-006 RMQM-DEG-007",
    still=st.booleans(),
    n=st.integers(1, 4),
    n_levels=st.integers(3, 9),
    value=st.sampled_from([0.25, 0.7, 1.0, 2.0]),
)
def several_reasons(subject: Subject, still: bool, n: int, n_levels: int, value: float) -> None:
    """In `paper` collapse comes before undefined terms, and these come before constant steps."""
    d = np.full((n, n_levels), 0.0 if still else value)
    s = np.full((n, n_levels), value)
    s[:, -1] = 0
    result = characterized(subject, Distances(d, s, 1e-12), "paper")
    require_equal("status", result["status"], "collapsed" if still else "undefined-terms")


CHECKS = (
    status,
    undefined_score,
    one_per_cent,
    several_reasons,
)
