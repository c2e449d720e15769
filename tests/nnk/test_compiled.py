"""The compiled loops find the neighbours of NumPy, and are loaded only where that is worth it."""

from __future__ import annotations

import sys
import threading

import numpy as np
import pytest

from rmqm_spec.nnk import Cosine, Gaussian, active_set, all_neighbourhoods, start
from rmqm_spec.nnk.products import inner_products

pytest.importorskip("numba", reason="the compiled loops need numba")


@pytest.fixture(autouse=True)
def fresh():
    start._loaded.cache_clear()
    yield
    start._loaded.cache_clear()


def neighbourhoods_of(rows, k, kernel, worth, monkeypatch):
    monkeypatch.setattr(start, "WORTH", worth)
    return all_neighbourhoods(rows, rows, k, own=np.arange(len(rows)), kernel=kernel)


@pytest.mark.parametrize("kernel", [Cosine(), Gaussian("farthest-candidate"), Gaussian(1.0)])
@pytest.mark.parametrize(("size", "k"), [(1, 4), (2, 9), (3, 30), (16, 50), (100, 33)])
def test_the_loops_find_the_neighbours_of_numpy(kernel, size, k, monkeypatch):
    rows = np.random.default_rng(size).standard_normal((60, size))
    by_numpy = neighbourhoods_of(rows, k, kernel, 10**12, monkeypatch)
    by_loop = neighbourhoods_of(rows, k, kernel, 0, monkeypatch)
    assert np.array_equal(by_loop.indices, by_numpy.indices)
    assert np.array_equal(by_loop.weights > 0, by_numpy.weights > 0)
    assert np.abs(by_loop.weights - by_numpy.weights).max() < 1e-9
    assert start.why_not_compiled() is None


@pytest.mark.parametrize(("size", "k"), [(1, 1), (5, 2), (8, 3), (7, 11), (130, 12), (3, 47)])
@pytest.mark.parametrize("is_centred", [False, True])
def test_the_products_are_those_of_numpy(size, k, is_centred, monkeypatch):
    generator = np.random.default_rng(k)
    gallery, queries = generator.standard_normal((2, 60, size))
    indices = generator.integers(0, 60, (60, k))
    monkeypatch.setattr(start, "WORTH", 0)
    found = [
        inner_products(queries, gallery, indices, is_centred=is_centred, compiled=compiled)
        for compiled in (None, start.loops(60))
    ]
    assert np.abs(found[0] - found[1]).max() < 1e-13 * size
    assert np.array_equal(found[1], found[1].swapaxes(1, 2))


def test_the_number_of_queries_of_a_call_decides(monkeypatch):
    monkeypatch.setattr(start, "WORTH", 30)
    assert start.loops(29) is None
    assert start.loops(30) is not None
    assert start.loops(29) is None


def test_what_was_solved_before_changes_no_bit(monkeypatch):
    monkeypatch.setattr(start, "WORTH", 30)
    rows = np.random.default_rng(3).standard_normal((60, 300))

    def few():
        found = all_neighbourhoods(rows[:20], rows, 15)
        return np.concatenate([found.weights.ravel(), found.errors])

    before = few()
    assert all_neighbourhoods(rows, rows, 15).counts.min() > 0
    assert np.array_equal(few(), before)


def test_without_numba_numpy_does_it(monkeypatch):
    monkeypatch.setattr(start, "WORTH", 0)
    monkeypatch.delattr("rmqm_spec.nnk.compiled", raising=False)
    monkeypatch.setitem(sys.modules, "rmqm_spec.nnk.compiled", None)
    assert start.loops(1) is None
    assert start.why_not_compiled() == "numba is not installed"
    rows = np.random.default_rng(0).standard_normal((20, 3))
    assert all_neighbourhoods(rows, rows, 5, own=np.arange(20)).counts.min() > 0


def test_loops_that_find_other_neighbours_are_not_used(monkeypatch):
    from rmqm_spec.nnk import compiled

    monkeypatch.setattr(start, "WORTH", 0)
    monkeypatch.setattr(compiled, "weights_of_queries", lambda values: np.ones((1, 7)))
    assert start.loops(1) is None
    assert "other neighbours" in start.why_not_compiled()


def test_a_compiler_that_fails_is_no_error(monkeypatch):
    def fails(_):
        raise RuntimeError("no such processor")

    monkeypatch.setattr(start, "WORTH", 0)
    monkeypatch.setattr(start, "_agrees", fails)
    assert start.loops(1) is None
    assert start.why_not_compiled().endswith("RuntimeError: no such processor")


def test_threads_do_not_disturb_each_other(monkeypatch):
    monkeypatch.setattr(start, "WORTH", 0)
    assert start.loops(1) is not None
    rows = np.random.default_rng(0).standard_normal((200, 10))
    expected = all_neighbourhoods(rows, rows, 20, own=np.arange(200)).weights
    found = [None] * 4

    def work(place):
        found[place] = all_neighbourhoods(rows, rows, 20, own=np.arange(200)).weights

    threads = [threading.Thread(target=work, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(each, expected) for each in found)


def test_a_method_that_does_not_end_is_an_error_of_ours(monkeypatch):
    monkeypatch.setattr(active_set, "MOST_STEPS", 0)
    with pytest.raises(ArithmeticError, match="the weights of 2 candidates did not settle"):
        active_set.weights_of_query(np.array([[1.0, 0.8, 0.6], [0.8, 1, 0.5], [0.6, 0.5, 1]]))
