"""The NNK neighbourhood of each query: which of its candidates are neighbours, and their weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
import scipy.linalg
import scipy.optimize
from attrs import frozen

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.neighbours import nearest
from rmqm_spec.neighbours.estimates import Positions
from rmqm_spec.nnk.kernels import Cosine, Kernel

__all__ = ["Neighbourhoods", "Solver", "all_neighbourhoods", "neighbourhoods"]

Solver = Literal["exact", "reference"]


@frozen(eq=False)
class Neighbourhoods:
    """
    The neighbourhoods of M consecutive queries.

    Parameters
    ----------
    first : int
        Position of the first query.
    indices : (M, k) ndarray of int
        Positions of the candidates in the gallery, nearest first.
    weights : (M, k) ndarray of float64
        At least 0, and exactly 0 for a candidate that is no neighbour. They do not sum to 1.
    errors : (M,) ndarray of float64
        Squared distance from the query to its neighbours' weighted sum, in the kernel's space.
    """

    first: int
    indices: Positions
    weights: Float64Array
    errors: Float64Array

    @property
    def counts(self) -> Positions:
        """Number of neighbours of each query."""
        return np.count_nonzero(self.weights, axis=1)

    @property
    def shares(self) -> Float64Array:
        """Weights divided by their sum; a row of zeros where all weights are 0."""
        total = self.weights.sum(axis=1, keepdims=True)
        return np.asarray(
            np.divide(self.weights, total, out=np.zeros_like(self.weights), where=total > 0)
        )


def neighbourhoods(
    queries: AnyArray,
    gallery: AnyArray,
    k: int,
    *,
    kernel: Kernel | None = None,
    own: Positions | None = None,
    rank: Positions | None = None,
    solver: Solver = "exact",
) -> Iterator[Neighbourhoods]:
    """Yield the neighbourhoods of blocks of consecutive queries."""
    kernel = Cosine() if kernel is None else kernel
    queries, gallery = kernel.prepare(queries, gallery)
    first = 0
    for found in nearest(queries, gallery, k, own=own, rank=rank):
        n_queries = len(found.indices)
        rows = queries[first : first + n_queries]
        values = kernel.values(rows, gallery[found.indices])
        weights = np.stack([_solve(each) for each in values])
        residual = np.concatenate([np.ones((n_queries, 1)), -weights], axis=1)
        errors = np.einsum("bi,bij,bj->b", residual, values, residual)
        yield Neighbourhoods(first, found.indices, weights, np.maximum(errors, 0))
        first += n_queries


def all_neighbourhoods(
    queries: AnyArray,
    gallery: AnyArray,
    k: int,
    *,
    kernel: Kernel | None = None,
    own: Positions | None = None,
    rank: Positions | None = None,
    solver: Solver = "exact",
) -> Neighbourhoods:
    """Return the neighbourhoods of all queries together."""
    blocks = list(
        neighbourhoods(queries, gallery, k, kernel=kernel, own=own, rank=rank, solver=solver)
    )
    return Neighbourhoods(
        0,
        np.concatenate([block.indices for block in blocks]),
        np.concatenate([block.weights for block in blocks]),
        np.concatenate([block.errors for block in blocks]),
    )


def _solve(values: Float64Array) -> Float64Array:
    roots, vectors = scipy.linalg.eigh(values)
    factor = np.sqrt(np.maximum(roots, 0))[:, None] * vectors.T
    weights, _ = scipy.optimize.nnls(factor[:, 1:], factor[:, 0])
    return np.asarray(np.where(weights > 1e-12, weights, 0.0))
