"""The one room for nearest neighbours: against loops in long arithmetic, and its laws."""

import math

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rmqm_spec.neighbours import (
    chances,
    estimates,
    nearest,
    nearest_distances,
    of_order_one,
    search,
)

quick = settings(max_examples=60, deadline=None, derandomize=True)


def by_loops(queries, gallery, k, own=None):
    found = []
    for row, query in enumerate(queries):
        distances = [round(math.dist(query, other), 12) for other in gallery]
        others = [place for place in range(len(gallery)) if own is None or place != own[row]]
        found.append(sorted(others, key=lambda place: (distances[place], place))[:k])
    return found


def indices_of(queries, gallery, k, **options):
    blocks = nearest(queries, gallery, k, **options)
    return np.concatenate([block.indices for block in blocks])


def dense(rows, k, **options):
    """Chances as a matrix (N, N) of a search of rows among themselves."""
    table = np.zeros((len(rows), len(rows)))
    for found in chances(rows, rows, k, own=np.arange(len(rows)), **options):
        assert (table[found.queries, found.columns] == 0).all()
        table[found.queries, found.columns] = found.values
    return table


@st.composite
def clouds(draw):
    """Rows of small integers: many distances are equal, and many rows are copies."""
    n, e = draw(st.integers(3, 25)), draw(st.integers(1, 5))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows = rng.integers(-2, 3, (n, e)) / draw(st.sampled_from([1, 3, 8]))
    return rows, draw(st.integers(1, n - 1)), rng


@quick
@given(clouds())
def test_ties_go_to_the_earlier_row(cloud):
    rows, k, _ = cloud
    own = np.arange(len(rows))
    assert indices_of(rows, rows, k, own=own).tolist() == by_loops(rows, rows, k, own)
    assert indices_of(rows, rows, k).tolist() == by_loops(rows, rows, k)


@quick
@given(clouds())
def test_with_ranks_another_order_of_rows_names_the_same_ones(cloud):
    rows, k, rng = cloud
    own, order = np.arange(len(rows)), rng.permutation(len(rows))
    found = indices_of(rows[order], rows[order], k, own=own, rank=order)
    np.testing.assert_array_equal(order[found], indices_of(rows, rows, k, own=own)[order])


@quick
@given(clouds())
def test_chances_are_those_of_drawing_ties_by_lot(cloud):
    rows, k, _ = cloud
    table = dense(rows, k)
    for row, values in enumerate(table):
        others = [round(math.dist(rows[row], other), 12) for other in rows]
        ranked = sorted(d for place, d in enumerate(others) if place != row)
        last = ranked[k - 1]
        n_nearer, n_level = sum(d < last for d in ranked), ranked.count(last)
        expected = [
            0 if place == row or d > last else 1 if d < last else (k - n_nearer) / n_level
            for place, d in enumerate(others)
        ]
        assert values.tolist() == pytest.approx(expected, abs=1e-12)


@quick
@given(clouds())
def test_another_order_of_rows_permutes_chances_and_distances(cloud):
    rows, k, rng = cloud
    order = rng.permutation(len(rows))
    np.testing.assert_array_equal(dense(rows[order], k), dense(rows, k)[np.ix_(order, order)])
    found = nearest_distances(rows[order], k)
    np.testing.assert_array_equal(found, nearest_distances(rows, k)[order])


