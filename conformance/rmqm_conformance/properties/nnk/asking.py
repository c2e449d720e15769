"""What the laws of neighbourhoods share: asking, kernels in float64, and what is sure."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from rmqm_conformance.properties.helpers import units
from rmqm_conformance.require import require, require_close, require_equal
from rmqm_conformance.strategies import Array, Neighbourhood
from rmqm_conformance.subject import Subject

__all__ = [
    "CONDITIONS",
    "ERROR",
    "LEAST_SURE",
    "asked",
    "by_point",
    "kernels",
    "require_same_neighbourhoods",
    "sureness",
]

CONDITIONS: Final = 1e-9
"""By how much the conditions of an optimum may be missed: RMQM-NNK-004."""

ERROR: Final = 1e-8
"""By how much an error may be wrong: RMQM-NNK-008."""

LEAST_SURE: Final = 1e-5
"""Weights that the conditions leave more open than this are not compared."""

Answer = dict[str, Any]


def asked(subject: Subject, request: Neighbourhood) -> Answer:
    """Ask for neighbourhoods: results have their shapes, numbers are finite, errors at least 0."""
    answer = subject.perform("nnk_neighbourhoods", **request.arguments)
    shape = (len(request.queries), request.k)
    for key in ("indices", "weights", "shares"):
        require_equal(f"{key}.shape", answer[key].shape, shape)
    for key in ("errors", "counts"):
        require_equal(f"{key}.shape", answer[key].shape, shape[:1])
    for key, values in answer.items():
        require(np.isfinite(values).all(), f"{key} must be finite; got {values.tolist()}")
    errors = answer["errors"]
    require((errors >= 0).all(), f"errors must not be below 0; got {errors.tolist()}")
    answer["indices"] = answer["indices"].astype(np.int64)
    inside = (answer["indices"] >= 0) & (answer["indices"] < len(request.gallery))
    require(inside.all(), f"indices must be positions; got {answer['indices'].tolist()}")
    return answer


def kernels(request: Neighbourhood, indices: Array) -> tuple[Array, Array]:
    """Return the kernel among candidates (M, k, k), and towards their queries (M, k)."""
    ready = units if request.kernel == "cosine" else np.asarray
    queries, points = ready(request.queries), ready(request.gallery)[indices]
    between = ((points[:, :, None] - points[:, None]) ** 2).sum(-1)
    towards = ((points - queries[:, None]) ** 2).sum(-1)
    if request.bandwidth is None:
        return 1 - between / 4, 1 - towards / 4
    width = 2 * request.bandwidth**2
    return np.exp(-between / width), np.exp(-towards / width)


def sureness(K: Array) -> float:
    """
    Return by how much the conditions leave the weights of a query open.

    Weights that miss the conditions by c are the exact weights of other values of the kernel, none
    of which is off by more than c. Weights follow these values with a slope of 1 / the smallest
    eigenvalue, whatever the support.
    """
    least = float(np.linalg.eigvalsh(K)[0])
    return 2 * np.sqrt(len(K)) * CONDITIONS / least if least > 0 else np.inf


def by_point(answer: Answer, key: str, n_points: int) -> Array:
    """Return weights or shares (M, G), one for each point of the gallery."""
    spread = np.zeros((len(answer[key]), n_points))
    np.put_along_axis(spread, answer["indices"], answer[key], axis=1)
    return spread


def require_same_neighbourhoods(
    subject: Subject, one: Neighbourhood, other: Neighbourhood, *, names: Array | None = None
) -> None:
    """
    Demand of two requests the same errors, and the same weights of the same points, where sure.

    `names` says which point of the first gallery each point of the other one is.
    """
    first, second = asked(subject, one), asked(subject, other)
    n = len(one.gallery)
    order = np.arange(n) if names is None else names
    require_close("errors", second["errors"], first["errors"], atol=2 * ERROR)
    weights, again = by_point(first, "weights", n), np.zeros((len(one.queries), n))
    again[:, order] = by_point(second, "weights", n)
    K, _ = kernels(one, first["indices"])
    for i, row in enumerate(again):
        if (allowed := sureness(K[i])) <= LEAST_SURE:
            require_close(f"weights of query {i}", row, weights[i], atol=max(allowed, 1e-12))
