"""FAISS finds the candidates that the search without it finds, ties and copies included."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from rmqm_spec.errors import UnavailableError
from rmqm_spec.nnk import all_neighbourhoods, faiss_search, neighbourhoods
from rmqm_spec.nnk.candidates import candidates


def with_copies(n, size):
    generator = np.random.default_rng(n + size)
    rows = generator.standard_normal((n, size))
    rows[10:40] = rows[:30]
    rows[100:180] = rows[5]
    return rows / np.linalg.norm(rows, axis=1, keepdims=True), generator


@pytest.mark.parametrize(
    ("n", "size", "k"), [(300, 2, 5), (300, 4, 250), (2000, 8, 20), (900, 64, 50)]
)
@pytest.mark.parametrize("has_own", [False, True])
def test_faiss_finds_the_same(n, size, k, has_own):
    pytest.importorskip("faiss", reason="FAISS is not installed")
    rows, generator = with_copies(n, size)
    own = np.arange(n) if has_own else None
    rank = generator.permutation(n)
    queries = rows if has_own else generator.standard_normal((200, size))
    found = [
        np.concatenate(list(candidates(queries, rows, k, own=own, rank=rank, search=search)))
        for search in ("exact", "faiss")
    ]
    assert np.array_equal(*found)


def test_where_float32_cannot_tell_the_search_goes_on_without_faiss(monkeypatch):
    pytest.importorskip("faiss", reason="FAISS is not installed")
    rows = 1 + 1e-7 * np.random.default_rng(0).standard_normal((500, 3))
    far = np.vstack([rows, [[-1.0, 0, 0]]])
    called = []
    nearest = faiss_search.nearest

    def counting(queries, *rest, **options):
        called.append(len(queries))
        return nearest(queries, *rest, **options)

    monkeypatch.setattr(faiss_search, "nearest", counting)
    [found] = candidates(far, far, 10, search="faiss")
    [expected] = candidates(far, far, 10, search="exact")
    assert np.array_equal(found, expected)
    assert sum(called) >= 500


def test_large_galleries_are_searched_by_faiss_where_it_is_installed(monkeypatch):
    pytest.importorskip("faiss", reason="FAISS is not installed")
    module = sys.modules["rmqm_spec.nnk.candidates"]
    used = []
    monkeypatch.setattr(
        module, "nearest_by_faiss", lambda *_, **__: used.append(1) or iter([np.zeros((1, 2), int)])
    )
    rows = np.random.default_rng(0).standard_normal((30, 4))
    list(candidates(rows[:1], rows, 2))
    assert not used
    monkeypatch.setattr(module, "LARGE", 30)
    list(candidates(rows[:1], rows, 2))
    assert used


def test_without_faiss_large_galleries_are_searched_all_the_same(monkeypatch):
    module = sys.modules["rmqm_spec.nnk.candidates"]
    monkeypatch.setattr(module, "LARGE", 10)
    monkeypatch.setattr(module, "faiss_or_none", lambda: None)
    rows = np.random.default_rng(0).standard_normal((30, 4))
    assert all_neighbourhoods(rows, rows, 3).indices[:, 0].tolist() == list(range(30))


def test_where_faiss_is_asked_for_and_missing_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setattr(faiss_search, "faiss_or_none", lambda: None)
    rows = np.random.default_rng(0).standard_normal((30, 4))
    with pytest.raises(UnavailableError) as caught:
        neighbourhoods(rows, rows, 3, search="faiss")
    assert caught.value.code == "ENV016"
    assert "pip install 'rmqm-spec[faiss]'" in caught.value.fix
