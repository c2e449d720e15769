"""The operations of the conformance kit on neighbourhoods by non-negative kernel regression."""

from __future__ import annotations

from typing import Any

import numpy as np

from rmqm_spec.alterations.arguments import require
from rmqm_spec.characteristics.distances import unit_vectors
from rmqm_spec.measures.paths.polytopes import polytopes_of_views
from rmqm_spec.nnk import (
    Cosine,
    Gaussian,
    Kernel,
    Neighbourhoods,
    all_neighbourhoods,
    class_votes,
    diameters,
    graph,
    predictions,
)
from rmqm_spec.resolution import checked_resolution

__all__ = ["OwnNeighbourhoods"]

Array = np.ndarray[Any, Any]
Results = dict[str, Any]


class OwnNeighbourhoods:
    """Capability `nnk`, by the code that measures and studies use."""

    def nnk_neighbourhoods(self, **request: Any) -> Results:
        """Find the neighbourhoods of queries."""
        found = _found(**request)
        return {
            name: getattr(found, name)
            for name in ("indices", "weights", "shares", "errors", "counts")
        }

    def nnk_graph(self, *, points: Array, **options: Any) -> Results:
        """Join the points of a gallery."""
        own = list(range(len(points)))
        found = _found(queries=points, gallery=points, own=own, **options)
        return {"adjacency": graph(found).toarray()}

    def nnk_diameters(self, *, gallery: Array, **request: Any) -> Results:
        """Measure the polytopes of queries."""
        return {"diameters": diameters(_found(gallery=gallery, **request), gallery)}

    def nnk_invariance(self, *, representations: Array, resolution: float) -> Results:
        """Measure inputs among their altered versions, as scores do."""
        require(
            "representations must be (N, V, E) with V of at least 2",
            representations.shape,
            representations.ndim == 3 and representations.shape[1] > 1,
        )
        limit, last = checked_resolution(resolution), representations.shape[1] - 1
        widths, counts = polytopes_of_views(unit_vectors(representations), limit, [last])
        return {"diameters": widths[:, 0], "counts": counts[:, 0]}

    def nnk_classify(self, *, labels: list[int], **request: Any) -> Results:
        """Let neighbours vote on classes."""
        n = len(request["gallery"])
        require(f"labels must be {n}, one for each point", len(labels), len(labels) == n)
        found = _found(**request)
        votes = class_votes(found.indices, found.shares, np.array(labels), max(labels) + 1)
        return {"votes": votes, "classes": predictions(votes)}


def _found(
    *,
    queries: Array,
    gallery: Array,
    own: list[int] | None,
    k: int,
    kernel: str,
    bandwidth: float | None,
) -> Neighbourhoods:
    places = None if own is None else np.array(own, dtype=np.intp)
    return all_neighbourhoods(queries, gallery, k, kernel=_kernel(kernel, bandwidth), own=places)


def _kernel(name: str, bandwidth: float | None) -> Kernel:
    require("kernel must be cosine or gaussian", name, name in {"cosine", "gaussian"})
    if name == "cosine":
        return Cosine()
    require("bandwidth must be given for gaussian", bandwidth, bandwidth is not None)
    return Gaussian(bandwidth or 0.0)
