"""The weights are the optimum: against scipy, against 50 digits, and by the laws of the problem."""

from __future__ import annotations

import sys
from itertools import combinations, product

import mpmath
import numpy as np
import pytest
import scipy.optimize
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from rmqm_spec.nnk import Cosine, Gaussian, all_neighbourhoods, neighbourhoods, solve

LAWS = settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def rows_of(seed, n, size):
    return np.random.default_rng(seed).standard_normal((n, size))


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def factor(rows):
    """The rows whose inner products are the cosine kernel."""
    return np.hstack([np.ones((len(rows), 1)), unit(rows)]) / np.sqrt(2)


def others(rows, k, **options):
    return all_neighbourhoods(rows, rows, k, own=np.arange(len(rows)), **options)


@pytest.mark.parametrize(("size", "k"), [(2, 5), (3, 50), (8, 50), (32, 50), (64, 20), (200, 60)])
def test_the_optimum_fulfils_its_conditions_and_is_that_of_scipy(way, size, k):
    rows = rows_of(size, 120, size)
    found = others(rows, k)
    f = factor(rows)
    for query, (indices, weights) in enumerate(zip(found.indices, found.weights, strict=True)):
        candidates = f[indices]
        gradient = candidates @ (f[query] - weights @ candidates)
        assert (weights >= 0).all()
        assert gradient.max() < 1e-9
        assert np.abs(gradient[weights > 0]).max() < 1e-9
        assert found.counts[query] <= np.linalg.matrix_rank(candidates)
        oracle, residual = scipy.optimize.nnls(candidates.T, f[query])
        assert np.abs(weights @ candidates - oracle @ candidates).max() < 1e-9
        assert abs(found.errors[query] - residual**2) < 1e-9
        if k <= size:
            assert np.abs(weights - oracle).max() < 1e-9


@pytest.mark.parametrize("bandwidth", [0.5, 1.5, 6.0])
def test_the_optimum_of_a_gaussian_kernel_fulfils_its_conditions(way, bandwidth):
    rows = rows_of(1, 80, 6)
    found = others(rows, 25, kernel=Gaussian(bandwidth))
    squared = ((rows[:, None] - rows) ** 2).sum(axis=-1)
    kernel = np.exp(-squared / (2 * bandwidth**2))
    for query, (indices, weights) in enumerate(zip(found.indices, found.weights, strict=True)):
        gradient = kernel[query, indices] - weights @ kernel[np.ix_(indices, indices)]
        assert gradient.max() < 1e-9
        assert np.abs(gradient[weights > 0]).max() < 1e-9
        values = kernel[np.ix_([query, *indices], [query, *indices])]
        lower = np.linalg.cholesky(values[1:, 1:] + 1e-15 * np.eye(25))
        target = np.linalg.solve(lower, values[0, 1:])
        oracle, _ = scipy.optimize.nnls(lower.T, target)
        assert np.abs(lower.T @ (weights - oracle)).max() < 1e-7


@pytest.mark.parametrize("seed", range(6))
def test_the_optimum_has_all_digits_of_float64(way, seed):
    """Of all sets of candidates, the one whose weights are positive and fulfil the conditions."""
    rows = rows_of(seed, 6, 4)
    found = all_neighbourhoods(rows[:1], rows[1:], 5)
    with mpmath.workdps(50):
        exact = [mpmath.matrix([mpmath.mpf(float(x)) for x in row]) for row in rows]
        exact = [row / mpmath.norm(row) for row in exact]
        kernel = [[(1 + (a.T * b)[0]) / 2 for b in exact] for a in exact]
        optimum = optimum_of(kernel)
        in_order = [optimum[position] for position in found.indices[0]]
    assert np.abs(found.weights[0] - np.array(in_order, dtype=float)).max() < 1e-14
    assert np.array_equal(found.weights[0] > 0, np.array(in_order, dtype=float) > 0)