@quick
@given(clouds(), st.integers(1, 200), st.integers(1, 40))
def test_blocks_of_any_size_give_the_same_bits(cloud, block, measured):
    rows, k, rng = cloud
    rows = rows + 1e-3 * rng.standard_normal(rows.shape)
    own = np.arange(len(rows))
    whole = (*nearest(rows, rows, k, own=own),), dense(rows, k), nearest_distances(rows, k)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "_BLOCK", block)
        patch.setattr(estimates, "_MEASURED", measured)
        cut = (*nearest(rows, rows, k, own=own),), dense(rows, k), nearest_distances(rows, k)
    assert len(cut[0]) == -(-len(rows) // max(1, block // len(rows)))
    for name in ("indices", "distances"):
        joined = [
            np.concatenate([getattr(part, name) for part in side[0]]) for side in (whole, cut)
        ]
        np.testing.assert_array_equal(*joined)
    np.testing.assert_array_equal(whole[1], cut[1])
    np.testing.assert_array_equal(whole[2], cut[2])


@quick
@given(clouds(), st.integers(-60, 60))
def test_a_power_of_two_changes_nothing(cloud, power):
    rows, k, rng = cloud
    rows = rows + rng.standard_normal(rows.shape)
    scaled = np.ldexp(rows, power)
    np.testing.assert_array_equal(of_order_one(scaled), of_order_one(rows))
    assert np.abs(of_order_one(scaled)).max() <= 1
    distances = np.ldexp(nearest_distances(rows, k), power)
    np.testing.assert_array_equal(nearest_distances(scaled, k), distances)


@quick
@given(clouds())
def test_copies_are_nearest_at_a_distance_of_exactly_zero(cloud):
    rows, _, rng = cloud
    rows = np.concatenate([rows, rows]) + 100.1
    found = rng.permutation(len(rows))
    assert (nearest_distances(rows[found], 1) == 0).all()
    table = dense(rows, 1)
    copies = (rows[:, None] == rows).all(axis=2)
    np.fill_diagonal(copies, val=False)
    np.testing.assert_allclose(table, copies / copies.sum(axis=1, keepdims=True))


@pytest.mark.parametrize("spread", [1e-3, 1e-7, 1e-10])
@pytest.mark.parametrize("n_near", [12, 60])
def test_rows_that_products_cannot_tell_apart_are_told_apart(spread, n_near):
    """Tight clusters far from each other: the candidates are many, and all are measured."""
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((5, 6)).repeat(n_near, axis=0)
    rows = centres + spread * rng.standard_normal(centres.shape)
    with mpmath.workdps(40):
        exact = [
            sorted(
                mpmath.sqrt(mpmath.fsum((mpmath.mpf(a) - mpmath.mpf(b)) ** 2 for a, b in pairs))
                for pairs in (
                    zip(rows[row].tolist(), other.tolist(), strict=True)
                    for place, other in enumerate(rows)
                    if place != row
                )
            )[:3]
            for row in range(0, len(rows), 11)
        ]
    found = nearest_distances(rows, 3)[::11]
    np.testing.assert_allclose(found, np.array(exact, dtype=float), rtol=1e-12, atol=0)


def test_one_giant_row_hides_no_neighbour():
    rng = np.random.default_rng(1)
    rows = rng.standard_normal((80, 4))
    rows[7] *= 1e9
    own = np.arange(80)
    assert indices_of(rows, rows, 5, own=own).tolist() == by_loops(rows, rows, 5, own)


def test_equal_distances_of_other_sums_are_equal():
    """The same values in other places: their squares are added in another order."""
    rng = np.random.default_rng(2)
    values = rng.random(40)
    gallery = np.array([rng.permutation(values) for _ in range(30)])
    raw = np.linalg.norm(gallery, axis=1)
    assert len(np.unique(raw)) > 1
    assert indices_of(np.zeros((1, 40)), gallery, 30).tolist() == [list(range(30))]
    assert indices_of(np.zeros((1, 40)), gallery, 4, rank=np.arange(30)[::-1]).tolist() == [
        [29, 28, 27, 26]
    ]


def test_distances_below_the_resolution_are_equal():
    rows = np.array([[0.0], [3e-7], [-5e-7], [1.0]])
    assert dense(rows, 1)[0].tolist() == [0, 1, 0, 0]
    assert dense(rows, 1, resolution=1e-6)[0].tolist() == [0, 0.5, 0.5, 0]
    assert dense(rows, 1, resolution=1e-6)[3].tolist() == [0, 1, 0, 0]


def test_rows_that_differ_by_the_last_decimal_tie():
    """Nearly all distances are 1, 2 or 3 units of the last decimal: ranks decide."""
    rows = 0.5 + 1e-12 * np.random.default_rng(3).standard_normal((60, 3))
    own = np.arange(60)
    assert indices_of(rows, rows, 5, own=own).tolist() == by_loops(rows, rows, 5, own)
