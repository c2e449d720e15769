"""Laws of candidates: RMQM-NNK-002 and RMQM-NNK-003."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import numpy as np
from attrs import evolve
from hypothesis import strategies as st

from rmqm_conformance.laws import law, walk
from rmqm_conformance.properties.helpers import units
from rmqm_conformance.properties.nnk.asking import asked, require_same_neighbourhoods
from rmqm_conformance.require import require, require_equal
from rmqm_conformance.strategies import Array, Neighbourhood, neighbourhoods
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "nnk"
NEAR = 1e-9


def distances_of(request: Neighbourhood) -> Array:
    """Return the distances (M, G) by which candidates are chosen; a query to itself is infinite."""
    ready = units if request.kernel == "cosine" else np.asarray
    difference = ready(request.queries)[:, None] - ready(request.gallery)[None]
    distances = np.sqrt((difference**2).sum(-1))
    for i, own in enumerate(request.own or ()):
        distances[i, own] = np.inf
    return np.asarray(distances)


@law("RMQM-NNK-002/nearest-first", needs=NEEDS, also="RMQM-NNK-003", request=neighbourhoods())
def nearest_first(subject: Subject, request: Neighbourhood) -> None:
    """Candidates are the k nearest points, each once, nearest first, and never the query itself."""
    distances = distances_of(request)
    for i, row in enumerate(asked(subject, request)["indices"]):
        require_equal(f"number of candidates of query {i}", len(set(row.tolist())), request.k)
        if request.own is not None:
            require(
                request.own[i] not in row, f"query {i} must not be its own candidate; got {row}"
            )
        found = distances[i, row]
        require(
            (found - np.sort(distances[i])[: request.k] <= NEAR).all(),
            f"candidates of query {i} must be the nearest, in order; got {row.tolist()} with "
            f"distances {found.tolist()}",
        )


@law(
    "RMQM-NNK-002/ties",
    needs=NEEDS,
    request=neighbourhoods(kinds=["lattice"], kernels=["gaussian"], max_points=12, max_values=3),
)
def ties(subject: Subject, request: Neighbourhood) -> None:
    """Among points that are equally near, the one that stands earlier comes first."""
    distances = distances_of(request).round(12)  # of integers: exact, and equal where they are
    for i, row in enumerate(asked(subject, request)["indices"].tolist()):
        order = np.lexsort((np.arange(len(request.gallery)), distances[i]))
        require_equal(f"candidates of query {i}", row, order[: request.k].tolist())


@law(
    "RMQM-NNK-002/order-of-the-gallery",
    needs=NEEDS,
    also="RMQM-NNK-004",
    request=neighbourhoods(kinds=["spread"]),
    order=st.integers(0, 2**32 - 1),
)
def order_of_the_gallery(subject: Subject, request: Neighbourhood, order: int) -> None:
    """The order of the gallery changes no weight of any point."""
    n = len(request.gallery)
    names = np.random.default_rng(order).permutation(n)
    places = np.argsort(names)
    own = None if request.own is None else [int(places[one]) for one in request.own]
    other = evolve(request, gallery=request.gallery[names], own=own)
    require_same_neighbourhoods(subject, request, other, names=names)


@law("RMQM-NNK-002/far-points", needs=NEEDS, request=neighbourhoods(kinds=["near"]))
def far_points(subject: Subject, request: Neighbourhood) -> None:
    """Points that are farther than the candidates change nothing."""
    far = -10.0 * request.gallery.mean(axis=0, keepdims=True) - 3.0 * request.queries[:1]
    if np.sort(distances_of(evolve(request, gallery=far, own=None)), axis=None)[0] <= 1e-6:
        return
    more = evolve(request, gallery=np.concatenate([request.gallery, far, 2.0 * far]))
    distances = distances_of(more)
    if distances[:, -2:].min() <= np.sort(distances[:, :-2])[:, request.k - 1].max() + NEAR:
        return
    first, second = asked(subject, request), asked(subject, more)
    for key in ("indices", "weights", "errors"):
        require(
            np.allclose(first[key], second[key], rtol=0, atol=1e-8),
            f"{key} must not depend on points that are no candidates",
            got=second[key].tolist(),
            should=first[key].tolist(),
        )


@walk("RMQM-NNK-003/copies", needs=NEEDS)
def copies(subject: Subject) -> None:
    """A copy of the query elsewhere in the gallery is a candidate; only its own place is not."""
    points = np.array([[1.0, 0.25], [0.5, 1.0], [1.0, 0.25], [-0.5, 0.75], [1.0, 0.25]])
    for kernel, bandwidth in (("cosine", None), ("gaussian", 0.75)):
        for own, nearest in ((0, [2, 4]), (2, [0, 4]), (4, [0, 2])):
            request = Neighbourhood(
                queries=points[[own]],
                gallery=points,
                own=[own],
                k=4,
                kernel=kernel,
                bandwidth=bandwidth,
            )
            row = asked(subject, request)["indices"][0].tolist()
            require_equal(f"nearest candidates of point {own}", row[:2], nearest)


CHECKS = (nearest_first, ties, order_of_the_gallery, far_points, copies)
