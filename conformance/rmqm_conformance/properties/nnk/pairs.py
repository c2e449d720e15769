"""Laws of two candidates: what is kept, and what lies behind something else. RMQM-NNK-004."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import strategies as st

from rmqm_conformance.laws import law
from rmqm_conformance.properties.nnk.asking import asked, by_point, kernels
from rmqm_conformance.require import require, require_close, require_equal
from rmqm_conformance.strategies import Array, Neighbourhood, neighbourhoods
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "nnk"
SHARE = st.floats(0.1, 0.9, allow_nan=False)
MARGIN = 1e-6


def _one(query: Any, gallery: Any, bandwidth: float | None) -> Neighbourhood:
    return Neighbourhood(
        queries=np.array([query], dtype=float),
        gallery=np.array(gallery, dtype=float),
        own=None,
        k=len(gallery),
        kernel="cosine" if bandwidth is None else "gaussian",
        bandwidth=bandwidth,
    )


@law("RMQM-NNK-004/kernel-ratio-interval", needs=NEEDS, also="RMQM-NNK-001 RMQM-NNK-006",
     drawn=neighbourhoods(kinds=["spread", "near"]))  # fmt: skip
def kernel_ratio_interval(subject: Subject, drawn: Neighbourhood) -> None:
    """Of two candidates both are neighbours if K_ij < K_qj / K_qi < 1 / K_ij, else the nearer."""
    request = _one(drawn.queries[0], drawn.gallery[:2], drawn.bandwidth)
    answer = asked(subject, request)
    K, b = kernels(request, answer["indices"])
    between, (near, far) = K[0, 0, 1], b[0]
    if near < MARGIN or abs(far / near - between) < MARGIN or between > 1 - MARGIN:
        return
    both = far / near > between
    inside = [(near - between * far), (far - between * near)]
    should = np.array(inside) / (1 - between**2) if both else np.array([near, 0.0])
    require_equal("counts", int(answer["counts"][0]), 1 + both)
    allowed = 4e-9 / (1 - between)
    require_close("weights", answer["weights"][0], should, atol=allowed)


@law("RMQM-NNK-004/behind-another", needs=NEEDS, draw=st.integers(0, 2**32 - 1), share=SHARE,
     bandwidth=st.floats(0.5, 2.0))  # fmt: skip
def behind_another(subject: Subject, draw: int, share: float, bandwidth: float) -> None:
    """Under the Gaussian kernel a point beyond the plane through another one is no neighbour."""
    rng = np.random.default_rng(draw)
    size = int(rng.integers(2, 6))
    query, towards = rng.normal(size=size), rng.normal(size=size)
    towards /= np.linalg.norm(towards)
    front = query + share * towards
    aside = rng.normal(size=size)
    aside -= (aside @ towards) * towards
    back = front + rng.uniform(0.05, 0.8) * towards + 0.5 * aside
    answer = asked(subject, request := _one(query, [back, front], bandwidth))
    weights = by_point(answer, "weights", 2)[0]
    require_equal("weight of the point behind", float(weights[0]), 0.0)
    _, b = kernels(request, answer["indices"])
    require_close("weight of the point in front", weights[1], b[0].max(), atol=1e-8)


@law("RMQM-NNK-004/behind-on-the-circle", needs=NEEDS, first=SHARE, second=SHARE)
def behind_on_the_circle(subject: Subject, first: float, second: float) -> None:
    """Under the cosine kernel a direction behind another one is no neighbour."""
    angles = [0.0, first, first + second]
    query, front, back = (np.array([math.cos(one), math.sin(one)]) for one in angles)
    weights = by_point(asked(subject, _one(query, [back, front], None)), "weights", 2)[0]
    require_equal("weight of the direction behind", float(weights[0]), 0.0)
    require(weights[1] > 0, f"the direction in front must be a neighbour; got {weights[1]}")


@law("RMQM-NNK-004/both-sides", needs=NEEDS, also="RMQM-NNK-007", angle=st.floats(0.1, 1.4))
def both_sides(subject: Subject, angle: float) -> None:
    """Two directions on either side are both neighbours, with weights that do not add up to 1."""
    left, right = ([math.cos(angle), side * math.sin(angle)] for side in (1, -1))
    weights: Array = asked(subject, _one([1.0, 0.0], [left, right], None))["weights"][0]
    near, between = (1 + math.cos(angle)) / 2, (1 + math.cos(2 * angle)) / 2
    require_close("weights", weights, [near / (1 + between)] * 2, atol=1e-8 / angle**2)


CHECKS = (kernel_ratio_interval, behind_another, behind_on_the_circle, both_sides)