def optimum_of(kernel):
    k = len(kernel) - 1
    for n in range(1, k + 1):
        for members in combinations(range(1, k + 1), n):
            gram = mpmath.matrix([[kernel[i][j] for j in members] for i in members])
            weights = mpmath.lu_solve(gram, mpmath.matrix([kernel[0][i] for i in members]))
            gradients = [
                kernel[0][i] - sum(weights[m] * kernel[i][j] for m, j in enumerate(members))
                for i in range(1, k + 1)
            ]
            if min(weights) > 0 and max(gradients) < mpmath.mpf(10) ** -40:
                by_member = dict(zip(members, weights, strict=True))
                return [by_member.get(i, mpmath.mpf(0)) for i in range(1, k + 1)]
    raise AssertionError("no optimum")


def polygon(n):
    """Corners at one latitude, seen from the pole: three dimensions for n equal candidates."""
    angles = 2 * np.pi * np.arange(n) / n
    return np.array([0.0, 0, 1]), np.stack([np.cos(angles), np.sin(angles), np.ones(n)], axis=1)


def cube(size):
    corners = np.array(list(product([-1.0, 1], repeat=size)))
    return np.eye(size)[0], corners


def copies(n):
    rows = rows_of(n, n, 4)
    return rows_of(n + 1, 1, 4)[0], np.vstack([rows, rows[::-1], rows])


def turned(query, gallery):
    """Equal distances and gradients then differ by rounding."""
    turn = np.linalg.qr(rows_of(7, len(query), len(query)))[0]
    return query @ turn, gallery @ turn


@pytest.mark.parametrize(
    ("query", "gallery"),
    [
        *map(polygon, (4, 5, 6, 8, 12, 30)),
        *map(cube, (3, 4, 5)),
        *map(copies, (3, 8, 15)),
        *(turned(*case) for case in map(polygon, (4, 6, 8, 12, 30))),
        *(turned(*case) for case in map(cube, (3, 4, 5))),
    ],
)
def test_of_several_optima_the_rule_chooses(way, query, gallery):
    found = all_neighbourhoods(query[None], gallery, len(gallery))
    candidates = factor(gallery)[found.indices[0]]
    expected = by_the_rule(candidates, factor(query[None])[0])
    assert np.array_equal(found.weights[0] > 0, expected > 0)
    assert np.abs(found.weights[0] - expected).max() < 1e-9
    assert np.linalg.matrix_rank(candidates[expected > 0]) == (expected > 0).sum()


def test_of_equal_corners_the_first_come_first(way):
    """The first of six, then the one opposite: their mean is the middle already."""
    query, corners = polygon(6)
    found = all_neighbourhoods(query[None], corners, 6)
    assert found.indices[0].tolist() == [0, 1, 2, 3, 4, 5]
    assert np.flatnonzero(found.weights[0]).tolist() == [0, 3]
    by_rank = all_neighbourhoods(query[None], corners, 6, rank=np.array([5, 4, 3, 2, 1, 0]))
    assert by_rank.indices[0][by_rank.weights[0] > 0].tolist() == [5, 2]


def by_the_rule(candidates, query):
    """The largest gradient first, the nearest of equal ones; by least squares, not by a kernel."""
    weights, members = np.zeros(len(candidates)), []
    while True:
        gradient = candidates @ (query - weights @ candidates)
        gradient[members] = 0
        if gradient.max() <= 1e-12:
            return weights
        members.append(int(np.flatnonzero(gradient >= gradient.max() - 1e-12)[0]))
        while True:
            new, *_ = np.linalg.lstsq(candidates[members].T, query)
            old = weights[members]
            if (new > 1e-12).all():
                weights[members] = new
                break
            low = new <= 1e-12
            moved = old + np.min(old[low] / (old - new)[low]) * (new - old)
            weights[members] = np.where(low & (moved <= 1e-12), 0, moved)
            members = [member for member in members if weights[member] > 0]


@LAWS
@given(seed=st.integers(0, 10**6), size=st.integers(2, 20), factor=st.floats(1e-30, 1e30))
def test_lengths_do_not_count_for_a_cosine(way, seed, size, factor):
    rows = rows_of(seed, 30, size)
    lengths = factor * np.random.default_rng(seed + 1).uniform(0.1, 10, (30, 1))
    assert_same(others(rows, 15), others(rows * lengths, 15))


