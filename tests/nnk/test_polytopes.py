"""Diameters and mixed labels of polytopes, computed the long way, and their laws."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ortho_group

from rmqm_spec.errors import ShapeError
from rmqm_spec.nnk import Neighbourhoods, all_neighbourhoods, are_mixed, diameters
from rmqm_spec.nnk import polytopes as module

quick = settings(max_examples=10, deadline=None, derandomize=True)
seeds = st.integers(0, 2**32 - 1)


def drawn(seed=0, shape=(40, 5)):
    random = np.random.default_rng(seed)
    return random.standard_normal(shape) * random.uniform(0.1, 10, (shape[0], 1))


def among_themselves(rows, k=20):
    return all_neighbourhoods(rows, rows, k, own=np.arange(len(rows)))


def unit(row):
    length = math.sqrt(math.fsum(float(x) ** 2 for x in row))
    return [float(x) / length for x in row]


def long_diameters(found, gallery):
    widths = []
    for indices, weights in zip(found.indices, found.weights, strict=True):
        corners = [
            unit(gallery[i]) for i, weight in zip(indices, weights, strict=True) if weight > 0
        ]
        widths.append(max((math.dist(a, b) for a in corners for b in corners), default=0.0))
    return widths


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("size", [2**20, 50])
def test_pair_by_pair(seed, size, monkeypatch):
    monkeypatch.setattr(module, "_BLOCK", size)
    rows = drawn(seed)
    found = among_themselves(rows)
    np.testing.assert_allclose(diameters(found, rows), long_diameters(found, rows), rtol=1e-12)


MISTAKES = {
    "vectors of any length": lambda found, rows: [
        max(math.dist(rows[a], rows[b]) for a in row[w > 0] for b in row[w > 0])
        for row, w in zip(found.indices, found.weights, strict=True)
    ],
    "all candidates": lambda found, rows: long_diameters(
        Neighbourhoods(0, found.indices, np.ones_like(found.weights), found.errors), rows
    ),
    "with the query": lambda found, rows: [
        max(width, *(math.dist(unit(rows[q]), unit(rows[i])) for i in row[w > 0]))
        for q, (row, w, width) in enumerate(
            zip(found.indices, found.weights, long_diameters(found, rows), strict=True)
        )
    ],
    "from the query": lambda found, rows: [
        max(math.dist(unit(rows[q]), unit(rows[i])) for i in row[w > 0])
        for q, (row, w) in enumerate(zip(found.indices, found.weights, strict=True))
    ],
    "squared": lambda found, rows: np.array(long_diameters(found, rows)) ** 2,
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistaken_diameter_is_told_apart(mistake):
    rows = drawn(0, (40, 3))
    found = among_themselves(rows, 4)
    wrong = np.asarray(MISTAKES[mistake](found, rows))
    assert np.abs(wrong - diameters(found, rows)).max() > 0.01


@pytest.mark.parametrize("spread", [1e-3, 1e-7, 1e-11])
def test_a_small_diameter_keeps_its_digits(spread):
    points = np.array([[1.0, 0.0, 0.0]] * 4) + spread * np.array(
        [[0, 0, 0], [0, 1, 0], [0, 0, 1], [0, -0.5, -0.5]]
    )
    found = Neighbourhoods(0, np.arange(4)[None], np.ones((1, 4)), np.zeros(1))
    [width] = diameters(found, points)
    assert width == pytest.approx(spread * math.hypot(1.5, 0.5), rel=1e-4)
    assert width == pytest.approx(long_diameters(found, points)[0], rel=1e-12)


def test_fewer_than_two_neighbours_have_no_width():
    rows = drawn()
    weights = np.zeros((2, 3))
    weights[1, 2] = 0.7
    found = Neighbourhoods(0, np.array([[1, 2, 3], [4, 5, 6]]), weights, np.zeros(2))
    assert diameters(found, rows).tolist() == [0.0, 0.0]


def test_opposite_neighbours_are_two_apart_and_no_more():
    found = Neighbourhoods(0, np.array([[0, 1]]), np.ones((1, 2)), np.zeros(1))
    for seed in range(200):
        [row] = drawn(seed, (1, 7))
        [width] = diameters(found, np.stack([row, -7 * row]))
        assert width == pytest.approx(2, abs=1e-14)
        assert width <= 2


def test_rows_of_any_length_have_directions():
    rows = np.array([[1e-200, 0.0], [0.0, 1e200]])
    found = Neighbourhoods(0, np.array([[0, 1]]), np.ones((1, 2)), np.zeros(1))
    assert diameters(found, rows)[0] == pytest.approx(math.sqrt(2), rel=1e-15)


@quick
@given(seeds)
def test_the_same_turned_scaled_and_permuted(seed):
    rows = drawn(seed)
    random = np.random.default_rng(seed)
    widths = diameters(among_themselves(rows), rows)
    turned = rows @ ortho_group.rvs(rows.shape[1], random_state=random)
    turned *= random.uniform(0.1, 10, (len(rows), 1))
    np.testing.assert_allclose(diameters(among_themselves(turned), turned), widths, atol=1e-9)
    order = random.permutation(len(rows))
    np.testing.assert_allclose(
        diameters(among_themselves(rows[order]), rows[order]), widths[order], atol=1e-9
    )
    assert (widths >= 0).all()
    assert (widths <= 2).all()


def test_mixed_is_one_neighbour_of_another_label():
    rows = drawn()
    labels = np.array(list("abc"))[np.arange(40) % 3]
    found = among_themselves(rows, 6)
    expected = [
        any(
            labels[i] != labels[q]
            for i, w in zip(found.indices[q], found.weights[q], strict=True)
            if w
        )
        for q in range(40)
    ]
    assert are_mixed(found, labels, labels).tolist() == expected
    assert 0 < sum(expected) < 40 or all(expected)
    assert not are_mixed(found, np.zeros(40), np.zeros(40)).any()


def test_a_candidate_without_weight_does_not_mix():
    found = Neighbourhoods(0, np.array([[0, 1]]), np.array([[0.5, 0.0]]), np.zeros(1))
    assert are_mixed(found, np.array([1, 2]), np.array([1])).tolist() == [False]
    assert are_mixed(found, np.array([2, 1]), np.array([1])).tolist() == [True]
    with pytest.raises(ShapeError, match="one label each"):
        are_mixed(found, np.array([2, 1]), np.array([1, 2]))


def test_a_gallery_that_is_too_short_is_refused():
    rows = drawn()
    found, labels = among_themselves(rows), np.zeros(40, dtype=int)
    with pytest.raises(ShapeError, match="up to 39; got 20"):
        diameters(found, rows[:20])
    with pytest.raises(ShapeError, match="up to 39; got 20"):
        are_mixed(found, labels[:20], labels)
