"""Laws of what has no neighbourhood: RMQM-NNK-001 to RMQM-NNK-003, RMQM-NNK-011 and 012."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from rmqm_conformance.checks import Check
from rmqm_conformance.properties.refusals.walking import Spoilt, refused
from rmqm_conformance.properties.requests import sound

__all__ = ["CHECKS"]

OPERATIONS: Final = ("nnk_neighbourhoods", "nnk_diameters", "nnk_classify")
WITH_KERNEL: Final = (*OPERATIONS, "nnk_graph")
EVERY: Final = (*WITH_KERNEL, "nnk_invariance")
BAD: Final = (math.nan, math.inf, -math.inf)


def _slug(name: str) -> str:
    return name.removeprefix("nnk_")


def _points_of(name: str) -> tuple[str, ...]:
    takes = sound(name)
    return tuple(key for key in ("queries", "gallery", "points", "representations") if key in takes)


def _kernels(name: str) -> Check:
    names = ("", "Cosine", "GAUSSIAN", " cosine", "gauss", "rbf", "linear", "none", "cosine ")
    return refused(
        f"RMQM-NNK-001/kernel-of-{_slug(name)}",
        "A kernel of another name is refused, not taken for the cosine kernel.",
        name,
        [{"kernel": kernel} for kernel in names],
    )


def _bandwidths(name: str) -> Check:
    return refused(
        f"RMQM-NNK-001/bandwidth-of-{_slug(name)}",
        "A bandwidth that is not finite and above 0, or missing, is refused.",
        name,
        [{"kernel": "gaussian", "bandwidth": one} for one in (0.0, -0.0, -1.0, *BAD)],
    )


def _no_numbers(name: str) -> Check:
    every: list[Spoilt] = []
    for key in _points_of(name):
        for bad in BAD:
            points = sound(name)[key].copy()
            points[-1, ..., 0] = bad
            every.append({key: points})
            if name in WITH_KERNEL:
                every.append({key: points, "kernel": "gaussian", "bandwidth": 1.0})
    return refused(
        f"RMQM-NNK-001/no-numbers-for-{_slug(name)}",
        "A vector with a value that is not finite is refused, under either kernel.",
        name,
        every,
    )


def _origin(name: str) -> Check:
    every: list[Spoilt] = []
    for key in _points_of(name):
        points = sound(name)[key].copy()
        points[-1, ...] = 0.0
        every.append({key: points})
    return refused(
        f"RMQM-NNK-001/origin-for-{_slug(name)}",
        "Under the cosine kernel a vector of norm zero is refused.",
        name,
        every,
    )


def _numbers_of_candidates(name: str) -> Check:
    n = len(sound(name)["points" if name == "nnk_graph" else "gallery"])
    every: list[dict[str, Any]] = [{"k": k} for k in (0, -1, n + 1, 1000)]
    every += [{"k": n}] if name == "nnk_graph" else [{"k": n, "own": [0, 1]}]
    return refused(
        f"RMQM-NNK-002/k-of-{_slug(name)}",
        "A k below 1, or above the number of points that can be candidates, is refused.",
        name,
        every,
    )


def _members(name: str) -> Check:
    wrong: list[list[int]] = [[0], [0, 1, 2], [], [0, 5], [-1, 0], [0, 99]]
    return refused(
        f"RMQM-NNK-003/own-of-{_slug(name)}",
        "Each query has a place in the gallery, or none has; other places are refused.",
        name,
        [{"own": own} for own in wrong],
    )


def _shapes(name: str) -> Check:
    queries, gallery = np.ones((2, 3)), np.ones((5, 3))
    every = [
        {"queries": np.ones((2, 4))},
        {"gallery": np.ones((5, 2))},
        {"queries": queries[0]},
        {"gallery": gallery[0]},
        {"queries": np.ones((2, 1, 3))},
        {"gallery": np.ones((0, 3))},
        {"queries": np.ones((2, 0)), "gallery": np.ones((5, 0))},
    ]
    return refused(
        f"RMQM-NNK-001/shapes-of-{_slug(name)}",
        "Vectors of different lengths, and what is no table of vectors, are refused.",
        name,
        every,
        or_error=True,
    )


LABELS: Final = refused(
    "RMQM-NNK-012/labels",
    "Each point of the gallery has a label of at least 0.",
    "nnk_classify",
    [{"labels": labels} for labels in ([0, 1], [], [0, 1, 2, 0, -1], [0, 1, 2, 0, 1, 2])],
)

VERSIONS: Final = refused(
    "RMQM-NNK-011/shape",
    "An input without an altered version has no invariance.",
    "nnk_invariance",
    [{"representations": np.ones(shape)} for shape in ((2, 1, 3), (2, 3), (2, 0, 3), (3,))],
    or_error=True,
)

RESOLUTION: Final = refused(
    "RMQM-NNK-011/resolution-out-of-range",
    "A resolution below 0, of 1 and more, or not a number is refused.",
    "nnk_invariance",
    [{"resolution": value} for value in (-1e-12, -1.0, 1.0, 2.0, *BAD)],
)

CHECKS: Final[tuple[Check, ...]] = (
    *map(_kernels, WITH_KERNEL),
    *map(_bandwidths, WITH_KERNEL),
    *map(_no_numbers, EVERY),
    *map(_origin, EVERY),
    *map(_shapes, OPERATIONS),
    *map(_numbers_of_candidates, WITH_KERNEL),
    *map(_members, OPERATIONS),
    LABELS,
    VERSIONS,
    RESOLUTION,
)
