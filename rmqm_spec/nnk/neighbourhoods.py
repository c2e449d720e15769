"""The NNK neighbourhood of each query: which candidates are its neighbours, and their weights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Final

import numpy as np
from attrs import frozen

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.errors import ShapeError, UsageError
from rmqm_spec.neighbours.estimates import Positions
from rmqm_spec.nnk.candidates import Search, candidates, check_candidates
from rmqm_spec.nnk.kernels import Cosine, Kernel, Space
from rmqm_spec.nnk.rows import check_shapes
from rmqm_spec.nnk.solving import Solver, check_solver, errors_of, weights_of
from rmqm_spec.nnk.start import loops

__all__ = ["Neighbourhoods", "all_neighbourhoods", "neighbourhoods"]

_COSINE: Final = Cosine()

_TOGETHER: Final = 2**21
"""Number of values of candidates, or of their kernel, held together."""


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
        1 - 2 t'b + t'Kt, at least 0: the squared distance from a query to its neighbours' weighted
        sum, in the space of the kernel.
    """

    first: int
    indices: Positions
    weights: Float64Array
    errors: Float64Array

    @property
    def counts(self) -> Positions:
        """Number of neighbours of each query, (M,)."""
        return np.asarray(np.count_nonzero(self.weights, axis=1))

    @property
    def shares(self) -> Float64Array:
        """Weights divided by their sum, (M, k); a row of zeros where all weights are 0."""
        sums = self.weights.sum(axis=1, keepdims=True)
        return self.weights / np.where(sums > 0, sums, 1.0)


