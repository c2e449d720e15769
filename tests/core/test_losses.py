"""Losses against loops over the clauses, against differences, and at their edges."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rmqm_spec.alterations import LOSSES, loss
from rmqm_spec.errors import EncodingError, RmqmError, ShapeError, UsageError

SEEDS = st.integers(0, 2**32)
SIZES = st.integers(1, 6)
LENGTHS = st.integers(1, 5)
CASES = ["displacement", "cross-entropy", "triplet", "triplet with views", "nt-xent"]


def case(name, n, length, seed):
    """Draw encodings of all sizes, with references or labels as the loss takes them."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(n, length)) * 10.0 ** rng.uniform(-2, 2, (n, 1))
    if name in {"cross-entropy", "triplet"}:
        n_classes = length if name == "cross-entropy" else 2
        return name, z, {"labels": rng.integers(0, n_classes, n)}
    return name.split()[0], z, {"references": z + rng.normal(size=z.shape)}


def unit(z):
    return [value / math.hypot(*z) for value in z]


def dot(a, b):
    return math.fsum(x * y for x, y in zip(a, b, strict=True))


def by_loops(name, z, *, references=None, labels=None):
    """Return the values by the formulas of RMQM-LOSS-002 to RMQM-LOSS-005, and semi-hard gaps."""
    phi = [unit(row) for row in z]
    if name == "displacement":
        return [math.dist(a, unit(b)) ** 2 for a, b in zip(phi, references, strict=True)], []
    if name == "cross-entropy":
        rows = zip(z, labels, strict=True)
        return [math.log(math.fsum(map(math.exp, row))) - row[y] for row, y in rows], []
    if references is not None:
        phi += [unit(row) for row in references]
        labels = [*range(len(z))] * 2
    n = range(len(phi))
    if name == "nt-xent":
        terms = []
        for a in n:
            others = math.fsum(math.exp(dot(phi[a], phi[b]) / 0.07) for b in n if b != a)
            partner = (a + len(z)) % len(phi)
            terms.append(math.log(others) - dot(phi[a], phi[partner]) / 0.07)
        return [math.fsum(terms) / len(terms)], []
    gaps = [
        math.dist(phi[a], phi[k]) - math.dist(phi[a], phi[p])
        for a in n
        for p in n
        for k in n
        if a != p and labels[a] == labels[p] != labels[k]
    ]
    kept = [0.5 - gap for gap in gaps if 0 < gap < 0.5]
    return [math.fsum(kept) / len(kept) if kept else 0.0], gaps


def at_an_edge(gaps):
    """Tell whether rounding or a small step could move a triplet in or out of the semi-hard."""
    return any(min(abs(gap), abs(gap - 0.5)) < 1e-3 for gap in gaps)


def message(function, *arguments, **options):
    with pytest.raises(RmqmError) as caught:
        function(*arguments, **options)
    return type(caught.value), caught.value.code, str(caught.value)


@given(name=st.sampled_from(CASES), n=SIZES, length=LENGTHS, seed=SEEDS)
def test_values_are_those_of_loops_over_the_clauses(name, n, length, seed):
    kind, z, given_too = case(name, n, length, seed)
    z = np.clip(z, -300, 300)  # the loops take powers without care
    expected, gaps = by_loops(kind, z.tolist(), **{k: v.tolist() for k, v in given_too.items()})
    if not any(abs(gap) < 1e-9 or abs(gap - 0.5) < 1e-9 for gap in gaps):
        np.testing.assert_allclose(loss(kind, z, **given_too).values, expected, atol=1e-11)


@given(name=st.sampled_from(CASES), n=SIZES, length=LENGTHS, seed=SEEDS)
def test_gradients_are_central_differences_value_by_value(name, n, length, seed):
    kind, z, given_too = case(name, n, length, seed)
    plain = {key: value.tolist() for key, value in given_too.items()}
    if name.startswith("triplet") and at_an_edge(by_loops(kind, z.tolist(), **plain)[1]):
        return
    gradient = loss(kind, z, **given_too).gradient
    steps = 1e-6 * np.maximum(np.linalg.norm(z, axis=1), 1e-3)
    for (row, column), found in np.ndenumerate(gradient):
        sums = []
        for way in (1, -1):
            moved = z.copy()
            moved[row, column] += way * steps[row]
            sums.append(loss(kind, moved, **given_too).values.sum())
        expected = (sums[0] - sums[1]) / (2 * steps[row])
        np.testing.assert_allclose(found * steps[row], expected * steps[row], atol=1e-11, rtol=1e-4)


@pytest.mark.parametrize("name", ["displacement", "triplet", "triplet with views", "nt-xent"])
@pytest.mark.parametrize("power", [-600, -20, 20, 600])
def test_the_norms_of_encodings_change_no_value(name, power):
    kind, z, given_too = case(name, 5, 4, 0)
    before, after = loss(kind, z, **given_too), loss(kind, np.ldexp(z, power), **given_too)
    np.testing.assert_allclose(after.values, before.values, rtol=1e-13)
    np.testing.assert_allclose(np.ldexp(after.gradient, power), before.gradient, rtol=1e-12)


def test_the_check_value_of_annex_a():
    found = loss("displacement", [[3, 4]], references=[[2, 0]])
    np.testing.assert_allclose(found.values, [0.8], rtol=1e-15)
    np.testing.assert_allclose(found.gradient, [[-0.256, 0.192]], rtol=1e-15)


@given(n=SIZES, length=LENGTHS, seed=SEEDS)
def test_displacement_at_rest_is_exactly_zero(n, length, seed):
    _, z, _ = case("displacement", n, length, seed)
    found = loss("displacement", z, references=z)
    assert (found.values == 0).all()
    assert (found.gradient == 0).all()


