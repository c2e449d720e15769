"""NNK with labels against its definition, in loops and by explicit features."""

import math

import numpy as np
import pytest
from scipy.optimize import nnls

from rmqm_spec.contracts.registry import measure
from rmqm_spec.measures.labelled.polytopes import NNK_ACCURACY, NNK_MIXED, nnk_accuracy, nnk_mixed
from rmqm_spec.measures.unaltered import Undefined
from rmqm_spec.probes.measuring import labelled_measures

BOTH = (NNK_ACCURACY, NNK_MIXED)
each = pytest.mark.parametrize("one", BOTH, ids=lambda one: one.name)


def drawn(n=60, e=5, n_classes=3, seed=0):
    random = np.random.default_rng(seed)
    classes = np.arange(n) % n_classes
    rows = random.standard_normal((n, e)) + 1.5 * np.eye(n_classes, e)[classes]
    return rows * random.uniform(0.5, 2, (n, 1)), classes


def the_long_way(rows, classes, k=50):
    units = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    features = np.column_stack([np.ones(len(rows)), units]) / math.sqrt(2)
    right = mixed = 0
    for i in range(len(rows)):
        near = sorted(set(range(len(rows))) - {i}, key=lambda j: math.dist(units[i], units[j]))[:k]
        weights, _ = nnls(features[near].T, features[i])
        votes: dict = {}
        for j, weight in zip(near, weights, strict=True):
            if weight > 0:
                votes[classes[j]] = votes.get(classes[j], 0.0) + weight
        right += min(votes, key=lambda name: (-votes[name], name)) == classes[i]
        mixed += any(name != classes[i] for name in votes)
    return right / len(rows), mixed / len(rows)


@pytest.mark.parametrize(("n", "seed"), [(60, 0), (60, 1), (15, 2)])
def test_the_long_way(n, seed):
    rows, classes = drawn(n, seed=seed)
    names = np.array(["cat", "dog", "emu"])[classes]
    accuracy, mixed = the_long_way(rows, classes)
    assert nnk_accuracy(rows, classes) == nnk_accuracy(rows, names) == accuracy
    assert nnk_mixed(rows, classes) == nnk_mixed(rows, names) == mixed
    assert 0.2 < accuracy < 1
    assert 0.2 < mixed <= 1


def test_each_input_is_left_out():
    """Random labels cannot be known; whoever finds an input among its neighbours knows them."""
    random = np.random.default_rng(0)
    rows, labels = random.standard_normal((120, 4)), random.integers(2, size=120)
    assert 0.3 < nnk_accuracy(rows, labels) < 0.7
    assert nnk_mixed(rows, labels) > 0.7


def test_classes_that_lie_apart_are_known_and_unmixed():
    rows = np.repeat(10 * np.eye(3), 20, axis=0) + np.random.default_rng(0).random((60, 3))
    classes = np.repeat(np.arange(3), 20)
    assert nnk_accuracy(rows, classes) == 1
    assert nnk_mixed(rows, classes) < 0.5
    assert nnk_accuracy(rows, np.random.default_rng(1).permutation(classes)) < 0.6


@each
def test_the_same_under_any_order_and_length(one):
    rows, classes = drawn()
    value = one.function(rows, classes)
    order = np.random.default_rng(1).permutation(60)
    factors = np.random.default_rng(2).uniform(0.1, 10, (60, 1))
    assert one.function((rows * factors)[order], classes[order]) == value


@each
@pytest.mark.parametrize(
    ("change", "status"),
    [
        (lambda z, y: (z, np.zeros_like(y)), "one-class"),
        (lambda z, y: (np.ones_like(z) * np.arange(1, 61)[:, None], y), "constant"),
        (lambda z, y: (z, np.arange(len(y))), "one-per-class"),
        (lambda z, y: (np.where(z > 2, np.inf, z), y), "not-finite"),
        (lambda z, y: (z * (np.arange(60) > 0)[:, None], y), "zero"),
    ],
)
def test_where_there_is_no_value_a_word_says_why(one, change, status):
    rows, classes = change(*drawn())
    found = one.summarise({"encodings": rows, "classes": classes})
    assert np.isnan(found.value)
    assert found.status == status


@each
def test_two_inputs_are_too_few(one):
    with pytest.raises(Undefined, match="too-few-inputs"):
        one.function(np.eye(2), np.array([0, 1]))


@each
def test_a_probe_computes_them(one):
    assert measure(one.name) is one
    assert one in labelled_measures(["all"])
    rows, classes = drawn()
    found = one.summarise({"encodings": rows, "classes": classes})
    assert found.value == one.function(rows, classes)
    assert found.details == {"inputs": 60, "classes": 3}
