"""Copies, self matches, too many candidates, no similarity at all; and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from rmqm_spec.errors import EncodingError, ShapeError, UsageError
from rmqm_spec.nnk import Cosine, Gaussian, all_neighbourhoods, neighbourhoods, solve

ROWS = np.random.default_rng(0).standard_normal((40, 6))
ALL = np.arange(40)


@pytest.mark.parametrize("kernel", [None, Gaussian(2.0), Gaussian("farthest-candidate")])
def test_a_copy_of_the_query_takes_all_the_weight(way, kernel):
    options = {} if kernel is None else {"kernel": kernel}
    found = all_neighbourhoods(ROWS, ROWS, 10, **options)
    assert found.indices[:, 0].tolist() == ALL.tolist()
    assert np.abs(found.weights[:, 0] - 1).max() < 1e-12
    assert (found.weights[:, 1:] == 0).all()
    assert found.errors.max() < 1e-12


def test_a_query_is_not_its_own_candidate(way):
    found = all_neighbourhoods(ROWS, ROWS, 39, own=ALL)
    assert not (found.indices == ALL[:, None]).any()
    twice = np.vstack([ROWS, 3 * ROWS])
    of_copies = all_neighbourhoods(ROWS, twice, 10, own=ALL)
    assert of_copies.indices[:, 0].tolist() == (ALL + 40).tolist()
    assert np.abs(of_copies.weights[:, 0] - 1).max() < 1e-12
    assert (of_copies.counts == 1).all()


def test_of_copies_the_first_is_the_neighbour(way):
    twice = np.repeat(ROWS, 2, axis=0)
    query = np.random.default_rng(1).standard_normal((8, 6))
    found, once = all_neighbourhoods(query, twice, 60), all_neighbourhoods(query, ROWS, 30)
    held = found.weights > 0
    assert (found.indices[held] % 2 == 0).all()
    assert np.array_equal(found.indices[held] // 2, once.indices[once.weights > 0])
    assert np.abs(found.weights[held] - once.weights[once.weights > 0]).max() < 1e-12


def test_rows_that_differ_by_rounding_alone_do_no_harm(way):
    generator = np.random.default_rng(2)
    for tiny in (1e-16, 1e-13, 1e-10, 1e-8, 3e-8, 1e-7, 1e-5):
        near = np.vstack([ROWS + tiny * generator.standard_normal(ROWS.shape) for _ in range(4)])
        query = generator.standard_normal((20, 6))
        found = all_neighbourhoods(query, near, 120)
        unit = [rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (query, near)]
        f, q = (np.hstack([np.ones((len(rows), 1)), rows]) / 2**0.5 for rows in unit[::-1])
        for row, indices, weights in zip(q, found.indices, found.weights, strict=True):
            candidates = f[indices]
            gradient = candidates @ (row - weights @ candidates)
            assert gradient.max() < 1e-9
            assert np.abs(gradient[weights > 0]).max() < 1e-9


def test_float32_embeddings_of_copies_settle(way):
    """They differ in the last digit of float32: near enough for no error, not for equality."""
    single = np.repeat(ROWS.astype(np.float32), 3, axis=0)
    single *= np.float32([[1.0], [1.1], [0.7]] * 40)
    found = all_neighbourhoods(single, single, 50, own=np.arange(120))
    assert found.errors.max() < 1e-12
    assert (found.weights[:, :2].sum(axis=1) > 0.999).all()
    exactly = np.repeat(ROWS.astype(np.float32), 3, axis=0) * np.float32([[1], [2], [0.25]] * 40)
    assert (all_neighbourhoods(exactly, exactly, 50, own=np.arange(120)).counts == 1).all()


def test_where_nothing_is_similar_all_weights_are_zero(way):
    found = all_neighbourhoods(np.array([[1.0, 0.0]]), np.array([[-1.0, 0.0], [-3.0, 0.0]]), 2)
    assert found.weights.tolist() == [[0.0, 0.0]]
    assert found.shares.tolist() == [[0.0, 0.0]]
    assert found.counts.tolist() == [0]
    assert found.errors.tolist() == [1.0]
    far = all_neighbourhoods(np.zeros((1, 1)), np.full((3, 1), 1e3), 2, kernel=Gaussian(1.0))
    assert far.counts.tolist() == [0]


def test_shares_sum_to_one(way):
    found = all_neighbourhoods(ROWS, ROWS, 20, own=ALL)
    assert np.abs(found.shares.sum(axis=1) - 1).max() < 1e-12
    assert np.array_equal(found.counts, (found.weights > 0).sum(axis=1))


def test_one_candidate_and_all_candidates(way):
    one = all_neighbourhoods(ROWS, ROWS, 1, own=ALL)
    assert (one.counts == 1).all()
    assert all_neighbourhoods(ROWS, ROWS, 40).weights.shape == (40, 40)


def test_no_query_has_no_neighbourhood(way):
    assert list(neighbourhoods(ROWS[:0], ROWS, 3)) == []
    none = all_neighbourhoods(ROWS[:0], ROWS, 3)
    assert (none.indices.shape, none.weights.shape, none.errors.shape) == ((0, 3), (0, 3), (0,))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.int8, np.uint8])
def test_any_real_type_is_taken(way, dtype):
    rows = (10 * ROWS).astype(dtype)
    found = all_neighbourhoods(rows, rows, 5, own=ALL)
    expected = all_neighbourhoods(rows.astype(float), rows.astype(float), 5, own=ALL)
    assert np.array_equal(found.weights, expected.weights)


@pytest.mark.parametrize("factor", [1e-300, 1e-40, 1e150, 1e300])
def test_very_short_and_long_rows_are_as_good(way, factor):
    found = all_neighbourhoods(ROWS * factor, ROWS, 10)
    assert np.abs(found.weights - all_neighbourhoods(ROWS, ROWS, 10).weights).max() < 1e-9


def refusal(error, *arguments, **options):
    """What is refused is refused before the first block, and says what to do."""
    with pytest.raises(error) as caught:
        neighbourhoods(*arguments, **options)
    assert caught.value.fix.endswith(".")
    return caught.value.code, str(caught.value)


@pytest.mark.parametrize("k", [0, -1, 41, 2.5, True, "3"])
def test_k_out_of_range_is_refused(k):
    code, message = refusal(UsageError, ROWS, ROWS, k)
    assert (code, message) == (
        "ARG001",
        f"k must be a whole number from 1 to 40; got {k!r}",
    )


def test_with_own_positions_the_largest_k_is_one_smaller():
    _, message = refusal(UsageError, ROWS, ROWS, 40, own=ALL)
    assert (
        message == "k must be a whole number from 1 to 39, as no row is its own candidate; got 40"
    )
    assert refusal(UsageError, ROWS[:1], ROWS[:1], 1, own=[0])[0] == "ARG001"


@pytest.mark.parametrize(
    ("rows", "code", "words"),
    [
        (np.where(np.arange(40)[:, None] == 7, np.nan, ROWS), "ENC001", "in row 7 of gallery"),
        (np.where(np.arange(40)[:, None] == 3, np.inf, ROWS), "ENC001", "in row 3 of gallery"),
        (np.where(np.arange(40)[:, None] == 5, 0.0, ROWS), "ENC002", "for row 5 of gallery"),
    ],
)
def test_rows_without_a_direction_are_refused(rows, code, words):
    found, message = refusal(EncodingError, ROWS, rows, 3)
    assert found == code
    assert words in message
    assert "of queries" in refusal(EncodingError, rows, ROWS, 3)[1]


def test_a_gaussian_takes_a_row_of_zeros_and_refuses_what_is_not_finite(way):
    rows = np.vstack([np.zeros((1, 6)), ROWS])
    assert all_neighbourhoods(rows, rows, 3, kernel=Gaussian(1.0)).counts.tolist() == [1] * 41
    rows[4, 2] = np.nan
    assert refusal(EncodingError, ROWS, rows, 3, kernel=Gaussian(1.0))[0] == "ENC001"


@pytest.mark.parametrize(
    ("queries", "gallery"),
    [
        (ROWS[0], ROWS),
        (ROWS, ROWS[:, :5]),
        (ROWS[:, :0], ROWS[:, :0]),
        (ROWS.astype(complex), ROWS),
        (ROWS.astype(str), ROWS),
        (ROWS[None], ROWS),
    ],
)
def test_arrays_that_do_not_fit_are_refused(queries, gallery):
    assert refusal(ShapeError, queries, gallery, 2)[0] == "ARG001"


def test_queries_that_no_distance_in_float64_reaches_are_refused():
    kernel = Gaussian("farthest-candidate")
    code, message = refusal(UsageError, ROWS * 1e200, ROWS, 2, kernel=kernel)
    assert code == "ARG001"
    assert "1e+100 times" in message
    assert all_neighbourhoods(ROWS * 1e90, ROWS, 2, kernel=kernel).counts.min() >= 1


@pytest.mark.parametrize(
    "options",
    [
        {"own": np.arange(39)},
        {"own": np.arange(40.0)},
        {"own": np.arange(40) + 1},
        {"own": np.arange(40) - 1},
        {"rank": np.arange(3)},
        {"solver": "fast"},
        {"search": "tree"},
    ],
)
def test_wrong_options_are_refused(options):
    assert refusal(UsageError, ROWS, ROWS, 5, **options)[0] == "ARG001"


@pytest.mark.parametrize(
    ("gram", "similarities", "words"),
    [
        (np.eye(3), np.ones(2), "kernel values must be (B, k, k)"),
        (np.eye(2), np.full((1, 2), 0.5), "kernel values must be (B, k, k)"),
        (2 * np.eye(2), np.full(2, 0.5), "1 on its diagonal; got 2"),
        (np.array([[1, 0.5], [0.4, 1]]), np.full(2, 0.5), "must be symmetric"),
        (np.array([[1, np.nan], [np.nan, 1]]), np.full(2, 0.5), "must be finite"),
        (np.eye(2), np.full(2, 1.5), "at most 1; got 1.5"),
    ],
)
def test_kernel_values_that_are_none_are_refused(gram, similarities, words):
    with pytest.raises(UsageError) as caught:
        solve(gram, similarities)
    assert words in str(caught.value)
    assert caught.value.code == "ARG001"


def test_solving_one_and_solving_many_is_the_same(way):
    rows = ROWS / np.linalg.norm(ROWS, axis=1, keepdims=True)
    kernel = 0.5 + 0.5 * rows @ rows.T
    np.fill_diagonal(kernel, 1)
    grams = np.stack([kernel[1:9, 1:9], kernel[9:17, 9:17]])
    towards = np.stack([kernel[0, 1:9], kernel[0, 9:17]])
    both = solve(grams, towards)
    for gram, similarities, weights in zip(grams, towards, both, strict=True):
        assert np.array_equal(solve(gram, similarities), weights)


def noisy_kernel(seed):
    """Near copies in few dimensions, and errors far above those of float64 in their kernel."""
    generator = np.random.default_rng(seed)
    size, k = generator.integers(1, 5), int(generator.integers(4, 14))
    rows = generator.standard_normal((k + 1, size))
    base = rows[generator.integers(1, k + 1, size=k)] if seed % 2 else rows[1:]
    near = base + 10.0 ** generator.uniform(-9, -6) * generator.standard_normal((k, size))
    rows = np.vstack([rows[:1], near])
    if seed % 3 == 0:
        rows[0] = rows[1] + 10.0 ** generator.uniform(-4, -1) * generator.standard_normal(size)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    values = 0.5 + 0.5 * rows @ rows.T
    noise = 10.0 ** generator.uniform(-17, -10) * generator.standard_normal(values.shape)
    values += noise + noise.T
    np.fill_diagonal(values, 1)
    return np.minimum(values, 1)


@pytest.mark.parametrize("seed", [339, 469, 1520, 1881, 2176, *range(40)])
def test_weights_settle_where_rounding_hides_which_candidate_is_better(way, seed):
    values = noisy_kernel(seed)
    weights = solve(values[1:, 1:], values[0, 1:])
    gradient = values[0, 1:] - weights @ values[1:, 1:]
    assert (weights >= 0).all()
    assert gradient.max() < 1e-8
    assert np.abs(gradient[weights > 0]).max() < 1e-8


@pytest.mark.parametrize("kernel", ["cosine", Cosine, None])
def test_what_is_no_kernel_is_refused(kernel):
    caught = refusal(UsageError, ROWS, ROWS, 3, kernel=kernel)
    assert "kernel must be a kernel such as Cosine()" in str(caught)


def test_rows_of_different_lengths_are_refused():
    with pytest.raises(ShapeError, match="queries must have equally many values in each row"):
        all_neighbourhoods([[1.0, 2.0], [3.0]], ROWS, 3)


def test_the_remedy_for_k_is_a_k_that_works():
    for k in (0, 2.5, 41):
        with pytest.raises(UsageError) as caught:
            all_neighbourhoods(ROWS, ROWS, k)
        assert caught.value.fix == "Give k from 1 to 40."
    all_neighbourhoods(ROWS, ROWS, 40)
    with pytest.raises(UsageError, match="a whole number of rows, and there are none; got 3"):
        all_neighbourhoods(ROWS, ROWS[:0], 3)