def test_cross_entropy_of_large_logits_neither_overflows_nor_loses_the_small():
    found = loss("cross-entropy", [[1e4, 0.0], [-1e4, -1e4]], labels=[1, 0])
    np.testing.assert_allclose(found.values, [1e4, math.log(2)], rtol=1e-15)
    np.testing.assert_array_equal(found.gradient, [[1, -1], [-0.5, 0.5]])


def test_equal_encodings_pull_at_nothing():
    # The positive lies on the anchor, and its distance of zero has the gradient zero.
    z = [[1.0, 0.0], [1.0, 0.0], [1.0, 0.3]]
    found = loss("triplet", z, labels=[0, 0, 1])
    np.testing.assert_allclose(found.values, 0.5 - math.dist(unit(z[0]), unit(z[2])))
    assert np.isfinite(found.gradient).all()
    assert found.gradient[2].any()


@pytest.mark.parametrize("labels", [[0, 0, 0], [0, 1, 2]])
def test_a_batch_without_triplets_has_the_loss_zero(labels):
    found = loss("triplet", np.eye(3), labels=labels)
    assert (found.values.tolist(), found.gradient.tolist()) == ([0.0], np.zeros((3, 3)).tolist())


@pytest.mark.parametrize("name", ["triplet with views", "nt-xent"])
def test_views_are_constants_that_the_value_depends_on(name):
    kind, z, given_too = case(name, 4, 3, 0)
    other = loss(kind, z, references=given_too["references"][::-1])
    assert not np.allclose(other.values, loss(kind, z, **given_too).values)
    assert other.gradient.shape == z.shape


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_losses_are_computed_in_float64_and_leave_what_they_are_given(name, dtype):
    kind, z, given_too = case(name, 4, 3, 0)
    z = z.astype(dtype)
    given = z.copy()
    found = loss(kind, z, **given_too)
    assert (found.values.dtype, found.gradient.dtype) == (np.float64, np.float64)
    np.testing.assert_array_equal(z, given)


def test_an_unknown_loss_is_refused_with_those_that_there_are():
    expected = f"loss must be one of {', '.join(LOSSES)}; got 'hinge'"
    assert message(loss, "hinge", np.eye(2)) == (UsageError, "ARG001", expected)


@pytest.mark.parametrize(
    ("name", "given_too", "needs", "got"),
    [
        ("displacement", {}, "references", "neither"),
        ("displacement", {"labels": [0, 1]}, "references", "labels"),
        ("cross-entropy", {"references": np.eye(2)}, "labels", "references"),
        (
            "triplet",
            {"labels": [0, 1], "references": np.eye(2)},
            "labels or references",
            "references and labels",
        ),
        ("nt-xent", {}, "references", "neither"),
    ],
)
def test_a_loss_takes_exactly_what_it_needs(name, given_too, needs, got):
    expected = f"the loss {name} must be given {needs} and nothing else; got {got}"
    assert message(loss, name, np.eye(2), **given_too) == (UsageError, "ARG001", expected)


@pytest.mark.parametrize(
    ("labels", "kind", "text"),
    [
        ([0, 2], UsageError, "labels must lie in 0..1, one class per logit; got 2"),
        ([-1, 0], UsageError, "labels must lie in 0..1, one class per logit; got -1"),
        (
            [0, 1, 1],
            ShapeError,
            "labels must be one integer for each of the 2 inputs; got int64 of shape (3,)",
        ),
        (
            [0.0, 1.0],
            ShapeError,
            "labels must be one integer for each of the 2 inputs; got float64 of shape (2,)",
        ),
    ],
)
def test_labels_that_are_no_classes_are_refused(labels, kind, text):
    assert message(loss, "cross-entropy", np.eye(2), labels=labels) == (kind, "ARG001", text)


def test_references_of_another_shape_are_refused():
    expected = "references must have the shape of the encodings, (2, 2); got (3, 3)"
    found = message(loss, "displacement", np.eye(2), references=np.eye(3))
    assert found == (ShapeError, "ARG001", expected)


@pytest.mark.parametrize("shape", [(3,), (2, 0), (0, 2), (1, 1, 1)])
def test_encodings_of_another_shape_are_refused(shape):
    expected = f"encodings of a loss must have shape (N, E) with N, E >= 1; got {shape}"
    found = message(loss, "triplet", np.ones(shape), labels=np.zeros(shape[:1], int))
    assert found == (ShapeError, "ARG001", expected)


@pytest.mark.parametrize("name", CASES)
def test_an_encoding_that_is_not_finite_is_named(name):
    kind, z, given_too = case(name, 3, 3, 0)
    z[1, 2] = math.nan
    found = message(loss, kind, z, names=["a", "b", "c"], **given_too)
    expected = "an encoding must be finite; got 1 of 3 values that are not for b"
    assert found == (EncodingError, "ENC001", expected)


@pytest.mark.parametrize("name", ["displacement", "triplet", "nt-xent"])
def test_an_encoding_without_a_direction_is_named(name):
    kind, z, given_too = case(name, 3, 3, 0)
    z[2] = 0
    expected = "an encoding must have a norm above zero; got 0 for row 2"
    assert message(loss, kind, z, **given_too) == (EncodingError, "ENC002", expected)


def test_a_reference_without_a_direction_is_named():
    found = message(loss, "displacement", np.eye(2), references=[[0, 0], [1, 0]], names=["a", "b"])
    expected = "an encoding must have a norm above zero; got 0 for the reference of a"
    assert found == (EncodingError, "ENC002", expected)
