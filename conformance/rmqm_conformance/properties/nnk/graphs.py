"""Laws of the graph of neighbourhoods: RMQM-NNK-009."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import numpy as np
from attrs import evolve

from rmqm_conformance.laws import law
from rmqm_conformance.properties.nnk.asking import asked, by_point
from rmqm_conformance.require import require, require_equal
from rmqm_conformance.strategies import Array, Neighbourhood, neighbourhoods
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "nnk"
NEAR = 1e-9


def _graph(subject: Subject, request: Neighbourhood) -> Array:
    rest = {key: request.arguments[key] for key in ("k", "kernel", "bandwidth")}
    answer = subject.perform("nnk_graph", points=request.gallery, **rest)["adjacency"]
    n = len(request.gallery)
    require_equal("adjacency.shape", answer.shape, (n, n))
    return np.asarray(answer)


def _all(drawn: Neighbourhood) -> Neighbourhood:
    """Return the request for the neighbourhoods of all points among each other."""
    n = len(drawn.gallery)
    k = min(drawn.k, n - 1)
    return evolve(drawn, queries=drawn.gallery, own=list(range(n)), k=k)


@law("RMQM-NNK-009/the-surer-end", needs=NEEDS, also="RMQM-NNK-003", drawn=neighbourhoods())
def surer_end(subject: Subject, drawn: Neighbourhood) -> None:
    """An edge has the weight that the endpoint with the smaller error gives it, 0 included."""
    request = _all(drawn)
    answer = asked(subject, request)
    got, weights = _graph(subject, request), by_point(answer, "weights", len(request.gallery))
    errors = answer["errors"]
    for i, j in np.argwhere(np.triu(np.ones_like(weights), 1)):
        one, other = weights[i, j], weights[j, i]
        unsure = abs(errors[i] - errors[j]) <= NEAR
        allowed = {one, other} if unsure else {one if errors[i] < errors[j] else other}
        require(
            any(abs(got[i, j] - weight) <= NEAR for weight in allowed),
            f"the edge of {i} and {j} must be {sorted(allowed)}; got {got[i, j]}, with errors "
            f"{errors[i]} and {errors[j]}",
        )


@law("RMQM-NNK-009/symmetric", needs=NEEDS, drawn=neighbourhoods())
def symmetric(subject: Subject, drawn: Neighbourhood) -> None:
    """A graph is symmetric, and no point is joined to itself."""
    got = _graph(subject, _all(drawn))
    require((got == got.T).all(), f"adjacency must be symmetric; got {got.tolist()}")
    require(not got.diagonal().any(), f"no point is its own neighbour; got {got.diagonal()}")


CHECKS = (surer_end, symmetric)
