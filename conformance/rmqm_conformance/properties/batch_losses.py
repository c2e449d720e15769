"""Laws of the losses of a batch: RMQM-LOSS-004 and RMQM-LOSS-005."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import math

import numpy as np
from hypothesis import strategies as st

from rmqm_conformance.laws import law
from rmqm_conformance.properties.helpers import units
from rmqm_conformance.properties.loss_cases import case_of, triplets_of, values_and_gradient
from rmqm_conformance.require import require, require_close
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "pgd"
SEEDS = st.integers(0, 2**32)
SIZES = st.integers(1, 5)
LENGTHS = st.integers(2, 5)


@law(
    "RMQM-LOSS-004/definition",
    needs=NEEDS,
    loss=st.sampled_from(["triplet", "views"]),
    n=SIZES,
    length=LENGTHS,
    seed=SEEDS,
)
def triplet(subject: Subject, loss: str, n: int, length: int, seed: int) -> None:
    """`triplet` is the mean margin loss over the semi-hard triplets, zero without any."""
    case = case_of(loss, n, length, seed)
    should, doubt = triplets_of(case)
    if not doubt:
        values, gradient = values_and_gradient(subject, case)
        require_close("values", values, [should], atol=1e-12)
        if should == 0:
            require_close("gradient", gradient, np.zeros_like(gradient), atol=0.0)


@law(
    "RMQM-LOSS-004/equal-vectors",
    needs=NEEDS,
    n=st.integers(2, 5),
    length=LENGTHS,
    seed=SEEDS,
    factor=st.sampled_from([1.0, 0.5, 4.0]),
)
def equal_vectors(subject: Subject, n: int, length: int, seed: int, factor: float) -> None:
    """In `triplet` equal unit vectors break nothing: a distance of zero has the gradient zero."""
    case = case_of("triplet", n, length, seed)
    z, labels = case["encodings"], case["labels"]
    z[-1], labels[-1] = factor * z[0], labels[0]
    should, doubt = triplets_of(case)
    if not doubt:
        values, gradient = values_and_gradient(subject, case)
        require_close("values", values, [should], atol=1e-12)
        require(np.isfinite(gradient).all(), "the gradient of equal vectors must be finite")


@law("RMQM-LOSS-005/definition", needs=NEEDS, n=SIZES, length=LENGTHS, seed=SEEDS)
def nt_xent(subject: Subject, n: int, length: int, seed: int) -> None:
    """`nt-xent` is the mean cross-entropy of finding the partner among all others, at 0.07."""
    case = case_of("nt-xent", n, length, seed)
    phi = np.concatenate([units(case["encodings"]), units(case["references"])]).tolist()
    terms = []
    for a, own in enumerate(phi):
        similar = [math.fsum(map(float.__mul__, own, other)) / 0.07 for other in phi]
        others = math.fsum(math.exp(similarity) for b, similarity in enumerate(similar) if b != a)
        terms.append(math.log(others) - similar[(a + n) % (2 * n)])
    should = math.fsum(terms) / len(terms)
    require_close("values", values_and_gradient(subject, case)[0], [should], atol=1e-11)


@law(
    "RMQM-LOSS-005/order",
    needs=NEEDS,
    also="RMQM-LOSS-004",
    loss=st.sampled_from(["nt-xent", "triplet", "views"]),
    n=SIZES,
    length=LENGTHS,
    seed=SEEDS,
)
def order(subject: Subject, loss: str, n: int, length: int, seed: int) -> None:
    """A loss of a batch does not depend on the order of its pairs; the gradient follows them."""
    case = case_of(loss, n, length, seed)
    if case["name"] == "triplet" and triplets_of(case)[1]:
        return
    rows = np.random.default_rng([seed, 1]).permutation(n)
    moved = case | {"encodings": case["encodings"][rows]}
    if case["labels"] is None:
        moved["references"] = case["references"][rows]
    else:
        moved["labels"] = [case["labels"][k] for k in rows]
    before, after = values_and_gradient(subject, case), values_and_gradient(subject, moved)
    require_close("values", after[0], before[0], atol=1e-11)
    require_close("gradient", after[1], before[1][rows], atol=1e-9)


CHECKS = (
    triplet,
    equal_vectors,
    nt_xent,
    order,
)
