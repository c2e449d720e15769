"""The graph of NNK neighbourhoods: the weight of an edge is that of its better described end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from rmqm_spec.errors import ShapeError, UnavailableError, UsageError
from rmqm_spec.nnk.neighbourhoods import Neighbourhoods

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["graph", "to_networkx"]

_DECIMALS: Final = 12
"""Errors that are equal after this rounding are equal, as distances are (clause RMQM-RES-001)."""


def graph(neighbourhoods: Neighbourhoods) -> csr_array:
    r"""
    Return the symmetric graph of the neighbourhoods of all rows of a gallery among each other.

    .. math:: W_{ij} = W_{ji} = \theta_i(j) \text{ if } J_i < J_j, \quad
        \max(\theta_i(j), \theta_j(i)) \text{ if } J_i = J_j

    Parameters
    ----------
    neighbourhoods : Neighbourhoods
        Of all N rows, each with ``own`` its own position: query i is row i of the gallery.

    Returns
    -------
    (N, N) scipy.sparse.csr_array of float64
        Weights above 0, symmetric, nothing on the diagonal.

    Raises
    ------
    ShapeError
        ARG001 if there is not one query for each row of the gallery.
    UsageError
        ARG001 if a row is its own neighbour.

    Notes
    -----
    Shekkizhar and Ortega, "Graph Construction from Data by Non-Negative Kernel Regression", ICASSP
    2020, Algorithm 1. The endpoint with the smaller error decides: if the other is not
    among its neighbours, there is no edge, whatever weight the other gives it. Errors are compared
    after rounding to 12 decimals, so that the rounding of a sum does not decide between copies.

    The public code (PyNNK, ``graph_construction.py``) also drops every edge between two rows that
    are not candidates of each other, as well as those of endpoints with equal errors. Neither
    follows from the rule.

    Examples
    --------
    >>> from rmqm_spec.nnk import all_neighbourhoods
    >>> rows = np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]])
    >>> found = graph(all_neighbourhoods(rows, rows, 2, own=np.arange(3)))
    >>> (found != 0).toarray().astype(int).tolist()
    [[0, 1, 0], [1, 0, 1], [0, 1, 0]]
    """
    from scipy.sparse import coo_array

    rows, columns, weights = _edges(neighbourhoods)
    errors = neighbourhoods.errors.round(_DECIMALS)
    decides = errors[rows] <= errors[columns]
    n = len(neighbourhoods.indices)
    kept = coo_array((weights[decides], (rows[decides], columns[decides])), shape=(n, n)).tocsr()
    return kept.maximum(kept.T)


def _edges(neighbourhoods: Neighbourhoods) -> tuple[Any, Any, Any]:
    """Return query, neighbour and weight of each directed edge, (P,) each."""
    indices, weights = neighbourhoods.indices, neighbourhoods.weights
    n = len(indices)
    if neighbourhoods.first != 0 or indices.max(initial=-1) >= n:
        raise ShapeError(
            "ARG001",
            f"a graph must have one query for each row of the gallery, from row 0; got queries "
            f"{neighbourhoods.first} to {neighbourhoods.first + n - 1} and neighbours up to row "
            f"{indices.max(initial=-1)}",
            fix="Make all_neighbourhoods(rows, rows, k, own=np.arange(len(rows))).",
        )
    rows, ranks = np.nonzero(weights)
    columns = indices[rows, ranks]
    if (rows == columns).any():
        raise UsageError(
            "ARG001",
            "a row of a graph must not be its own neighbour; row "
            f"{int(rows[rows == columns][0])} is",
            fix="Give own=np.arange(len(rows)) to all_neighbourhoods.",
        )
    return rows, columns, weights[rows, ranks]


def to_networkx(graph: csr_array) -> Any:
    """
    Return a graph as a `networkx.Graph`, with the attribute ``weight`` on its edges.

    Parameters
    ----------
    graph : (N, N) scipy.sparse.csr_array
        Symmetric; see `graph`.

    Raises
    ------
    UnavailableError
        ENV015 if networkx is not installed.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> to_networkx(csr_array([[0.0, 0.5], [0.5, 0.0]])).edges(data="weight")
    EdgeDataView([(0, 1, 0.5)])
    """
    try:
        from networkx import from_scipy_sparse_array
    except ImportError as error:
        raise UnavailableError(
            "ENV015",
            f"networkx must be installed to make its graphs; got {error}",
            fix="Run pip install networkx, or use the sparse array itself.",
        ) from error
    return from_scipy_sparse_array(graph)