def neighbourhoods(
    queries: AnyArray,
    gallery: AnyArray,
    k: int,
    *,
    kernel: Kernel = _COSINE,
    own: Positions | None = None,
    rank: Positions | None = None,
    solver: Solver = "exact",
    search: Search = "auto",
) -> Iterator[Neighbourhoods]:
    """
    Find the neighbourhood of each query among gallery rows, in blocks of queries.

    The candidates of a query are the k gallery rows with the largest kernel values. Its neighbours
    are those with a weight above zero in the optimum of 1/2 t'Kt - b't over t >= 0, where K holds
    the kernel values among candidates and b those with the query.

    Parameters
    ----------
    queries : (M, E) array of real numbers
        One row per query.
    gallery : (G, E) array of real numbers
        The rows that neighbours come from.
    k : int
        Number of candidates, from 1 to G, or to G - 1 with `own`. It may exceed the dimension.
    kernel : Cosine or Gaussian
        Cosine by default.
    own : (M,) array of int, optional
        For each query its own position in the gallery: it is not its own candidate. Its copies
        are, and the nearest copy then takes the weight 1 alone.
    rank : (G,) array of int, optional
        Of equally near candidates, that with the smaller rank comes first; by default, the earlier
        row.
    solver : {"exact", "reference"}
        The optimum, or the weights of the published solver, which can miss it: see
        `rmqm_spec.nnk.pruning`.
    search : {"auto", "exact", "faiss"}
        How candidates are found; the answer is the same. See `rmqm_spec.nnk.candidates`.

    Returns
    -------
    iterator of Neighbourhoods
        Of blocks of consecutive queries. Memory does not grow with M beyond the rows.

    Raises
    ------
    ShapeError
        ARG001 if arrays do not fit each other.
    EncodingError
        ENC001 for values that are not finite, ENC002 for a row of zeros with a cosine kernel.
    UsageError
        ARG001 if k, a kernel, a solver or a search is wrong.

    Notes
    -----
    Shekkizhar and Ortega, Graph construction from data by non-negative kernel regression, 2020.
    `rmqm_spec.nnk.active_set` says which optimum is taken where there are several. A weight up to
    1e-12 is 0. All weights are 0 only where no candidate has a kernel value above 1e-12.

    Examples
    --------
    The second row lies behind the first, as seen from the query:

    >>> gallery = np.array([[1.0, 0.1], [1.0, 0.2], [1.0, -0.3]])
    >>> [found] = neighbourhoods(np.array([[1.0, 0.0]]), gallery, 3)
    >>> found.indices.tolist(), found.counts.tolist()
    ([[0, 1, 2]], [2])
    >>> found.shares.round(3).tolist()
    [[0.745, 0.0, 0.255]]
    """
    queries, gallery = _matrices(queries, gallery)
    check_shapes(queries, gallery)
    check_solver(solver)
    own, rank = check_candidates(len(queries), len(gallery), k, own, rank, search)
    _check_kernel(kernel)
    space = kernel.over(queries, gallery, k)
    found = candidates(space.queries, space.gallery, k, own=own, rank=rank, search=search)
    together = max(1, _TOGETHER // ((k + 1) * max(k + 1, gallery.shape[1])))
    compiled = loops(len(queries)) if solver == "exact" else None
    return _solved(space, _in_blocks(found, together), solver, compiled)


def all_neighbourhoods(
    queries: AnyArray,
    gallery: AnyArray,
    k: int,
    *,
    kernel: Kernel = _COSINE,
    own: Positions | None = None,
    rank: Positions | None = None,
    solver: Solver = "exact",
    search: Search = "auto",
) -> Neighbourhoods:
    """
    Find the neighbourhoods of all queries at once.

    Parameters, errors and meaning are those of `neighbourhoods`.

    Returns
    -------
    Neighbourhoods
        Of all M queries.

    Examples
    --------
    A copy of the query takes all the weight; `own` excludes the query itself:

    >>> rows = np.array([[1.0, 0.0], [0.6, 0.8], [0.8, 0.6]])
    >>> all_neighbourhoods(rows[:1], rows, 2).weights.round(3).tolist()
    [[1.0, 0.0]]
    >>> all_neighbourhoods(rows[:1], rows, 2, own=[0]).weights.round(3).tolist()
    [[0.9, 0.0]]
    """
    blocks = [
        (block.indices, block.weights, block.errors)
        for block in neighbourhoods(
            queries,
            gallery,
            k,
            kernel=kernel,
            own=own,
            rank=rank,
            solver=solver,
            search=search,
        )
    ]
    none = np.empty((0, k), np.intp), np.empty((0, k)), np.empty(0)
    indices, weights, errors = (np.concatenate(parts) for parts in zip(none, *blocks, strict=True))
    return Neighbourhoods(0, indices, weights, errors)


def _matrices(queries: AnyArray, gallery: AnyArray) -> tuple[AnyArray, AnyArray]:
    """Keep one array one array, so that it is prepared once."""
    rows = _array(gallery, "gallery")
    return (rows if queries is gallery else _array(queries, "queries")), rows


def _array(rows: AnyArray, name: str) -> AnyArray:
    try:
        return np.asarray(rows)
    except ValueError as error:  # rows of different lengths
        raise ShapeError(
            "ARG001",
            f"{name} must have equally many values in each row; got {error}",
            fix="Give an array with one row for each encoding.",
        ) from error


def _check_kernel(kernel: Kernel) -> None:
    if isinstance(kernel, type) or not hasattr(kernel, "over"):
        raise UsageError(
            "ARG001",
            f"kernel must be a kernel such as Cosine() or Gaussian(0.5); got {kernel!r}",
            fix="Give Cosine(), or Gaussian with a bandwidth.",
        )


def _solved(
    space: Space, found: Iterable[Positions], solver: Solver, compiled: ModuleType | None
) -> Iterator[Neighbourhoods]:
    first = 0
    for indices in found:
        values = space.values(first, indices, compiled)
        weights = weights_of(values, solver, compiled)
        yield Neighbourhoods(first, indices, weights, errors_of(values, weights))
        first += len(indices)


def _in_blocks(pieces: Iterable[Positions], size: int) -> Iterator[Positions]:
    """Cut and join pieces of rows to blocks of one size; the last may be smaller."""
    held: list[Positions] = []
    missing = size
    for piece in pieces:
        while len(piece) >= missing:
            yield np.concatenate([*held, piece[:missing]])
            held, piece, missing = [], piece[missing:], size  # noqa: PLW2901
        if len(piece):
            held.append(piece)
            missing -= len(piece)
    if held:
        yield np.concatenate(held)
