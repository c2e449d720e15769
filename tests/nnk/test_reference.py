"""The published solver: where it agrees with the optimum, and how far it misses it elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from rmqm_spec.nnk import Gaussian, all_neighbourhoods, solve


def both(size, k, n_rows, **options):
    rows = np.random.default_rng(size).standard_normal((n_rows, size))
    own = np.arange(n_rows)
    return [
        all_neighbourhoods(rows, rows, k, own=own, solver=solver, **options)
        for solver in ("exact", "reference")
    ]


def test_with_a_cosine_it_keeps_too_few_neighbours_and_misses_the_optimum():
    """In 32 dimensions and with 50 candidates it keeps about two thirds of the neighbours."""
    exact, reference = both(32, 50, 300)
    assert ((exact.weights > 0) != (reference.weights > 0)).any(axis=1).mean() > 0.95
    assert 12 < exact.counts.mean() < 16
    assert 8 < reference.counts.mean() < 11
    assert (reference.errors > exact.errors - 1e-9).all()
    assert (reference.errors > exact.errors + 1e-6).mean() > 0.9


def test_with_a_gaussian_it_is_nearly_always_right():
    exact, reference = both(8, 15, 300, kernel=Gaussian("mean-kth-distance"))
    same = ((exact.weights > 0) == (reference.weights > 0)).all(axis=1)
    assert same.mean() > 0.9
    assert np.abs(exact.weights - reference.weights)[same].max() < 1e-8


def test_pruning_is_a_sequence_of_solutions_without_what_was_negative():
    rows = np.random.default_rng(0).standard_normal((31, 20))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    kernel = 0.5 + 0.5 * rows @ rows.T
    np.fill_diagonal(kernel, 1)
    kept = list(range(1, 16))
    while True:
        weights = np.linalg.solve(kernel[np.ix_(kept, kept)], kernel[kept, 0])
        if (weights > 0).all():
            break
        kept = [i for i, weight in zip(kept, weights, strict=True) if weight > 0]
    expected = np.zeros(15)
    expected[np.array(kept) - 1] = weights
    found = solve(kernel[1:16, 1:16], kernel[0, 1:16], solver="reference")
    assert 0 < len(kept) < 15
    assert np.abs(found - expected).max() < 1e-9


def test_all_copies_of_the_query_keep_their_similarity_and_nothing_else_is_left():
    similarities = np.array([1.0, 1 - 5e-11, 1 - 2e-10, 0.9])
    found = solve(np.eye(4), similarities, solver="reference")
    assert found.tolist() == [1.0, 1 - 5e-11, 0.0, 0.0]


def test_candidates_that_are_not_similar_are_no_neighbours():
    found = solve(np.eye(3), [0.5, 1e-11, 0.0], solver="reference")
    assert found.tolist() == [0.5, 0.0, 0.0]
    assert solve(np.eye(2), [0.0, 0.0], solver="reference").tolist() == [0.0, 0.0]


@pytest.mark.parametrize("seed", range(5))
def test_a_singular_kernel_gives_weights_without_meaning_where_the_optimum_has_one(seed):
    rows = np.random.default_rng(seed).standard_normal((41, 3))
    found = [
        all_neighbourhoods(rows[:1], rows[1:], 40, solver=solver)
        for solver in ("exact", "reference")
    ]
    assert found[0].counts[0] <= 4
    assert found[0].errors[0] < 1
    assert np.isfinite(found[1].weights).all()
    assert found[1].errors[0] > found[0].errors[0]
