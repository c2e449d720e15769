"""The family RMQM-NNK once more, in parts that a known mistake replaces."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import linalg, optimize

__all__ = ["Neighbouring"]

Array = npt.NDArray[Any]
Answer = dict[str, Any]


class Neighbouring:
    """Neighbourhoods, and what follows from them."""

    own: list[int] | None
    name: str
    bandwidth: float | None

    def nnk_neighbourhoods(self, **request: Any) -> Answer:
        """Return the results of `nnk_neighbourhoods`; without weights where they are free."""
        found = self.found(**request)
        return found if self.sure else {key: found[key] for key in ("indices", "errors")}

    def nnk_graph(self, points: Array, **options: Any) -> Answer:
        """Return the results of `nnk_graph`."""
        n = len(points)
        found = self.found(queries=points, gallery=points, own=list(range(n)), **options)
        weights = np.zeros((n, n))
        np.put_along_axis(weights, found["indices"], found["weights"], 1)
        errors = found["errors"].round(12)
        kept = np.where(self.decides(errors[:, None], errors[None]), weights, 0.0)
        return {"adjacency": self.symmetric(kept)}

    def nnk_diameters(self, queries: Array, gallery: Array, **options: Any) -> Answer:
        """Return the results of `nnk_diameters`."""
        found = self.found(queries=queries, gallery=gallery, **options)
        rows = zip(queries, found["indices"], found["weights"], strict=True)
        corners = [self.corners(query, gallery[i], w) for query, i, w in rows]
        return {"diameters": np.array([self.width(each) for each in corners])}

    def nnk_invariance(self, representations: Array, resolution: float) -> Answer:
        """Return the results of `nnk_invariance`."""
        every = [self.among_versions(one, resolution) for one in representations]
        return {"diameters": np.array(every)}

    def nnk_classify(self, labels: list[int], **request: Any) -> Answer:
        """Return the results of `nnk_classify`."""
        found, of = self.found(**request), np.array(labels)
        pairs = zip(found["indices"], self.voices(found), strict=True)
        votes = np.array([np.bincount(of[i], w, minlength=max(labels) + 1) for i, w in pairs])
        return {"votes": votes, "classes": np.array([self.winner(row) for row in votes])}

    # Neighbourhoods

    def found(
        self,
        queries: Array,
        gallery: Array,
        own: list[int] | None,
        k: int,
        kernel: str,
        bandwidth: float | None,
    ) -> Answer:
        if (kernel, bandwidth is None) not in {("cosine", True), ("gaussian", False)}:
            raise ValueError(f"no kernel {kernel!r} has the bandwidth {bandwidth}")
        self.name, self.bandwidth, self.own, self.sure = kernel, bandwidth, own, True
        queries, gallery = self.ready(queries.astype(float)), self.ready(gallery.astype(float))
        rows = [self.one(i, query, gallery, k) for i, query in enumerate(queries)]
        indices, weights, errors = (np.array(part) for part in zip(*rows, strict=True))
        return {
            "indices": indices,
            "weights": np.array([self.given(row) for row in weights]),
            "shares": np.array([self.share(row) for row in weights]),
            "errors": errors,
            "counts": self.counted(weights),
        }

    def one(self, i: int, query: Array, gallery: Array, k: int) -> tuple[Array, Array, float]:
        squares = self.squares(query[None], gallery)[0]
        listed = self.candidates(i, np.sqrt(squares))[:k]
        K = self.kernel(self.squares(gallery[listed], gallery[listed]))
        b = self.kernel(squares[listed])
        self.sure &= bool(np.linalg.eigvalsh(K)[0] > 1e-7)
        weights = self.limited(self.solved(K, b))
        return listed, weights, self.error(weights, K, b)

    def ready(self, points: Array) -> Array:
        return self.unit(points) if self.name == "cosine" else points

    def unit(self, points: Array) -> Array:
        return np.asarray(points / np.linalg.norm(points, axis=1, keepdims=True))

    def squares(self, one: Array, other: Array) -> Array:
        return np.asarray(((one[:, None] - other[None]) ** 2).sum(-1))

    def kernel(self, squares: Array) -> Array:
        return self.cosine(squares) if self.bandwidth is None else self.gaussian(squares)

    def cosine(self, squares: Array) -> Array:
        return 1 - squares / 4

    def gaussian(self, squares: Array) -> Array:
        return np.asarray(np.exp(-squares / (2 * (self.bandwidth or 1.0) ** 2)))

    def candidates(self, i: int, distances: Array) -> Array:
        order = self.order(distances.round(12))
        return order[order != self.own[i]] if self.own is not None else order

    def order(self, distances: Array) -> Array:
        return np.lexsort((np.arange(len(distances)), distances))

    def solved(self, K: Array, b: Array) -> Array:
        whole = np.block([[np.ones((1, 1)), b[None]], [b[:, None], K]])
        roots, vectors = linalg.eigh(whole)
        factor = np.sqrt(np.maximum(roots, 0))[:, None] * vectors.T
        return np.asarray(optimize.nnls(factor[:, 1:], factor[:, 0])[0])

    def limited(self, weights: Array) -> Array:
        return np.where(weights > 1e-10, weights, 0.0)

    def given(self, weights: Array) -> Array:
        return weights

    def share(self, weights: Array) -> Array:
        return weights / weights.sum() if weights.any() else weights

    def counted(self, weights: Array) -> Array:
        return (weights > 0).sum(axis=1)

    def error(self, weights: Array, K: Array, b: Array) -> float:
        return float(1 - 2 * weights @ b + weights @ K @ weights)

    # What follows

    def decides(self, own: Array, other: Array) -> Array:
        return own <= other

    def symmetric(self, kept: Array) -> Array:
        return np.maximum(kept, kept.T)

    def corners(self, query: Array, points: Array, weights: Array) -> Array:
        return points[weights > 0]

    def width(self, points: Array) -> float:
        return self.apart(self.directions(points)) if len(points) > 1 else 0.0

    def directions(self, points: Array) -> Array:
        return self.unit(points)

    def apart(self, units: Array) -> float:
        return float(np.sqrt(self.squares(units, units).max()))

    def among_versions(self, versions: Array, resolution: float) -> float:
        versions = self.settled(versions, resolution)
        (width,) = self.nnk_diameters(**self.request(versions))["diameters"]
        return float(width) if width >= resolution else 0.0

    def settled(self, versions: Array, resolution: float) -> Array:
        units = self.unit(versions)
        moved = np.sqrt(self.squares(units[:1], units)[0])
        return np.where((moved < resolution)[:, None], versions[:1], versions)

    def request(self, versions: Array) -> dict[str, Any]:
        plain = {"own": None, "kernel": "cosine", "bandwidth": None}
        return {"queries": versions[:1], "gallery": versions[1:], "k": len(versions) - 1, **plain}

    def voices(self, found: Answer) -> Array:
        return np.asarray(found["shares"])

    def winner(self, votes: Array) -> int:
        return int(votes.round(12).argmax()) if votes.any() else -1