@LAWS
@given(seed=st.integers(0, 10**6), size=st.integers(2, 12), kernel=st.sampled_from(["c", "g"]))
def test_a_rotation_changes_nothing(way, seed, size, kernel):
    kernel = Cosine() if kernel == "c" else Gaussian("farthest-candidate")
    rows = rows_of(seed, 30, size)
    turn = np.linalg.qr(rows_of(seed + 1, size, size))[0]
    assert_same(others(rows, 12, kernel=kernel), others(rows @ turn, 12, kernel=kernel))


@LAWS
@given(seed=st.integers(0, 10**6), power=st.integers(-60, 60), shift=st.floats(-3, 3))
def test_units_and_origin_do_not_count_for_a_gaussian_by_a_rule(way, seed, power, shift):
    rows = rows_of(seed, 30, 4)
    kernel = Gaussian("mean-kth-distance")
    moved = (rows + shift) * 2.0**power
    assert_same(others(rows, 10, kernel=kernel), others(moved, 10, kernel=kernel), 1e-7)


def assert_same(found, expected, most=1e-8):
    assert np.array_equal(found.indices, expected.indices)
    assert np.abs(found.weights - expected.weights).max() < most
    assert np.abs(found.errors - expected.errors).max() < most


@LAWS
@given(seed=st.integers(0, 10**6), size=st.integers(2, 12))
def test_the_order_of_the_gallery_does_not_count(way, seed, size):
    rows = rows_of(seed, 40, size)
    queries = rows_of(seed + 1, 5, size)
    order = np.random.default_rng(seed).permutation(40)
    found = all_neighbourhoods(queries, rows, 20)
    again = all_neighbourhoods(queries, rows[order], 20)
    assert np.array_equal(order[again.indices], found.indices)
    assert np.abs(again.weights - found.weights).max() < 1e-9


@LAWS
@given(seed=st.integers(0, 10**6), size=st.integers(2, 6))
def test_two_candidates_are_both_neighbours_inside_the_kernel_ratio_interval(way, seed, size):
    rows = rows_of(seed, 3, size)
    kernel = factor(rows) @ factor(rows).T
    ratio, between = kernel[0, 2] / kernel[0, 1], kernel[1, 2]
    assume(min(abs(ratio - between), abs(ratio - 1 / between)) > 1e-6)
    found = all_neighbourhoods(rows[:1], rows[1:], 2)
    assert (found.counts[0] == 2) == (between < ratio < 1 / between)


def test_on_the_bound_of_the_interval_the_farther_candidate_is_no_neighbour(way):
    assert solve([[1.0, 0.75], [0.75, 1.0]], [0.8, 0.6]).tolist() == [0.8, 0.0]
    assert (solve([[1.0, 0.75], [0.75, 1.0]], [0.8, 0.6 + 1e-9]) > 0).all()


@pytest.mark.parametrize("n", [6, 25, 60])
def test_on_a_circle_the_neighbours_are_the_next_on_either_side(way, n):
    """All that lie behind the next vanish."""
    angles = np.sort(np.random.default_rng(n).uniform(0, 2 * np.pi, n))
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    found = others(circle, n - 1)
    gaps = np.diff(angles, append=angles[0] + 2 * np.pi)
    for query in range(n):
        if gaps[query] + gaps[query - 1] < np.pi:
            neighbours = set(found.indices[query, found.weights[query] > 0].tolist())
            assert neighbours == {(query - 1) % n, (query + 1) % n}


def test_blocks_join_to_the_whole(way, monkeypatch):
    rows = rows_of(3, 50, 5)
    whole = others(rows, 7)
    monkeypatch.setattr(sys.modules["rmqm_spec.nnk.neighbourhoods"], "_TOGETHER", 8 * 8 * 6)
    blocks = list(neighbourhoods(rows, rows, 7, own=np.arange(50)))
    assert [block.first for block in blocks] == list(range(0, 50, 6))
    assert np.array_equal(np.concatenate([block.indices for block in blocks]), whole.indices)
    joined = np.concatenate([block.weights for block in blocks])
    assert np.abs(joined - whole.weights).max() < 1e-14
