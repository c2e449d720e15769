"""The chapter of non-negative kernel regression at 50 digits: every support is tried."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, combinations
from typing import Any

from attrs import frozen

from rmqm_conformance.golden.precision import Exact, exact, mp

__all__ = [
    "ExactNeighbourhood",
    "ExactRequest",
    "diameter",
    "distance",
    "graph",
    "neighbourhood",
    "unit",
]

Vector = list[Exact]


@frozen(kw_only=True)
class ExactNeighbourhood:
    """Of one query: the candidates in their order, the weights and the error."""

    indices: list[int]
    weights: Vector
    error: Exact
    least: Exact
    """The smallest eigenvalue of the kernel of the candidates: how sure the weights are."""

    @property
    def shares(self) -> Vector:
        """Weights divided by their sum; zeros where all weights are zero."""
        total = mp.fsum(self.weights)
        return [weight / total if total else mp.zero for weight in self.weights]

    @property
    def neighbours(self) -> list[int]:
        """Positions of the neighbours in the gallery."""
        pairs = zip(self.indices, self.weights, strict=True)
        return [index for index, weight in pairs if weight > mp.mpf("1e-10")]


class ExactRequest:
    """Queries and gallery without rounding; `own` as in the operations."""

    def __init__(
        self,
        *,
        queries: Any,
        gallery: Any,
        own: Sequence[int] | None,
        k: int,
        kernel: str,
        bandwidth: float | None,
    ) -> None:
        self.queries, self.gallery = exact(queries), exact(gallery)
        self.own = [None] * len(self.queries) if own is None else list(own)
        self.k, self.kernel = k, kernel
        self.bandwidth = None if bandwidth is None else mp.mpf(bandwidth)

    def value(self, z: Vector, w: Vector) -> Exact:
        """Return the kernel of two vectors (RMQM-NNK-001)."""
        if self.bandwidth is None:
            return (1 + mp.fdot(unit(z), unit(w))) / 2
        return mp.exp(-(distance(z, w) ** 2) / (2 * self.bandwidth**2))

    def candidates(self, query: int) -> list[int]:
        """Return the positions of the candidates, nearest first (RMQM-NNK-002, 003)."""
        others = [i for i in range(len(self.gallery)) if i != self.own[query]]
        return sorted(others, key=lambda i: (self._distance(query, i), i))[: self.k]

    def _distance(self, query: int, point: int) -> Exact:
        pair = self.queries[query], self.gallery[point]
        vectors = pair if self.kernel == "gaussian" else tuple(map(unit, pair))
        return mp.nint(distance(*vectors) * mp.mpf(10) ** 12)


def neighbourhood(request: ExactRequest, query: int) -> ExactNeighbourhood:
    """Return the optimum of one query (RMQM-NNK-004 to 008)."""
    indices = request.candidates(query)
    points = [request.gallery[i] for i in indices]
    z = request.queries[query]
    K = mp.matrix([[request.value(p, q) for q in points] for p in points])
    b = [request.value(p, z) for p in points]
    weights = _optimum(K, b)
    fitted = K * mp.matrix(weights)
    error = request.value(z, z) - 2 * mp.fdot(weights, b) + mp.fdot(weights, fitted)
    least = min(mp.eigsy(K, eigvals_only=True))
    return ExactNeighbourhood(indices=indices, weights=weights, error=error, least=least)


def _optimum(K: Any, b: Vector) -> Vector:
    """Try all supports, small ones first; the first that meets the conditions is an optimum."""
    n, near = len(b), mp.mpf(10) ** -40
    supports = chain.from_iterable(combinations(range(n), size) for size in range(n + 1))
    for support in supports:
        inverse = _inverse(K, support)
        if inverse is None:
            continue
        weights = [mp.zero] * n
        if support:
            solved = inverse * mp.matrix([b[i] for i in support])
            for place, i in enumerate(support):
                weights[i] = solved[place]
        gradient = K * mp.matrix(weights) - mp.matrix(b)
        if min(weights) >= 0 and min(gradient) >= -near:
            return weights
    raise ArithmeticError("a convex problem with a minimum must have an optimal support; got none")


def _inverse(K: Any, support: tuple[int, ...]) -> Any:
    """Return the inverse of the kernel of a support; None where there is none."""
    if not support:
        return mp.matrix(0, 0)
    inner = mp.matrix([[K[i, j] for j in support] for i in support])
    return None if abs(mp.det(inner)) < mp.mpf(10) ** -30 else inner**-1


def graph(request: ExactRequest) -> list[Vector]:
    """Return the adjacency of the points of a gallery that are all queries (RMQM-NNK-009)."""
    every = [neighbourhood(request, i) for i in range(len(request.gallery))]
    directed = [dict(zip(one.indices, one.weights, strict=True)) for one in every]
    errors = [mp.nint(one.error * mp.mpf(10) ** 12) for one in every]

    def weight(i: int, j: int) -> Exact:
        least = min(errors[i], errors[j])
        ends = [(a, b) for a, b in ((i, j), (j, i)) if errors[a] == least]
        return max(directed[a].get(b, mp.zero) for a, b in ends)

    n = len(every)
    return [[weight(i, j) if i != j else mp.zero for j in range(n)] for i in range(n)]


def diameter(points: Sequence[Vector]) -> Exact:
    """Return the largest distance between the unit vectors of some points (RMQM-NNK-010)."""
    units = [unit(point) for point in points]
    return max((distance(u, v) for u, v in combinations(units, 2)), default=mp.zero)


def unit(vector: Vector) -> Vector:
    """Return a vector divided by its norm."""
    norm = mp.sqrt(mp.fdot(vector, vector))
    return [value / norm for value in vector]


def distance(z: Vector, w: Vector) -> Exact:
    """Return the Euclidean distance of two vectors."""
    return mp.sqrt(mp.fsum((a - b) ** 2 for a, b in zip(z, w, strict=True)))
