"""Known mistakes of neighbourhoods, graphs, diameters and votes: the family RMQM-NNK."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from rmqm_conformance.mistakes.known import Answer, Answering, Table, changed, parts, within
from rmqm_conformance.mistakes.neighbouring import Neighbouring

__all__ = ["TABLES"]

Array = npt.NDArray[Any]
Mistakes = dict[str, dict[str, Any]]


def _pruned(m: Any, K: Array, b: Array) -> Array:
    left, weights = np.arange(len(b)), np.zeros(len(b))
    while len(left):
        solved = np.linalg.lstsq(K[np.ix_(left, left)], b[left], rcond=None)[0]
        if (solved > 1e-10).all():
            weights[left] = solved
            break
        left = left[solved > 1e-10]
    return weights


def _unconstrained(K: Array, b: Array) -> Array:
    return np.asarray(np.linalg.lstsq(K, b, rcond=None)[0])


def _ordered(m: Any, i: int, distances: Array) -> Array:
    return Neighbouring.candidates(m, i, distances)


def _without_first(m: Any, i: int, distances: Array) -> Array:
    return Neighbouring.order(m, distances.round(12))[m.own is not None :]


KERNELS: Mistakes = {
    "takes the cosine for the kernel: leaves out 1/2 + 1/2": parts(
        cosine=lambda m, squares: 1 - squares / 2
    ),
    "takes the cosine for the kernel, and 0 where it is negative": parts(
        cosine=lambda m, squares: np.maximum(1 - squares / 2, 0.0)
    ),
    "takes the angle for the cosine": parts(
        cosine=lambda m, squares: 1 - np.arccos(np.clip(1 - squares / 2, -1, 1)) / np.pi
    ),
    "does not divide vectors by their norms under the cosine kernel": parts(
        ready=lambda m, points: points
    ),
    "divides vectors by their norms under the Gaussian kernel": parts(
        ready=lambda m, points: (
            points / np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1e-300)
        )
    ),
    "forgets the 2 below the square of the bandwidth": parts(
        gaussian=lambda m, squares: np.exp(-squares / m.bandwidth**2)
    ),
    "forgets to square the bandwidth": parts(
        gaussian=lambda m, squares: np.exp(-squares / (2 * m.bandwidth))
    ),
    "takes the bandwidth for a factor": parts(
        gaussian=lambda m, squares: np.exp(-squares * m.bandwidth)
    ),
    "takes the distance for its square in the Gaussian kernel": parts(
        gaussian=lambda m, squares: np.exp(-np.sqrt(squares) / m.bandwidth)
    ),
}

CANDIDATES: Mistakes = {
    "lets the later of equally near points come first": parts(
        order=lambda m, distances: np.lexsort((-np.arange(len(distances)), distances))
    ),
    "takes the first points of the gallery for the nearest": parts(
        order=lambda m, distances: np.arange(len(distances))
    ),
    "takes a query for its own neighbour": parts(
        candidates=lambda m, i, distances: m.order(distances.round(12))
    ),
    "drops the nearest candidate instead of the query itself": parts(candidates=_without_first),
    "drops copies of the query": parts(
        candidates=lambda m, i, distances: _ordered(
            m, i, distances if m.own is None else np.where(distances < 1e-12, np.inf, distances)
        )
    ),
}

WEIGHTS: Mistakes = {
    "takes candidates away and never takes one back (the published solver)": parts(solved=_pruned),
    "sets negative weights to 0 after solving without the condition": parts(
        solved=lambda m, K, b: np.maximum(_unconstrained(K, b), 0.0)
    ),
    "allows negative weights": parts(
        solved=lambda m, K, b: _unconstrained(K, b), limited=lambda m, weights: weights
    ),
    "takes the kernel for the weights, as k nearest neighbours do": parts(solved=lambda m, K, b: b),
    "gives each copy of the query the whole weight": parts(
        solved=lambda m, K, b: (
            np.where(b > 1 - 1e-10, b, 0.0)
            if (b > 1 - 1e-10).any()
            else Neighbouring.solved(m, K, b)
        )
    ),
    "counts candidates without a weight as neighbours": parts(
        counted=lambda m, weights: np.full(len(weights), weights.shape[1])
    ),
    "drops weights up to a tenth": parts(
        limited=lambda m, weights: np.where(weights > 0.1, weights, 0.0)
    ),
    "normalises weights": parts(given=lambda m, weights: m.share(weights)),
    "gives weights for shares": parts(share=lambda m, weights: weights),
    "divides shares by the largest weight instead of the sum": parts(
        share=lambda m, weights: weights / (weights.max() or 1.0)
    ),
    "divides shares by a sum of 0": parts(share=lambda m, weights: weights / weights.sum()),
    "gives equal shares where all weights are 0": parts(
        share=lambda m, weights: Neighbouring.share(
            m, weights if weights.any() else np.ones(len(weights))
        )
    ),
    "takes the root of the error": parts(
        error=lambda m, weights, K, b: max(Neighbouring.error(m, weights, K, b), 0.0) ** 0.5
    ),
    "gives the value that is minimised for the error": parts(
        error=lambda m, weights, K, b: weights @ K @ weights / 2 - weights @ b
    ),
    "forgets the 2 in the error": parts(
        error=lambda m, weights, K, b: 1 - weights @ b + weights @ K @ weights
    ),
    "takes the error of shares instead of weights": parts(
        error=lambda m, weights, K, b: Neighbouring.error(m, m.share(weights), K, b)
    ),
}

GRAPHS: Mistakes = {
    "keeps an edge from the end with the larger error": parts(
        decides=lambda m, own, other: own >= other
    ),
    "keeps the larger weight of both ends whatever their errors": parts(
        decides=lambda m, own, other: own < np.inf + other
    ),
    "averages the weights of both ends": parts(
        decides=lambda m, own, other: own < np.inf + other,
        symmetric=lambda m, kept: (kept + kept.T) / 2,
    ),
    "joins only points that are neighbours of each other": parts(
        symmetric=lambda m, kept: np.minimum(kept, kept.T)
    ),
    "drops edges of ends with equal errors": parts(decides=lambda m, own, other: own < other),
    "leaves a graph directed": parts(symmetric=lambda m, kept: kept),
}

DIAMETERS: Mistakes = {
    "measures diameters of vectors that are not normalised": parts(
        directions=lambda m, points: points
    ),
    "squares diameters: forgets the root": parts(
        apart=lambda m, units: Neighbouring.apart(m, units) ** 2
    ),
    "gives the radius for the diameter": parts(
        apart=lambda m, units: Neighbouring.apart(m, units) / 2
    ),
    "takes the cosine distance for the diameter": parts(
        apart=lambda m, units: Neighbouring.apart(m, units) ** 2 / 2
    ),
    "gives no diameter to fewer than two neighbours": parts(
        width=lambda m, points: Neighbouring.width(m, points) if len(points) > 1 else np.nan
    ),
    "averages distances instead of taking the largest": parts(
        apart=lambda m, units: float(
            np.sqrt(m.squares(units, units))[np.triu_indices(len(units), 1)].mean()
        )
    ),
    "takes all candidates for corners": parts(corners=lambda m, query, points, weights: points),
    "takes the query for a corner": parts(
        corners=lambda m, query, points, weights: np.vstack([query[None], points[weights > 0]])
    ),
}

VERSIONS: Mistakes = {
    "takes the input for one of its own versions": parts(
        request=lambda m, versions: (
            Neighbouring.request(m, versions) | {"gallery": versions, "k": len(versions)}
        )
    ),
    "ignores the resolution of displacements": parts(
        settled=lambda m, versions, resolution: versions
    ),
    "ignores the resolution": parts(
        among_versions=lambda m, versions, resolution: Neighbouring.among_versions(m, versions, 0.0)
    ),
    "takes the last version for the query": parts(
        among_versions=lambda m, versions, resolution: Neighbouring.among_versions(
            m, versions[::-1], resolution
        )
    ),
}

VOTES: Mistakes = {
    "lets all candidates vote, as k nearest neighbours do": parts(
        voices=lambda m, found: np.full(found["shares"].shape, 1 / found["shares"].shape[1])
    ),
    "gives each neighbour the same vote": parts(
        voices=lambda m, found: np.array([m.share(1.0 * (row > 0)) for row in found["weights"]])
    ),
    "lets weights vote instead of shares": parts(voices=lambda m, found: found["weights"]),
    "lets the nearest candidate decide": parts(
        voices=lambda m, found: np.eye(found["shares"].shape[1])[[0] * len(found["shares"])]
    ),
    "lets the largest of equal classes win": parts(
        winner=lambda m, votes: (
            int(len(votes) - 1 - votes.round(12)[::-1].argmax()) if votes.any() else -1
        )
    ),
    "gives a query without neighbours the first class": parts(
        winner=lambda m, votes: int(votes.round(12).argmax())
    ),
}


def _same(answer: Answer, expected: Answer) -> bool:
    """Compare to six digits: what the conditions of an optimum leave open is less."""
    return all(
        np.shape(answer[key]) == np.shape(value)
        and bool(np.allclose(answer[key], value, rtol=0, atol=1e-6, equal_nan=True))
        for key, value in expected.items()
    )


def _answering(operation: str, mistakes: Mistakes) -> dict[str, Answering]:
    return {words: changed(Neighbouring, operation, **made) for words, made in mistakes.items()}


_SHARED = KERNELS | CANDIDATES | WEIGHTS
_OF_OPERATIONS: dict[str, Mistakes] = {
    "nnk_neighbourhoods": _SHARED,
    "nnk_graph": GRAPHS | _SHARED,
    "nnk_diameters": DIAMETERS | _SHARED,
    "nnk_invariance": VERSIONS | DIAMETERS | _SHARED,
    "nnk_classify": VOTES | _SHARED,
}

TABLES = tuple(
    Table(
        operation=operation,
        right=changed(Neighbouring, operation),
        same=_same,
        mistakes=_answering(operation, mistakes),
        fits=within(1_000),
    )
    for operation, mistakes in _OF_OPERATIONS.items()
)
