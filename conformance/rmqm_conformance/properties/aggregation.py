"""Laws of means over inputs: family RMQM-AGG."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import math

import numpy as np
from hypothesis import strategies as st

from rmqm_conformance.laws import law
from rmqm_conformance.properties.helpers import characterized, require_agreement
from rmqm_conformance.require import require_equal
from rmqm_conformance.strategies import Distances, distances, variants
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "characteristics"
KEYS = ("D", "S", "D_RC", "P_RC")
DRAWN = distances(kinds=("smooth", "nice", "repeated"), resolutions=(1e-12,))
WITH_ZEROS = distances(kinds=("smooth", "zeros"), resolutions=(1e-12,), min_inputs=2)


@law("RMQM-AGG-001/order", needs=NEEDS, drawn=WITH_ZEROS, variant=variants(), seed=st.integers(0))
def order(subject: Subject, drawn: Distances, variant: str, seed: int) -> None:
    """The order of the inputs does not matter."""
    shuffled = drawn.of(np.random.default_rng(seed).permutation(len(drawn.displacements)))
    before, after = (characterized(subject, sample, variant) for sample in (drawn, shuffled))
    for key in ("status", "left_out"):
        require_equal(key, after[key], before[key])
    for key in KEYS:
        require_agreement(key, after[key], before[key], times=2)


@law(
    "RMQM-AGG-001/copies",
    needs=NEEDS,
    drawn=WITH_ZEROS,
    variant=variants(),
    times=st.integers(2, 4),
)
def copies(subject: Subject, drawn: Distances, variant: str, times: int) -> None:
    """Every input taken several times gives the same means, the same status and the same score."""
    rows = np.tile(np.arange(len(drawn.displacements)), times)
    before, after = (characterized(subject, sample, variant) for sample in (drawn, drawn.of(rows)))
    require_equal("status", after["status"], before["status"])
    require_equal("left_out", after["left_out"], times * before["left_out"])
    for key in KEYS:
        require_agreement(key, after[key], before[key], times=2)


@law(
    "RMQM-AGG-001/single-inputs",
    needs=NEEDS,
    also="RMQM-AGG-002 RMQM-D-002 RMQM-D-003",
    drawn=DRAWN,
    variant=variants(),
)
def single_inputs(subject: Subject, drawn: Distances, variant: str) -> None:
    """D, S, D_RC and P_RC of a set are the means of those of its inputs alone."""
    whole = characterized(subject, drawn, variant)
    rows = range(len(drawn.displacements))
    alone = [characterized(subject, drawn.of([row]), variant) for row in rows]
    for key in KEYS:
        should = math.fsum(result[key] for result in alone) / len(alone)
        require_agreement(f"{key} of all inputs", whole[key], should, times=2)


@law(
    "RMQM-AGG-002/shards",
    needs=NEEDS,
    also="RMQM-AGG-001 RMQM-DEG-004",
    drawn=distances(kinds=("smooth", "zeros"), resolutions=(1e-12,), min_inputs=2, max_inputs=6),
    variant=variants(),
    cut=st.integers(1, 5),
)
def shards(subject: Subject, drawn: Distances, variant: str, cut: int) -> None:
    """The means of two parts merge by the numbers of inputs that count in them."""
    n = len(drawn.displacements)
    cut = 1 + cut % (n - 1)
    pieces = [drawn.of(slice(cut)), drawn.of(slice(cut, n))]
    whole = characterized(subject, drawn, variant)
    parts = [characterized(subject, piece, variant) for piece in pieces]
    sizes = [cut, n - cut]
    kept = [size - part["left_out"] for size, part in zip(sizes, parts, strict=True)]
    require_equal("left_out", whole["left_out"], n - sum(kept))
    for key in KEYS:
        weights = sizes if key in {"D", "S"} else kept
        counted = [(w, part[key]) for w, part in zip(weights, parts, strict=True) if w]
        total = math.fsum(weight * value for weight, value in counted)
        should = total / sum(weights) if counted else math.nan
        require_agreement(f"{key} of both parts", whole[key], should, times=2)


CHECKS = (order, copies, single_inputs, shards)
