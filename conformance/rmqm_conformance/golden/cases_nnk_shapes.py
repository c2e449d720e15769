"""Cases of the family RMQM-NNK: graphs, diameters, altered versions and votes."""

from __future__ import annotations

from typing import Any

import numpy as np

from rmqm_conformance.golden.case import Case, case, same_values, within
from rmqm_conformance.golden.cases_nnk import FAN, fan_of, request
from rmqm_conformance.golden.oracle_nnk import (
    ExactRequest,
    diameter,
    distance,
    graph,
    neighbourhood,
    unit,
)
from rmqm_conformance.golden.precision import exact, mp

__all__ = ["cases"]

_ROUNDING = 1e-12
_SHARES = 1e-6
_CLOSE = [[0.0, 0.0], [1.0, 0.25], [1.25, 1.0], [-0.5, 1.5], [2.5, 2.0]]
_BENT = [[-0.5, 0.0], [0.0, 1.0], [0.0, 2.0], [-1.5, 0.0]]
_SQUARE = [[0.0, 0.0], [0.0, 1.0], [1.5, 0.0], [1.5, 1.0]]
_TURNED = [[1.0, 0.0], [0.96, 0.28], [0.96, -0.28], [0.6, 0.8], [-0.6, 0.8], [-1.0, 0.0]]


def cases() -> list[Case]:
    """Return the cases."""
    return [*_graphs(), *_diameters(), *_invariance(), *_votes()]


def _graphs() -> list[Case]:
    return [
        _graph("surer-end", "An edge has the weight of the end with the smaller error", 3, 1.0),
        _graph("one-sided", "Where the surer end gives no weight there is no edge", 2, 1.0),
        _graph("larger-or-smaller", "The weight kept may be either of both", 2, 1.0, _BENT),
        _graph("directions", "The same under the cosine kernel", 2, None, FAN),
        _graph("equal-errors", "Ends with the same error keep the larger weight", 2, 1.0, _SQUARE),
    ]


def _graph(
    slug: str, title: str, k: int, bandwidth: float | None, points: list[list[float]] = _CLOSE
) -> Case:
    args = request(points, points, k, bandwidth=bandwidth, own=list(range(len(points))))
    adjacency = graph(ExactRequest(**args))
    kept = {key: args[key] for key in ("k", "kernel", "bandwidth")}
    rule = within(adjacency, _SHARES, "RMQM-NNK-004 and RMQM-NNK-009; no two errors are near")
    return case(
        f"RMQM-NNK-009/{slug}",
        title,
        "nnk_graph",
        {"points": args["gallery"], **kept},
        {"adjacency": rule},
    )


def _diameters() -> list[Case]:
    sides = [[0.0, 0.5], [0.0, -4.0]]
    return [
        _diameter("unit-vectors", "Distances are those of vectors divided by norms", fan_of(3)),
        _diameter(
            "gaussian",
            "Under the Gaussian kernel the diameter is that of unit vectors, too",
            request([[2.0, 2.0]], [[3.0, 1.0], [1.0, 4.0], [5.0, 2.0]], 3, bandwidth=2.0),
        ),
        _diameter(
            "neighbours-alone",
            "Candidates without a weight do not count",
            request([[1.0, 0.0]], [[1.0, 0.25], [1.0, 0.75], [1.0, 2.0]], 3),
        ),
        _diameter(
            "three-corners",
            "Of three neighbours the two that are farthest apart count",
            request([[0, 0, 1]], [[3, 0, 4], [0, 3, 4], [-1, -1, 3]], 3, bandwidth=2.0),
        ),
        _diameter("opposite", "Two opposite neighbours are 2 apart", request([[1, 0]], sides, 2)),
    ]


def _diameter(slug: str, title: str, args: dict[str, Any]) -> Case:
    asked = ExactRequest(**args)
    found = [neighbourhood(asked, i).neighbours for i in range(len(args["queries"]))]
    values = [diameter([asked.gallery[j] for j in one]) for one in found]
    return case(
        f"RMQM-NNK-010/{slug}",
        title,
        "nnk_diameters",
        args,
        {"diameters": within(values, _ROUNDING, "a distance of unit vectors, in float64")},
    )


def _invariance() -> list[Case]:
    steady = [[1.0, 0.0], [1.0, 0.0625], [1.0, -0.0625], [1.0, 0.125], [1.0, -0.25], [2.0, 0.25]]
    return [
        _versions(
            "two-inputs",
            "An input that is moved far and one that is hardly moved, among their versions",
            [_TURNED, steady],
            1e-12,
            "diameters counts",
        ),
        _versions(
            "below-the-resolution",
            "Versions that are moved by less than the resolution count as the input",
            [steady, _TURNED],
            0.1,
            "diameters",
        ),
    ]


def _versions(
    slug: str, title: str, sets: list[list[list[float]]], resolution: float, keys: str
) -> Case:
    found = [_neighbours_of_versions(exact(versions), mp.mpf(resolution)) for versions in sets]
    widths = [diameter(one) for one in found]
    widths = [mp.zero if width < resolution else width for width in widths]
    rules = {
        "diameters": within(widths, _ROUNDING, "a distance of unit vectors, in float64"),
        "counts": same_values([len(one) for one in found], "RMQM-NNK-006"),
    }
    return case(
        f"RMQM-NNK-011/{slug}",
        title,
        "nnk_invariance",
        {"representations": np.array(sets, "<f8"), "resolution": resolution},
        {key: rules[key] for key in keys.split()},
    )


def _neighbours_of_versions(versions: list[Any], resolution: Any) -> list[Any]:
    """Return the versions that are neighbours; below the resolution they are the input."""
    input_, *others = versions
    moved = [input_ if distance(unit(one), unit(input_)) < resolution else one for one in others]
    asked = ExactRequest(**request([input_], moved, len(moved)))
    return [moved[j] for j in neighbourhood(asked, 0).neighbours]


def _votes() -> list[Case]:
    square = [[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]]
    opposite = [[-1.0, 0.0], [-2.0, 0.0]]
    return [
        _vote("by-shares", "The class with the largest shares wins, not the one with most points",
              request([[0.0, 0.0]], [[0.5, 0.0], [-1.5, 1.5], [-1.25, -1.75]], 3, bandwidth=1.0),
              [1, 0, 0]),
        _vote("a-tie", "Of classes with equal votes the smallest wins",
              request([[0.0, 0.0]], square, 4, bandwidth=1.0), [2, 1, 1, 2]),
        _vote("nobody", "A query without neighbours has no class",
              request([[1.0, 0.0]], opposite, 1), [0, 1]),
    ]  # fmt: skip


def _vote(slug: str, title: str, args: dict[str, Any], labels: list[int]) -> Case:
    asked = ExactRequest(**args)
    votes = []
    for i in range(len(args["queries"])):
        found = neighbourhood(asked, i)
        each = [mp.zero] * (max(labels) + 1)
        for place, share in zip(found.indices, found.shares, strict=True):
            each[labels[place]] += share
        votes.append(each)
    rounded = [[mp.nint(vote * 10**12) for vote in one] for one in votes]
    classes = [one.index(max(one)) if max(one) else -1 for one in rounded]
    return case(
        f"RMQM-NNK-012/{slug}",
        title,
        "nnk_classify",
        {**args, "labels": labels},
        {
            "votes": within(votes, _SHARES, "RMQM-NNK-004 leaves shares open by less"),
            "classes": same_values(classes, "RMQM-NNK-012"),
        },
    )
