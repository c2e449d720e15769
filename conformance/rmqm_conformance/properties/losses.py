"""Laws of the losses of PGD: family RMQM-LOSS."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import math

import numpy as np
from hypothesis import strategies as st

from rmqm_conformance.laws import law
from rmqm_conformance.properties.helpers import units
from rmqm_conformance.properties.loss_cases import case_of, triplets_of, values_and_gradient
from rmqm_conformance.require import require_close
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "pgd"
SEEDS = st.integers(0, 2**32)
SIZES = st.integers(1, 5)
LENGTHS = st.integers(2, 5)
NAMES = st.sampled_from(["displacement", "cross-entropy", "nt-xent", "triplet", "views"])


@law(
    "RMQM-LOSS-001/differences",
    needs=NEEDS,
    also="RMQM-LOSS-002 RMQM-LOSS-003 RMQM-LOSS-004 RMQM-LOSS-005",
    loss=NAMES,
    n=SIZES,
    length=LENGTHS,
    seed=SEEDS,
)
def differences(subject: Subject, loss: str, n: int, length: int, seed: int) -> None:
    """The gradient of a loss is the central difference of its value, along any direction."""
    case = case_of(loss, n, length, seed)
    if case["name"] == "triplet" and triplets_of(case)[1]:
        return  # a difference would cross the edge of the semi-hard triplets
    values, gradient = values_and_gradient(subject, case)
    z = case["encodings"]
    norms = np.linalg.norm(z, axis=1, keepdims=True)
    rng = np.random.default_rng([seed, 1])
    direction = rng.normal(size=z.shape) * norms / np.sqrt(z.size)
    steps = [case | {"encodings": z + way * 1e-5 * direction} for way in (1, -1)]
    ahead, behind = (values_and_gradient(subject, step)[0] for step in steps)
    along = (gradient * direction).sum(axis=1)
    should = along if len(values) == n else [along.sum()]
    require_close("central difference", (ahead - behind) / 2e-5, should, atol=1e-5, rtol=1e-5)


@law(
    "RMQM-LOSS-001/tangent",
    needs=NEEDS,
    also="RMQM-LOSS-002 RMQM-LOSS-004 RMQM-LOSS-005",
    loss=st.sampled_from(["displacement", "nt-xent", "triplet", "views"]),
    n=SIZES,
    length=LENGTHS,
    seed=SEEDS,
    power=st.integers(-20, 20),
)
def tangent(subject: Subject, loss: str, n: int, length: int, seed: int, power: int) -> None:
    """A loss of unit vectors ignores norms: its gradient is orthogonal, and shrinks with them."""
    case = case_of(loss, n, length, seed)
    if case["name"] == "triplet" and triplets_of(case)[1]:
        return  # rounding could decide which triplets are semi-hard
    values, gradient = values_and_gradient(subject, case)
    z = case["encodings"]
    require_close("gradient along z", (gradient * z).sum(axis=1), np.zeros(n), atol=1e-11)
    scaled = case | {"encodings": np.ldexp(z, power)}
    if case["references"] is not None:
        scaled["references"] = np.ldexp(case["references"], -power)
    other_values, other_gradient = values_and_gradient(subject, scaled)
    require_close("values", other_values, values, atol=1e-11)
    norms = np.linalg.norm(z, axis=1, keepdims=True)
    require_close(
        "gradient times norm", np.ldexp(other_gradient, power) * norms, gradient * norms, atol=1e-10
    )


@law("RMQM-LOSS-002/definition", needs=NEEDS, n=SIZES, length=LENGTHS, seed=SEEDS)
def displacement(subject: Subject, n: int, length: int, seed: int) -> None:
    """`displacement` is the squared distance of unit vectors, and has the gradient of that."""
    case = case_of("displacement", n, length, seed)
    values, gradient = values_and_gradient(subject, case)
    z, phi, origin = case["encodings"], units(case["encodings"]), units(case["references"])
    require_close("values", values, ((phi - origin) ** 2).sum(axis=1), atol=1e-14)
    along = (phi * origin).sum(axis=1, keepdims=True)
    should = 2 * (along * phi - origin)
    norms = np.linalg.norm(z, axis=1, keepdims=True)
    require_close("gradient times norm", gradient * norms, should, atol=1e-13)


@law("RMQM-LOSS-002/at-rest", needs=NEEDS, n=SIZES, length=LENGTHS, seed=SEEDS)
def at_rest(subject: Subject, n: int, length: int, seed: int) -> None:
    """`displacement` and its gradient are zero where the direction is that of the reference."""
    z = case_of("displacement", n, length, seed)["encodings"]
    case = {"name": "displacement", "encodings": 3 * z, "references": z, "labels": None}
    values, gradient = values_and_gradient(subject, case)
    norms = np.linalg.norm(z, axis=1, keepdims=True)
    require_close("values", values, np.zeros(n), atol=1e-28)
    require_close("gradient times norm", gradient * norms, np.zeros_like(z), atol=1e-14)


@law("RMQM-LOSS-003/definition", needs=NEEDS, n=SIZES, length=LENGTHS, seed=SEEDS)
def cross_entropy(subject: Subject, n: int, length: int, seed: int) -> None:
    """`cross-entropy` is that of the softmax of the logits; its gradient is softmax less label."""
    case = case_of("cross-entropy", n, length, seed)
    values, gradient = values_and_gradient(subject, case)
    powers = [[math.exp(value) for value in row] for row in case["encodings"]]
    rows = list(zip(case["encodings"], powers, case["labels"], strict=True))
    should = [math.log(math.fsum(row)) - logits[label] for logits, row, label in rows]
    require_close("values", values, should, atol=1e-12)
    chances = [[power / math.fsum(row) for power in row] for row in powers]
    hot = np.eye(length)[case["labels"]]
    require_close("gradient", gradient, np.array(chances) - hot, atol=1e-13)


@law(
    "RMQM-LOSS-003/shift",
    needs=NEEDS,
    n=SIZES,
    length=LENGTHS,
    seed=SEEDS,
    shift=st.sampled_from([1000.0, -1000.0, 800.0, 3.0]),
)
def shift_of_logits(subject: Subject, n: int, length: int, seed: int, shift: float) -> None:
    """`cross-entropy` does not change when a number is added to all logits, however large."""
    case = case_of("cross-entropy", n, length, seed)
    before = values_and_gradient(subject, case)
    after = values_and_gradient(subject, case | {"encodings": case["encodings"] + shift})
    require_close("values", after[0], before[0], atol=1e-11)
    require_close("gradient", after[1], before[1], atol=1e-11)


CHECKS = (
    differences,
    tangent,
    displacement,
    at_rest,
    cross_entropy,
    shift_of_logits,
)
