"""Votes, predictions, errors and interpolation, computed the long way; ties and empty votes."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import nnls

from rmqm_spec.errors import EncodingError, ShapeError, UsageError
from rmqm_spec.nnk import (
    all_neighbourhoods,
    are_wrong,
    class_votes,
    interpolated,
    predictions,
    soft_errors,
    softmax_votes,
    votes_of_rules,
)
from rmqm_spec.nnk.weightings import candidate_cosines, kernel_shares, softmax_shares

quick = settings(max_examples=10, deadline=None, derandomize=True)
seeds = st.integers(0, 2**32 - 1)


def drawn(seed=0, n=60, e=5, n_classes=3):
    random = np.random.default_rng(seed)
    classes = random.integers(n_classes, size=n)
    return random.standard_normal((n, e)) + 1.5 * np.eye(n_classes, e)[classes], classes


def long_votes(query, gallery, classes, n_classes, k):
    """By explicit features, (1, x) / sqrt 2, of the kernel 1/2 + 1/2 cos."""
    features = [np.append(1.0, row / np.linalg.norm(row)) / math.sqrt(2) for row in gallery]
    own = np.append(1.0, query / np.linalg.norm(query)) / math.sqrt(2)
    near = sorted(range(len(gallery)), key=lambda i: -(own @ features[i]))[:k]
    weights, _ = nnls(np.stack([features[i] for i in near], axis=1), own)
    kernel = [own @ features[i] for i in near]
    tempered = [math.exp((2 * value - 1) / 0.07) for value in kernel]
    votes = {}
    for rule, raw in (
        ("nnk", weights),
        ("k-nn", [1.0] * k),
        ("kernel-k-nn", kernel),
        ("softmax-k-nn", tempered),
    ):
        votes[rule] = [0.0] * n_classes
        for i, weight in zip(near, raw, strict=True):
            votes[rule][classes[i]] += weight / sum(raw)
    return votes


@pytest.mark.parametrize("k", [1, 4, 15])
def test_held_out_votes_the_long_way(k):
    rows, classes = drawn()
    votes = votes_of_rules(rows[:10], rows[10:], classes[10:], k, n_classes=3)
    for q in range(10):
        for rule, expected in long_votes(rows[q], rows[10:], classes[10:], 3, k).items():
            np.testing.assert_allclose(votes[rule][q], expected, rtol=0, atol=1e-9)


def test_leave_one_out_votes_the_long_way():
    rows, classes = drawn(1, n=25)
    votes = votes_of_rules(rows, rows, classes, 8, own=np.arange(25))
    for q in range(25):
        others = np.arange(25) != q
        for rule, expected in long_votes(rows[q], rows[others], classes[others], 3, 8).items():
            np.testing.assert_allclose(votes[rule][q], expected, rtol=0, atol=1e-9)


def test_without_self_exclusion_no_answer_would_be_wrong():
    rows, classes = drawn(1, n=40)
    left_out = votes_of_rules(rows, rows, classes, 8, own=np.arange(40))["nnk"]
    mistaken = votes_of_rules(rows, rows, classes, 8)["nnk"]
    assert not are_wrong(mistaken, classes).any()
    assert are_wrong(left_out, classes).mean() > 0.1


def test_errors_from_votes():
    votes = np.array([[0.2, 0.5, 0.3], [0.6, 0.2, 0.2]])
    assert are_wrong(votes, np.array([1, 1])).tolist() == [False, True]
    assert soft_errors(votes, np.array([1, 1])).tolist() == [0.5, 0.8]


def test_of_equal_votes_the_smallest_class_wins_whatever_the_rounding():
    assert predictions(np.array([[0.1 + 0.2, 0.3], [0.3, 0.1 + 0.2]])).tolist() == [0, 0]
    assert predictions(np.array([[0.0, 0.5, 0.5]])).tolist() == [1]


def test_opposite_candidates_have_no_weight_and_name_no_class():
    gallery, query = -np.eye(2)[:1].repeat(3, axis=0), np.eye(2)[:1]
    found = all_neighbourhoods(query, gallery, 3)
    assert not found.weights.any()
    votes = class_votes(found.indices, found.shares, np.array([0, 0, 1]), 2)
    assert votes.tolist() == [[0.0, 0.0]]
    assert predictions(votes).tolist() == [-1]
    assert are_wrong(votes, np.array([0])).tolist() == [True]
    assert soft_errors(votes, np.array([0])).tolist() == [1.0]
    assert np.isnan(interpolated(found.indices, found.shares, np.arange(3.0))).all()
    assert not kernel_shares(candidate_cosines(query, gallery, found.indices)).any()


def test_interpolation_is_exact_for_what_is_linear_along_an_arc():
    angles = np.linspace(0, 1, 9)
    rows = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    found = all_neighbourhoods(rows[[4]], rows, 4, own=np.array([4]))
    assert interpolated(found.indices, found.shares, angles) == pytest.approx([0.5], abs=1e-12)
    both = interpolated(found.indices, found.shares, np.stack([angles, -angles], axis=1))
    assert both.tolist() == [pytest.approx([0.5, -0.5], abs=1e-12)]


@quick
@given(seeds)
def test_interpolation_stays_within_the_targets_and_moves_with_them(seed):
    rows, _ = drawn(seed)
    targets = np.random.default_rng(seed).standard_normal(60)
    found = all_neighbourhoods(rows, rows, 12, own=np.arange(60))
    values = interpolated(found.indices, found.shares, targets)
    assert (values >= targets.min() - 1e-12).all()
    assert (values <= targets.max() + 1e-12).all()
    moved = interpolated(found.indices, found.shares, 3 * targets + 5)
    np.testing.assert_allclose(moved, 3 * values + 5, atol=1e-12)


def test_the_softmax_of_a_model_votes_too():
    logits = np.array([[2.0, 1.0, 0.0], [1000.0, 1000.0, 0.0]])
    votes = softmax_votes(logits)
    np.testing.assert_allclose(votes[0], np.exp(logits[0]) / np.exp(logits[0]).sum(), rtol=1e-14)
    assert votes[1].tolist() == [0.5, 0.5, 0.0]
    assert predictions(votes).tolist() == [0, 0]


@pytest.mark.parametrize("classes", [[0, 3], [-1, 0], [0.0, 1.0], ["a", "b"]])
def test_classes_must_be_numbers_from_zero(classes):
    with pytest.raises(UsageError, match="classes must be whole numbers from 0 to 2") as caught:
        class_votes(np.array([[0, 1]]), np.array([[0.5, 0.5]]), np.array(classes), 3)
    assert "return_inverse=True" in caught.value.fix


def test_the_remedy_for_names_of_classes_works():
    _, classes = np.unique(np.array(["b", "a"]), return_inverse=True)
    votes = class_votes(np.array([[0, 1]]), np.array([[0.75, 0.25]]), classes, 2)
    assert votes.tolist() == [[0.25, 0.75]]


def test_one_class_a_row_and_a_query():
    rows, classes = drawn()
    with pytest.raises(ShapeError, match="rows of the gallery must have one class each"):
        votes_of_rules(rows, rows, classes[1:], 3, own=np.arange(60))
    with pytest.raises(ShapeError, match="queries must have one class each"):
        soft_errors(np.ones((2, 3)) / 3, np.array([0, 1, 2]))


def test_a_temperature_is_above_zero():
    with pytest.raises(UsageError, match="temperature must be above 0; got 0"):
        softmax_shares(np.array([[0.5, 0.4]]), 0)


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_logits_that_are_not_finite_name_no_class(wrong):
    with pytest.raises(EncodingError, match="row 1") as caught:
        softmax_votes(np.array([[1.0, 2.0], [wrong, 0.0]]))
    assert caught.value.code == "ENC001"
    with pytest.raises(UsageError, match="NaN in row 0"):
        predictions(np.array([[np.nan, 1.0]]))


@pytest.mark.parametrize(
    "call",
    [
        lambda: class_votes(np.array([[0, 1]]), np.array([[1.0]]), np.array([0, 1]), 2),
        lambda: class_votes(np.array([[0, 2]]), np.array([[0.5, 0.5]]), np.array([0, 1]), 2),
        lambda: class_votes(np.array([[0, 1]]), np.array([[0.5, 0.5]]), np.array([[0], [1]]), 2),
        lambda: predictions(np.array([0.1, 0.9])),
        lambda: softmax_votes(np.array([1.0, 2.0])),
        lambda: soft_errors(np.array([0.1, 0.9]), np.array([1])),
    ],
)
def test_arrays_that_do_not_fit_are_refused(call):
    with pytest.raises(ShapeError) as caught:
        call()
    assert caught.value.code == "ARG001"


def test_lists_vote_as_arrays_do():
    votes = class_votes([[2, 0]], [[0.75, 0.25]], [0, 0, 1], 2)
    assert votes.tolist() == [[0.25, 0.75]]
    assert predictions([[0.1, 0.9]]).tolist() == [1]
    assert are_wrong([[0.1, 0.9]], [1]).tolist() == [False]
    assert soft_errors([[0.25, 0.75]], [0]).tolist() == [0.75]


def test_targets_of_candidates_without_a_share_say_nothing():
    indices, shares = np.array([[0, 1], [1, 0]]), np.array([[1.0, 0.0], [0.5, 0.5]])
    for targets in (np.array([2.0, np.nan]), np.array([[2.0], [np.nan]])):
        found = interpolated(indices, shares, targets).ravel()
        assert found[0] == 2.0
        assert np.isnan(found[1])
    assert interpolated(indices.tolist(), shares.tolist(), [2.0, 4.0]).tolist() == [2.0, 3.0]
    with pytest.raises(
        ShapeError, match="one target each; got \\(1,\\) and candidates up to row 1"
    ):
        interpolated(indices, shares, np.array([2.0]))


def test_names_of_classes_are_refused():
    rows, _ = drawn(n=4)
    with pytest.raises(UsageError, match="must be whole numbers"):
        votes_of_rules(rows, rows, np.array([*"abab"]), 2)
    with pytest.raises(UsageError, match="there are none"):
        votes_of_rules(rows, rows[:0], np.array([], dtype=int), 2)
