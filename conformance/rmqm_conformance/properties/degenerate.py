"""Laws of degenerate cases: family RMQM-DEG."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import strategies as st

from rmqm_conformance.laws import law
from rmqm_conformance.properties.helpers import (
    characterized,
    characterized_without_doubt,
    require_agreement,
)
from rmqm_conformance.require import require, require_equal
from rmqm_conformance.strategies import Distances, distances
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "characteristics"


@law(
    "RMQM-DEG-002/counts",
    needs=NEEDS,
    also="RMQM-DEG-001 RMQM-AGG-002",
    drawn=distances(kinds=("zeros", "resolution", "repeated")),
)
def counts(subject: Subject, drawn: Distances) -> None:
    """In `paper` the undefined terms are counted and no input leaves; 0/0 is not undefined."""
    if judged := characterized_without_doubt(subject, drawn, "paper"):
        result, exact = judged
        got = result["undefined_D_RC"], result["undefined_P_RC"]
        require_equal("(undefined_D_RC, undefined_P_RC)", got, exact.undefined)
        require_equal("left_out", result["left_out"], 0)


@law(
    "RMQM-DEG-001/standstill",
    needs=NEEDS,
    also="RMQM-RES-002",
    drawn=distances(kinds=("smooth",), resolutions=(1e-12, 1e-6), max_inputs=2),
    still=st.integers(1, 4),
    share=st.sampled_from([0.0, 0.5]),
)
def standstill(subject: Subject, drawn: Distances, still: int, share: float) -> None:
    """In `paper` a start without movement adds terms of 0, and one of 1 to P_RC."""
    rest = np.full((len(drawn.displacements), still), share * drawn.resolution)
    later = Distances(
        np.concatenate([rest, drawn.displacements], axis=1),
        np.concatenate([rest, drawn.step_lengths], axis=1),
        drawn.resolution,
    )
    n_levels = drawn.displacements.shape[1]
    before, after = (characterized(subject, sample, "paper") for sample in (drawn, later))
    for key, added in (("D_RC", 0), ("P_RC", 1)):
        should = (n_levels * before[key] + added) / (n_levels + still)
        require_agreement(key, after[key], should, times=3)
    require_equal("undefined_P_RC", after["undefined_P_RC"], 0)


@law(
    "RMQM-DEG-004/leaving-input",
    needs=NEEDS,
    also="RMQM-AGG-002 RMQM-D-002",
    drawn=distances(kinds=("smooth", "nice"), resolutions=(1e-12,), min_inputs=2),
    place=st.integers(0, 1000),
    of_steps=st.booleans(),
)
def leaving_input(subject: Subject, drawn: Distances, place: int, of_steps: bool) -> None:
    """In `authors-2022` an input with a zero denominator leaves both spike means, not D and S."""
    d, s = drawn.displacements.copy(), drawn.step_lengths.copy()
    spoilt = s if of_steps else d
    spoilt[-1, place % (spoilt.shape[1] - 1)] = 0
    result = characterized(subject, Distances(d, s, drawn.resolution), "authors-2022")
    others = characterized(subject, drawn.of(slice(-1)), "authors-2022")
    require_equal("left_out", result["left_out"], 1)
    require_agreement("D_RC", result["D_RC"], others["D_RC"], times=2)
    require_agreement("P_RC", result["P_RC"], others["P_RC"], times=2)
    require_agreement("D", result["D"], float(d.mean()), times=2)
    require_agreement("S", result["S"], float(s.mean()), times=2)


@law(
    "RMQM-DEG-004/free-last-level",
    needs=NEEDS,
    drawn=distances(kinds=("smooth", "nice"), resolutions=(1e-12,)),
    of_steps=st.booleans(),
)
def last_level(subject: Subject, drawn: Distances, of_steps: bool) -> None:
    """In `authors-2022` a zero at the last level is no denominator; the input stays."""
    d, s = drawn.displacements.copy(), drawn.step_lengths.copy()
    (s if of_steps else d)[:, -1] = 0
    result = characterized(subject, Distances(d, s, drawn.resolution), "authors-2022")
    require_equal("left_out", result["left_out"], 0)


@law(
    "RMQM-DEG-005/nobody-left",
    needs=NEEDS,
    also="RMQM-DEG-009 RMQM-DEG-010",
    drawn=distances(kinds=("smooth", "nice")),
    seed=st.integers(0, 2**32),
)
def nobody_left(subject: Subject, drawn: Distances, seed: int) -> None:
    """In `authors-2022` the status is undefined-terms when every input leaves, D and S remain."""
    s = drawn.step_lengths.copy()
    places = np.random.default_rng(seed).integers(0, s.shape[1] - 1, size=len(s))
    s[np.arange(len(s)), places] = 0
    result = characterized(
        subject, Distances(drawn.displacements, s, drawn.resolution), "authors-2022"
    )
    require_equal("status", result["status"], "undefined-terms")
    require_equal("left_out", result["left_out"], len(s))
    require_agreement("D", result["D"], float(drawn.displacements.mean()), times=2)
    for key in ("D_RC", "P_RC", "rmqm"):
        require(math.isnan(result[key]), f"{key} of no input must be NaN; got {result[key]}")


CHECKS = (
    counts,
    standstill,
    leaving_input,
    last_level,
    nobody_left,
)
