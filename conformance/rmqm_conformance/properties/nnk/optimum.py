"""Laws of weights, shares and errors: RMQM-NNK-004 to RMQM-NNK-008."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import numpy as np
from attrs import evolve

from rmqm_conformance.laws import law, walk
from rmqm_conformance.properties.nnk.asking import (
    CONDITIONS,
    ERROR,
    LEAST_SURE,
    asked,
    kernels,
    require_same_neighbourhoods,
    sureness,
)
from rmqm_conformance.require import require, require_close, require_equal
from rmqm_conformance.strategies import Neighbourhood, neighbourhoods
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "nnk"


def require_optimum(subject: Subject, request: Neighbourhood) -> None:
    """Demand the conditions of an optimum, and the error that follows from the weights."""
    answer = asked(subject, request)
    K, b = kernels(request, answer["indices"])
    for i, weights in enumerate(answer["weights"]):
        require(weights.min() >= 0, f"weights of query {i} must be at least 0; got {weights}")
        slope = K[i] @ weights - b[i]
        require(
            slope.min() >= -CONDITIONS - 1e-12,
            f"no weight of query {i} may be too small; K t - b is {slope.min()} at candidate "
            f"{int(slope.argmin())}, but should be at least 0",
        )
        high = np.where(weights > 0, slope, 0.0)
        require(
            high.max() <= CONDITIONS + 1e-12,
            f"no weight of query {i} may be too large; K t - b is {high.max()} at candidate "
            f"{int(high.argmax())}, but should be 0",
        )
        error = 1 - 2 * weights @ b[i] + weights @ K[i] @ weights
        require_close(f"errors[{i}]", answer["errors"][i], max(error, 0.0), atol=ERROR)


@law("RMQM-NNK-004/conditions", needs=NEEDS, also="RMQM-NNK-005 RMQM-NNK-008",
     request=neighbourhoods())  # fmt: skip
def conditions(subject: Subject, request: Neighbourhood) -> None:
    """Weights meet the conditions of an optimum, and the error is that of the weights."""
    require_optimum(subject, request)


@law("RMQM-NNK-004/many-candidates", needs=NEEDS, also="RMQM-NNK-005",
     request=neighbourhoods(max_points=60, max_values=12), at_most=20)  # fmt: skip
def many_candidates(subject: Subject, request: Neighbourhood) -> None:
    """The same with as many as 60 candidates, more than the rank of the kernel."""
    require_optimum(subject, request)


@law("RMQM-NNK-004/one-by-one", needs=NEEDS, request=neighbourhoods(kinds=["spread"]))
def one_by_one(subject: Subject, request: Neighbourhood) -> None:
    """The neighbourhood of a query does not depend on the other queries."""
    together = asked(subject, request)
    for i in range(len(request.queries)):
        own = None if request.own is None else [request.own[i]]
        alone = asked(subject, evolve(request, queries=request.queries[[i]], own=own))
        require_equal(f"candidates of query {i}", alone["indices"][0].tolist(),
                      together["indices"][i].tolist())  # fmt: skip
        for key in ("weights", "errors"):
            require_close(f"{key} of query {i}", alone[key][0], together[key][i], atol=ERROR)


@law("RMQM-NNK-004/without-the-others", needs=NEEDS, request=neighbourhoods(kinds=["spread"]))
def without_the_others(subject: Subject, request: Neighbourhood) -> None:
    """Candidates that are no neighbours can be left out: the weights of the others stay."""
    answer = asked(subject, evolve(request, k=len(request.gallery) - (request.own is not None)))
    for i, weights in enumerate(answer["weights"]):
        kept = answer["indices"][i][weights > 0]
        if not len(kept):
            continue
        fewer = evolve(request, queries=request.queries[[i]], gallery=request.gallery[kept],
                       own=None, k=len(kept))  # fmt: skip
        again = asked(subject, fewer)
        require_close(f"errors[{i}]", again["errors"][0], answer["errors"][i], atol=2 * ERROR)
        K, _ = kernels(fewer, again["indices"])
        if sureness(K[0]) <= LEAST_SURE:
            require_equal(f"counts[{i}]", int(again["counts"][0]), len(kept))


@law("RMQM-NNK-006/counts", needs=NEEDS, also="RMQM-NNK-007", request=neighbourhoods())
def counts(subject: Subject, request: Neighbourhood) -> None:
    """Neighbours are the candidates with a weight; shares are weights divided by their sum."""
    answer = asked(subject, request)
    for i, weights in enumerate(answer["weights"]):
        require_equal(f"counts[{i}]", int(answer["counts"][i]), int((weights != 0).sum()))
        small = weights[(weights != 0) & (weights <= 1e-12)]
        require(not len(small), f"a weight of query {i} up to 1e-12 must be 0; got {small}")
        total = weights.sum()
        shares = weights / total if total else weights
        require_close(f"shares[{i}]", answer["shares"][i], shares, atol=1e-12)


@walk("RMQM-NNK-007/nothing-near", needs=NEEDS, also="RMQM-NNK-006")
def nothing_near(subject: Subject) -> None:
    """Where nothing is like the query, all weights and all shares are 0, and the error is 1."""
    opposite = np.array([[-1.0, 0.0], [-2.0, 0.0], [-0.25, 0.0]])
    far = np.array([[400.0, 1.0], [0.0, 300.0], [-500.0, 20.0]])
    for gallery, kernel, bandwidth in ((opposite, "cosine", None), (far, "gaussian", 0.5)):
        for k in (1, 2, 3):
            request = Neighbourhood(
                queries=np.array([[1.0, 0.0]]),
                gallery=gallery,
                own=None,
                k=k,
                kernel=kernel,
                bandwidth=bandwidth,
            )
            answer = asked(subject, request)
            require_equal("weights", answer["weights"].tolist(), [[0.0] * k])
            require_equal("shares", answer["shares"].tolist(), [[0.0] * k])
            require_equal("counts", answer["counts"].tolist(), [0])
            require_close("errors", answer["errors"], [1.0], atol=ERROR)


@law("RMQM-NNK-004/a-copy-of-the-query", needs=NEEDS, also="RMQM-NNK-008",
     request=neighbourhoods(kinds=["spread"]))  # fmt: skip
def a_copy_of_the_query(subject: Subject, request: Neighbourhood) -> None:
    """A candidate that equals the query leaves no error; where it is the only one, it is all."""
    gallery = np.concatenate([request.gallery, request.queries[:1]])
    copied = evolve(request, queries=request.queries[:1], gallery=gallery, own=None)
    answer = asked(subject, copied)
    require_close("errors", answer["errors"], [0.0], atol=ERROR)
    if copied.kernel == "cosine" and copied.k > gallery.shape[1]:
        return  # others may then stand for it as well
    twice = [i for i, point in enumerate(gallery[:-1]) if (point == gallery[-1]).all()]
    if not twice:
        K, _ = kernels(copied, answer["indices"])
        allowed = 2e-9 * np.sqrt(copied.k) / max(float(np.linalg.eigvalsh(K[0])[0]), 1e-9)
        require_close("weights", answer["weights"][0], np.eye(copied.k)[0], atol=allowed)


@law("RMQM-NNK-001/row-types", needs=NEEDS, request=neighbourhoods(kinds=["lattice"]))
def row_types(subject: Subject, request: Neighbourhood) -> None:
    """The type of the points does not matter: all is computed in float64."""
    for dtype in ("<f4", "<f2", "<i4", "|i1"):
        other = request.moved(lambda points, dtype=dtype: points.astype(dtype))
        require_same_neighbourhoods(subject, request, other)


CHECKS = (
    conditions,
    many_candidates,
    one_by_one,
    without_the_others,
    counts,
    nothing_near,
    a_copy_of_the_query,
    row_types,
)
