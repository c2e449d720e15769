"""Cases of the family RMQM-NNK: candidates, weights, shares and errors of single neighbourhoods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rmqm_conformance.golden.case import Case, Rule, case, refuse, same_values, within
from rmqm_conformance.golden.oracle_nnk import ExactNeighbourhood, ExactRequest, neighbourhood
from rmqm_conformance.golden.precision import mp

__all__ = ["FAN", "cases", "fan_of", "request"]

_CONDITIONS = 1e-9
_ERROR = 1e-8
_LEAST_SURE = 1e-5
_TINY = mp.mpf(10) ** -30
FAN = [[3.0, 4.0], [4.0, -3.0], [1.0, 0.5], [-2.0, 1.0], [0.5, 3.0]]
"""Directions around (1, 0), of different lengths."""

_TRAP = [[0.0, 3.0, 0.0], [-3.0, -1.0, 2.0], [3.0, 4.0, -3.0], [2.0, -2.0, 0.0]]
_CLOUD = [[0.5, 0.25, 0.0], [0.0, 0.75, -0.5], [-0.5, 0.0, 0.25], [0.25, -0.5, 0.5],
          [1.0, 1.0, 1.0], [-0.25, 0.25, -1.0]]  # fmt: skip


def request(queries: Any, gallery: Any, k: int, **more: Any) -> dict[str, Any]:
    """Return the arguments of `nnk_neighbourhoods`; the kernel is Gaussian with a bandwidth."""
    bandwidth = more.get("bandwidth")
    return {
        "queries": np.array(queries, "<f8"),
        "gallery": np.array(gallery, "<f8"),
        "own": more.get("own"),
        "k": k,
        "kernel": "cosine" if bandwidth is None else "gaussian",
        "bandwidth": bandwidth,
    }


def fan_of(n: int, own: Sequence[int] | None = None) -> dict[str, Any]:
    """Return the request of the fan of directions with n candidates."""
    queries = [[1.0, 0.0]] if own is None else [FAN[i] for i in own]
    return request(queries, FAN, n, own=None if own is None else list(own))


def cases() -> list[Case]:
    """Return the cases."""
    return [*_kernels(), *_candidates(), *_optima(), *_shares(), *_refusals()]


def _judged(name: str, title: str, args: dict[str, Any], keys: str, also: str = "") -> Case:
    """Return a case that judges some results of `nnk_neighbourhoods`."""
    asked = ExactRequest(**args)
    found = [neighbourhood(asked, i) for i in range(len(args["queries"]))]
    rules = {key: _rule(found, key) for key in keys.split()}
    return case(name, title, "nnk_neighbourhoods", args, rules, also=also)


def _rule(found: list[ExactNeighbourhood], key: str) -> Rule:
    if key == "indices":
        return same_values([one.indices for one in found], "RMQM-NNK-002")
    if key == "counts":
        return same_values([len(one.neighbours) for one in found], "RMQM-NNK-006")
    if key == "errors":
        return within([one.error for one in found], _ERROR, "RMQM-NNK-008")
    k = len(found[0].indices)
    open_by = max(float(2 * k**0.5 * _CONDITIONS / max(one.least, _TINY)) for one in found)
    if open_by > _LEAST_SURE:
        raise ValueError(f"{key} must be sure to {_LEAST_SURE}; the kernel leaves {open_by} open")
    why = "the conditions of RMQM-NNK-004, over the smallest eigenvalue of the kernel"
    if key == "weights":
        return within([one.weights for one in found], float(f"{open_by:.2g}"), why)
    total = min(float(sum(one.weights)) for one in found)
    allowed = float(f"{(k + 1) * open_by / total:.2g}") if total else 0.0
    return within([one.shares for one in found], allowed, f"{why}, k + 1 times, by their sum")


def _kernels() -> list[Case]:
    pair = [[0.0, 2.0], [-0.5, 0.5]]
    return [
        _judged(
            "RMQM-NNK-001/half-and-half",
            "The kernel of a right angle is 1/2, and that of 135 degrees is above 0",
            request([[1.0, 0.0]], pair, 2),
            "weights errors",
        ),
        _judged(
            "RMQM-NNK-001/one-candidate",
            "The weight of a single candidate is its cosine kernel, whatever the lengths",
            request([[300.0, 400.0]], [[0.25, 0.0]], 1),
            "weights errors",
        ),
        _judged(
            "RMQM-NNK-001/gaussian",
            "The Gaussian kernel divides by twice the square of the bandwidth",
            request([[0.0, 0.0]], [[0.5, 0.0]], 1, bandwidth=0.75),
            "weights errors",
        ),
        _judged(
            "RMQM-NNK-001/gaussian-lengths",
            "Under the Gaussian kernel vectors are not normalised, and may be 0",
            request([[0.0, 0.0]], [[1.0, 1.0], [-2.0, 1.0], [2.0, 2.0]], 3, bandwidth=1.5),
            "indices weights errors",
        ),
    ]


def _candidates() -> list[Case]:
    square = [[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0], [2.0, 0.0]]
    return [
        _judged(
            "RMQM-NNK-002/by-direction",
            "Under the cosine kernel the nearest in direction come first, whatever their lengths",
            fan_of(4),
            "indices errors",
        ),
        _judged(
            "RMQM-NNK-002/earlier-first",
            "Of four points that are equally near the first two are candidates",
            request([[0.0, 0.0]], square, 2, bandwidth=1.0),
            "indices weights errors",
        ),
        _judged(
            "RMQM-NNK-002/k-decides",
            "What is not among the k candidates has no weight",
            request([[0.5, 0.25, 0.125]], _CLOUD, 2, bandwidth=1.0),
            "indices weights counts",
        ),
        _judged(
            "RMQM-NNK-003/not-itself",
            "A point of the gallery is left out of its own candidates",
            fan_of(3, own=[1, 2]),
            "indices weights errors",
        ),
        _judged(
            "RMQM-NNK-003/itself-if-no-member",
            "A query that is no point of the gallery has its copy there for a neighbour",
            request([FAN[2]], FAN, 3),
            "indices weights errors counts",
        ),
    ]


def _optima() -> list[Case]:
    trap = [[0.0, -3.0, -3.0]]
    return [
        _judged(
            "RMQM-NNK-004/taken-back",
            "A candidate that was taken away too early has a weight again",
            request(trap, _TRAP, 4),
            "indices weights errors counts",
        ),
        _judged(
            "RMQM-NNK-004/cloud",
            "Six candidates under the Gaussian kernel, some of them behind others",
            request([[0.125, 0.25, 0.0], [1.5, 1.25, 1.0]], _CLOUD, 6, bandwidth=1.25),
            "indices weights errors counts",
        ),
        _judged(
            "RMQM-NNK-004/behind",
            "Of three points on a ray the nearest alone is a neighbour",
            request([[0.0, 0.0]], [[1.5, 3.0], [0.5, 1.0], [1.0, 2.0]], 3, bandwidth=2.0),
            "indices weights errors counts",
        ),
        _judged(
            "RMQM-NNK-004/more-than-the-rank",
            "Five candidates in two dimensions have an optimum, though the kernel is singular",
            fan_of(5),
            "indices errors",
            also="RMQM-NNK-005",
        ),
        _judged(
            "RMQM-NNK-006/counted",
            "The neighbours are the candidates with a weight",
            request([[0.75, 0.5, -0.25]], _CLOUD, 4),
            "weights counts",
        ),
    ]


def _shares() -> list[Case]:
    return [
        _judged(
            "RMQM-NNK-007/not-normalised",
            "Weights add up to what they do, shares to 1",
            request([[1.0, 0.0]], [[3.0, 4.0], [3.0, -4.0]], 2),
            "weights shares",
        ),
        _judged(
            "RMQM-NNK-007/opposite",
            "Opposite directions have neither weights nor shares, and leave the whole error",
            request([[1.0, 0.0]], [[-1.0, 0.0], [-2.0, 0.0]], 1),
            "weights shares errors counts",
        ),
        _judged(
            "RMQM-NNK-008/what-is-left",
            "The error is what the neighbours do not describe",
            request([[0.0, 0.0], [1.0, 1.0]], [[2.0, 0.5], [-1.0, 2.0]], 2, bandwidth=1.0),
            "errors",
        ),
    ]


def _refusals() -> list[Case]:
    fine = request([[1.0, 0.0]], FAN, 3)
    return [
        case(
            "RMQM-NNK-001/unknown-kernel",
            "A kernel that nobody defined is refused",
            "nnk_neighbourhoods",
            fine | {"kernel": "polynomial"},
            refuse("a kernel of another name"),
        ),
        case(
            "RMQM-NNK-001/origin",
            "A vector of norm zero has no direction",
            "nnk_neighbourhoods",
            fine | {"queries": np.zeros((1, 2))},
            refuse("a vector of norm zero under the cosine kernel"),
        ),
        case(
            "RMQM-NNK-002/too-many",
            "More candidates than there are points are refused",
            "nnk_neighbourhoods",
            fine | {"k": 6},
            refuse("a k above the number of points"),
        ),
    ]
