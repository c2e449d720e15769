"""The graph of neighbourhoods against its rule, computed pair by pair, and its laws."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ortho_group

from rmqm_spec.errors import ShapeError, UnavailableError, UsageError
from rmqm_spec.nnk import Neighbourhoods, all_neighbourhoods, graph, to_networkx

quick = settings(max_examples=10, deadline=None, derandomize=True)
seeds = st.integers(0, 2**32 - 1)


def drawn(seed=0, shape=(25, 6)):
    return np.random.default_rng(seed).standard_normal(shape)


def among_themselves(rows, k):
    return all_neighbourhoods(rows, rows, k, own=np.arange(len(rows)))


def long_graph(found):
    """Pair by pair: the endpoint with the smaller error decides, both where errors are equal."""
    n = len(found.indices)
    theta = [
        dict(zip(i, w, strict=True)) for i, w in zip(found.indices, found.weights, strict=True)
    ]
    matrix = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            ours, theirs = theta[i].get(j, 0.0), theta[j].get(i, 0.0)
            apart = found.errors[i] - found.errors[j]
            if abs(apart) < 1e-12:
                matrix[i, j] = max(ours, theirs)
            else:
                matrix[i, j] = ours if apart < 0 else theirs
    return matrix


@pytest.mark.parametrize("k", [1, 3, 12, 24])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_pair_by_pair(seed, k):
    found = among_themselves(drawn(seed), k)
    matrix = graph(found)
    assert (matrix.toarray() == long_graph(found)).all()
    assert (matrix.data > 0).all()
    assert not matrix.diagonal().any()


def test_the_endpoint_with_the_smaller_error_can_refuse_an_edge():
    indices = np.array([[1], [2], [1]])
    found = Neighbourhoods(0, indices, np.array([[0.9], [0.5], [0.4]]), np.array([0.3, 0.1, 0.2]))
    # 0 wants 1, but 1 has the smaller error and does without 0.
    assert graph(found).toarray().tolist() == [[0, 0, 0], [0, 0, 0.5], [0, 0.5, 0]]


def test_equal_errors_keep_the_larger_weight_whatever_the_rounding():
    indices, weights = np.array([[1], [0]]), np.array([[0.2], [0.7]])
    for rounding in (0.0, 1e-16, -1e-16):
        found = Neighbourhoods(0, indices, weights, np.array([0.3, 0.3 + rounding]))
        assert graph(found).toarray().tolist() == [[0, 0.7], [0.7, 0]]


@quick
@given(seeds)
def test_it_turns_scales_and_permutes_with_the_rows(seed):
    rows = drawn(seed)
    matrix = graph(among_themselves(rows, 10)).toarray()
    random = np.random.default_rng(seed)
    turned = rows @ ortho_group.rvs(rows.shape[1], random_state=random)
    scaled = turned * random.uniform(0.1, 10, (len(rows), 1))
    np.testing.assert_allclose(
        graph(among_themselves(scaled, 10)).toarray(), matrix, rtol=0, atol=1e-9
    )
    order = random.permutation(len(rows))
    np.testing.assert_allclose(
        graph(among_themselves(rows[order], 10)).toarray(),
        matrix[np.ix_(order, order)],
        rtol=0,
        atol=1e-9,
    )


def test_networkx_has_the_same_edges():
    matrix = graph(among_themselves(drawn(), 8))
    made = to_networkx(matrix)
    assert made.number_of_edges() == matrix.nnz // 2
    assert all(matrix[i, j] == weight for i, j, weight in made.edges(data="weight"))


def test_without_networkx_the_remedy_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "networkx", None)
    matrix = graph(among_themselves(drawn(), 3))
    with pytest.raises(UnavailableError, match="networkx must be installed") as caught:
        to_networkx(matrix)
    assert caught.value.code == "ENV015"
    assert "pip install networkx" in caught.value.fix


def test_a_row_that_is_its_own_neighbour_is_refused():
    rows = drawn()
    with pytest.raises(UsageError, match="must not be its own neighbour") as caught:
        graph(all_neighbourhoods(rows, rows, 5))
    assert "own=np.arange(len(rows))" in caught.value.fix
    graph(all_neighbourhoods(rows, rows, 5, own=np.arange(len(rows))))  # the remedy


def test_queries_from_elsewhere_are_refused():
    rows = drawn()
    with pytest.raises(ShapeError, match="one query for each row"):
        graph(all_neighbourhoods(rows[:3], rows, 5))
