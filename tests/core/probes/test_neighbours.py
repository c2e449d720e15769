"""Nearest neighbours against a naive loop, with ties by their rule, and against scikit-learn."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import KNeighborsClassifier

from rmqm_spec.errors import UsageError
from rmqm_spec.neighbours import estimates, search
from rmqm_spec.probes.neighbours import Neighbours, nearest, vote


def unit(vectors):
    vectors = np.asarray(vectors, dtype=np.float64)
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def naive(queries, gallery, ids, k, own=None):
    """Order all by distance to 12 decimals, then by id."""
    found = []
    for row, query in enumerate(queries):
        distances = [round(math.dist(query, one), 12) for one in gallery]
        others = [g for g in range(len(gallery)) if own is None or g != own[row]]
        found.append(sorted(others, key=lambda g: (distances[g], ids[g]))[:k])
    return found


def found_by(queries, gallery, ids, k, **options):
    blocks = list(nearest(queries, gallery, ids, k, **options))
    return [row for block in blocks for row in block.indices.tolist()]


@st.composite
def clouds(draw):
    """Vectors on a small grid, so that many distances are equal, and shuffled ids."""
    n, m, e = draw(st.integers(3, 14)), draw(st.integers(1, 5)), draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    grid = rng.integers(-1, 2, (n + m, e)) + np.where(np.arange(e) == 0, 3, 0)
    ids = [f"{one:02}" for one in rng.permutation(n)]
    return unit(grid[:m]), unit(grid[m:]), ids, draw(st.integers(1, n - 1))


@given(cloud=clouds())
def test_ties_are_ordered_by_id(cloud):
    queries, gallery, ids, k = cloud
    assert found_by(queries, gallery, ids, k) == naive(queries, gallery, ids, k)


@given(cloud=clouds())
def test_nothing_is_its_own_neighbour(cloud):
    _, gallery, ids, k = cloud
    own = np.arange(len(gallery))
    found = found_by(gallery, gallery, ids, k, own=own)
    assert found == naive(gallery, gallery, ids, k, own)


@given(cloud=clouds(), seed=st.integers(0, 99))
def test_the_order_of_the_gallery_does_not_matter(cloud, seed):
    queries, gallery, ids, k = cloud
    order = np.random.default_rng(seed).permutation(len(gallery))
    shuffled = found_by(queries, gallery[order], [ids[g] for g in order], k)
    named = [[ids[order[g]] for g in row] for row in shuffled]
    assert named == [[ids[g] for g in row] for row in found_by(queries, gallery, ids, k)]


@pytest.mark.parametrize("spread", [1e-9, 1e-4])
def test_differences_below_what_float32_can_tell_decide(spread):
    rng = np.random.default_rng(0)
    gallery = unit(np.ones(64) + spread * rng.normal(size=(300, 64)))  # a collapsed encoder
    queries = unit(np.ones(64) + spread * rng.normal(size=(20, 64)))
    ids = [f"{k:03}" for k in range(300)]
    assert found_by(queries, gallery, ids, 7) == naive(queries, gallery, ids, 7)


def test_blocks_are_put_together(monkeypatch):
    rng = np.random.default_rng(1)
    queries, gallery = unit(rng.normal(size=(50, 5))), unit(rng.normal(size=(40, 5)))
    ids = [f"{k:02}" for k in range(40)]
    whole = found_by(queries, gallery, ids, 3)
    monkeypatch.setattr(search, "_BLOCK", 130)
    monkeypatch.setattr(estimates, "_MEASURED", 7)
    assert len(list(nearest(queries, gallery, ids, 3))) == 17
    assert found_by(queries, gallery, ids, 3) == whole


@pytest.mark.parametrize("k", [1, 5])
def test_without_ties_scikit_learn_votes_the_same(k):
    rng = np.random.default_rng(2)
    gallery, queries = unit(rng.normal(size=(400, 6))), unit(rng.normal(size=(150, 6)))
    classes = rng.integers(0, 2, 400)  # two classes and odd k: no vote is tied
    expected = KNeighborsClassifier(k, algorithm="brute").fit(gallery, classes).predict(queries)
    [found] = nearest(queries, gallery, [str(n) for n in range(400)], k)
    assert vote(found, classes, 2).tolist() == expected.tolist()


@pytest.mark.parametrize(
    ("classes", "distances", "expected"),
    [
        ([1, 0, 0], [0.1, 0.2, 0.3], 0),  # most votes
        ([2, 1, 1, 2, 0], [0.1, 0.2, 0.3, 0.4, 0.5], 2),  # tied: whose nearest is nearest
        ([2, 1], [0.2, 0.2], 1),  # at one distance too: the first name
        ([3], [0.0], 3),
        ([0, 1, 1, 2, 2], [0.1, 0.3, 0.3, 0.2, 0.9], 2),  # one vote that is nearest does not count
    ],
)
def test_the_vote(classes, distances, expected):
    found = Neighbours(np.arange(len(classes))[None], np.array([distances]))
    assert vote(found, np.array(classes), 4).tolist() == [expected]


@pytest.mark.parametrize(("k", "n_others"), [(0, 3), (4, 3)])
def test_k_must_fit(k, n_others):
    gallery = unit(np.eye(3))
    with pytest.raises(UsageError, match=rf"between 1 and the {n_others} .* got {k}") as caught:
        list(nearest(gallery, gallery, "abc", k))
    assert caught.value.code == "PRB006"
