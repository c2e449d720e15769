"""The chapter of non-negative kernel regression: neighbourhoods, graphs, diameters and classes."""

from __future__ import annotations

import math

import numpy as np

from .plain_inputs import Refused

TOLERANCE = 1e-10


class Nnk:
    """Capability `nnk`."""

    def nnk_neighbourhoods(self, *, queries, gallery, own, k, kernel, bandwidth):
        queries, gallery = self.checked_points(queries, gallery, own, k, kernel, bandwidth)
        found = [
            self.neighbourhood(q, gallery, self.own_place(own, i), k, bandwidth)
            for i, q in enumerate(queries)
        ]
        indices, weights, errors = (np.array(part) for part in zip(*found, strict=True))
        return {
            "indices": indices,
            "weights": self.given_weights(weights),
            "shares": np.array([self.shares(row) for row in weights]),
            "errors": errors,
            "counts": self.numbers(weights),
        }

    def nnk_graph(self, *, points, **rest):
        n = len(points)
        found = self.nnk_neighbourhoods(
            queries=points, gallery=points, own=self.own_of_graph(n), **rest
        )
        weights = np.zeros((n, n))
        np.put_along_axis(weights, found["indices"], found["weights"], 1)
        kept = np.where(self.decides(found["errors"].round(12)), weights, 0.0)
        return {"adjacency": self.symmetric(kept)}

    def nnk_diameters(self, *, gallery, **rest):
        found = self.nnk_neighbourhoods(gallery=gallery, **rest)
        return {"diameters": np.array([*self.polytopes(found, gallery)])}

    def nnk_invariance(self, *, representations, resolution):
        if representations.ndim != 3 or representations.shape[1] < 2:
            raise Refused("an input needs an altered version")
        if not 0 <= resolution < 1:
            raise Refused(f"the resolution must be from 0 to below 1; got {resolution}")
        found = [self.of_versions(one, resolution) for one in representations]
        diameters, counts = (np.array(part) for part in zip(*found, strict=True))
        return {"diameters": diameters, "counts": counts}

    def nnk_classify(self, *, labels, **rest):
        if len(labels) != len(rest["gallery"]) or min(labels, default=-1) < 0:
            raise Refused("each point of the gallery needs a label, at least 0")
        found = self.nnk_neighbourhoods(**rest)
        labels = np.array(labels)
        votes = np.array(
            [
                np.bincount(labels[row], shares, minlength=labels.max() + 1)
                for row, shares in zip(found["indices"], self.voices(found), strict=True)
            ]
        )
        return {"votes": votes, "classes": np.array([self.winner(row) for row in votes])}

    # Kernels

    def checked_points(self, queries, gallery, own, k, kernel, bandwidth):
        if kernel not in {"cosine", "gaussian"}:
            raise Refused(f"the kernel must be cosine or gaussian; got {kernel!r}")
        if kernel == "gaussian" and not (bandwidth is not None and 0 < bandwidth < math.inf):
            raise Refused(f"the bandwidth must be finite and above 0; got {bandwidth}")
        if {queries.ndim, gallery.ndim} != {2} or queries.shape[1] != gallery.shape[1]:
            raise Refused(f"{queries.shape} queries do not fit a gallery {gallery.shape}")
        self.check_members(own, len(queries), len(gallery))
        if not 1 <= k <= len(gallery) - (own is not None):
            raise Refused(f"k must be from 1 to the number of candidates; got {k}")
        self.kernel = getattr(self, kernel)
        return tuple(self.ready(points, kernel) for points in (queries, gallery))

    def check_members(self, own, n_queries, n_gallery):
        if own is not None and (
            len(own) != n_queries or not all(0 <= one < n_gallery for one in own)
        ):
            raise Refused(f"own must name a point of the gallery for each query; got {own}")

    def ready(self, points, kernel):
        points = points.astype(np.float64)
        if not np.isfinite(points).all():
            raise Refused("representations must be finite")
        if kernel == "cosine":
            largest = np.abs(points).max(1, keepdims=True)
            if not largest.all():
                raise Refused("a representation of norm zero has no direction")
            points = points / largest
            points = points / np.linalg.norm(points, axis=1, keepdims=True)
        return points

    def cosine(self, squares, bandwidth):
        return 1 - squares / 4

    def gaussian(self, squares, bandwidth):
        return np.exp(-squares / (2 * bandwidth**2))

    def squares(self, one, other):
        return ((one[:, None] - other[None]) ** 2).sum(-1)

    # Neighbourhoods

    def own_place(self, own, i):
        return None if own is None else own[i]

    def neighbourhood(self, query, gallery, own, k, bandwidth):
        squares = self.squares(query[None], gallery)[0]
        chosen = self.nearest_points(np.sqrt(squares), own, k)
        inner = self.kernel(self.squares(gallery[chosen], gallery[chosen]), bandwidth)
        towards = self.kernel(squares[chosen], bandwidth)
        weights = self.thresholded(self.optimum(inner, towards))
        return chosen, weights, self.error(weights, inner, towards)

    def nearest_points(self, distances, own, k):
        order = [i for i in self.in_order(distances.round(12)) if i != own]
        return np.array(order[:k])

    def in_order(self, distances):
        return np.lexsort((np.arange(len(distances)), distances))

    def optimum(self, K, b):
        """Lawson and Hanson's active sets, with the inner problems solved by least squares."""
        weights, support = np.zeros(len(b)), np.zeros(len(b), bool)
        for _ in range(10 * len(b)):
            slope = np.where(support, -np.inf, b - K @ weights)
            if slope.max() <= 1e-14:
                break
            support[slope.argmax()] = True
            weights, support = self.stepped(K, b, weights, support)
        return weights

    def stepped(self, K, b, weights, support):
        """Go to the optimum of a support, leaving out what becomes negative on the way."""
        while True:
            target = np.zeros(len(b))
            inner = K[np.ix_(support, support)]
            target[support] = np.linalg.lstsq(inner, b[support], rcond=1e-13)[0]
            if (target[support] > 0).all():
                return target, support
            low = support & (target <= 0)
            share = (weights[low] / (weights[low] - target[low])).min()
            weights = weights + share * (target - weights)
            weights[low & (weights <= 1e-15)] = 0.0
            support = weights > 0
            if not support.any():
                return weights, support

    def thresholded(self, weights):
        return np.where(weights > TOLERANCE, weights, 0.0)

    def error(self, weights, K, b):
        return max(1 - 2 * weights @ b + weights @ K @ weights, 0.0)

    def given_weights(self, weights):
        return weights

    def numbers(self, weights):
        return (weights > 0).sum(1)

    def shares(self, weights):
        return weights / weights.sum() if weights.any() else weights

    # What follows

    def own_of_graph(self, n):
        return list(range(n))

    def decides(self, errors):
        """Tell of each pair (i, j) whether the weight is that of i."""
        return errors[:, None] <= errors[None]

    def symmetric(self, kept):
        return np.maximum(kept, kept.T)

    def polytopes(self, found, points):
        for indices, weights in zip(found["indices"], found["weights"], strict=True):
            yield self.diameter(points[indices[weights > 0]])

    def diameter(self, points):
        units = self.units(points.astype(np.float64))
        return math.sqrt(self.squares(units, units).max(initial=0.0))

    def units(self, points):
        return self.ready(points, "cosine") if len(points) else points

    def of_versions(self, versions, resolution):
        units = self.ready(versions, "cosine")
        moved = np.sqrt(self.squares(units[:1], units)[0])
        versions = np.where((moved < resolution)[:, None], versions[:1], versions)
        found = self.nnk_neighbourhoods(**self.request_of_versions(versions))
        width = next(self.polytopes(found, versions[1:]))
        return 0.0 if width < resolution else width, found["counts"][0]

    def request_of_versions(self, versions):
        rest = {"own": None, "k": len(versions) - 1, "kernel": "cosine", "bandwidth": None}
        return {"queries": versions[:1], "gallery": versions[1:], **rest}

    def voices(self, found):
        return found["shares"]

    def winner(self, votes):
        return int(votes.round(12).argmax()) if votes.any() else -1
