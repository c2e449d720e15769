"""
Inner products and weights of neighbourhoods by compiled loops.

The same steps as in `rmqm_spec.nnk.active_set` and `rmqm_spec.nnk.products`, which say what they
do. Importing this module imports numba, which compiles the loops at the first import and keeps
them in its cache. They hold no lock of Python, so that threads run beside each other.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, types

from rmqm_spec.arrays import Float64Array
from rmqm_spec.neighbours.estimates import Positions
from rmqm_spec.nnk.active_set import LEAST, LEAST_PIVOT, MOST_STEPS, stuck

__all__ = ["inner_products", "weights_of_queries"]

_ROWS = types.Array(types.float64, 2, "C", readonly=True)
_CUBE = types.Array(types.float64, 3, "C")


@njit(
    types.void(_ROWS, _ROWS, types.Array(types.intp, 2, "C", readonly=True), types.boolean, _CUBE),
    nogil=True,
    cache=True,
    fastmath=True,
    error_model="numpy",
)
def _inner_products(
    queries: Any, gallery: Any, indices: Any, is_centred: Any, out: Any
) -> None:  # pragma: no cover - compiled
    """Fill tiles of 4 times 3 products: so many sums fit into the registers of a processor."""
    n_queries, k = indices.shape
    size = queries.shape[1]
    n_rows = (k + 1 + 11) // 12 * 12
    rows = np.zeros((n_rows, size))
    for query in range(n_queries):
        for value in range(size):
            rows[0, value] = 0.0 if is_centred else queries[query, value]
        for candidate in range(k):
            position = indices[query, candidate]
            for value in range(size):
                centre = queries[query, value] if is_centred else 0.0
                rows[candidate + 1, value] = gallery[position, value] - centre
        for i in range(0, k + 1, 4):
            a, b, c, d = rows[i], rows[i + 1], rows[i + 2], rows[i + 3]
            for j in range(0, min(i + 4, k + 1), 3):
                x, y, z = rows[j], rows[j + 1], rows[j + 2]
                ax = ay = az = bx = by = bz = cx = cy = cz = dx = dy = dz = 0.0
                for value in range(size):
                    e, f, g, h = a[value], b[value], c[value], d[value]
                    u, v, w = x[value], y[value], z[value]
                    ax += e * u
                    ay += e * v
                    az += e * w
                    bx += f * u
                    by += f * v
                    bz += f * w
                    cx += g * u
                    cy += g * v
                    cz += g * w
                    dx += h * u
                    dy += h * v
                    dz += h * w
                tile = ((ax, ay, az), (bx, by, bz), (cx, cy, cz), (dx, dy, dz))
                for row in range(4):
                    for column in range(3):
                        if i + row <= k and j + column <= k:
                            out[query, i + row, j + column] = tile[row][column]
                            out[query, j + column, i + row] = tile[row][column]


@njit(nogil=True, cache=True, error_model="numpy", inline="always")
def _add(
    gram: Any, towards: Any, lower: Any, upper: Any, half: Any, row: Any, members: Any, n: Any
) -> None:  # pragma: no cover - compiled
    """
    Add members[n] to the Cholesky factor and solve forwards.

    The factor is kept by rows and by columns, its diagonal inverted.
    """
    added = members[n]
    for i in range(n):
        row[i] = gram[added, members[i]]
    square = 0.0
    value = towards[added]
    for i in range(n):
        entry = row[i] * lower[i, i]
        lower[n, i] = entry
        upper[i, n] = entry
        square += entry * entry
        value -= entry * half[i]
        for j in range(i + 1, n):
            row[j] -= entry * upper[i, j]
    lower[n, n] = 1.0 / np.sqrt(max(gram[added, added] - square, LEAST_PIVOT))
    half[n] = value * lower[n, n]


@njit(nogil=True, cache=True, error_model="numpy", inline="always")
def _back(lower: Any, half: Any, row: Any, new: Any, n: Any) -> None:  # pragma: no cover
    """Solve backwards for the weights of n members."""
    for i in range(n):
        row[i] = half[i]
    for i in range(n - 1, -1, -1):
        weight = row[i] * lower[i, i]
        new[i] = weight
        for j in range(i):
            row[j] -= weight * lower[i, j]


@njit(nogil=True, cache=True, error_model="numpy", inline="always")
def _gradient(
    gram: Any, towards: Any, weights: Any, members: Any, out: Any, n: Any
) -> None:  # pragma: no cover - compiled
    """Subtract from b the weighted columns of n members."""
    for i in range(len(out)):
        out[i] = towards[i]
    for i in range(n):
        weight = weights[members[i]]
        column = gram[members[i]]
        for j in range(len(out)):
            out[j] -= weight * column[j]


@njit(nogil=True, cache=True, error_model="numpy", inline="always")
def _choice(gradient: Any, is_out: Any) -> Any:  # pragma: no cover - compiled
    """Return the first candidate of the largest gradient; -1 where none is above zero."""
    largest = LEAST
    for i in range(len(gradient)):
        if not is_out[i] and gradient[i] > largest:
            largest = gradient[i]
    if largest <= LEAST:
        return -1
    for i in range(len(gradient)):
        if not is_out[i] and gradient[i] >= largest - LEAST:
            return i
    return -1


@njit(nogil=True, cache=True, error_model="numpy", inline="always")
def _way(weights: Any, new: Any, members: Any, n: Any) -> Any:  # pragma: no cover - compiled
    """Return how far to go until the first weight is zero; above 1 where none will be."""
    way = 2.0
    for i in range(n):
        if new[i] <= LEAST:
            old = weights[members[i]]
            way = min(way, old / (old - new[i]))
    return way


@njit(nogil=True, cache=True, error_model="numpy", inline="always")
def _move(weights: Any, new: Any, members: Any, way: Any, n: Any) -> Any:  # pragma: no cover
    """Go so far; return how many members stay, and how many before the first that leaves."""
    kept, first = 0, n
    for i in range(n):
        member = members[i]
        old = weights[member]
        moved = old + way * (new[i] - old)
        if new[i] <= LEAST and (moved <= LEAST or old / (old - new[i]) <= way):
            weights[member] = 0.0
            first = min(first, i)
        else:
            weights[member] = moved
            members[kept] = member
            kept += 1
    return kept, first


@njit(nogil=True, cache=True, error_model="numpy")
def _weights_of_query(values: Any, weights: Any, scratch: Any) -> Any:  # pragma: no cover
    """Fill the weights of a query; return whether they settle."""
    gram, lower, upper, half, row, new, gradient, members, is_out = scratch
    k = len(weights)
    towards = values[0, 1:]
    weights[:] = 0.0
    is_out[:] = False
    for i in range(k):
        gram[i] = values[i + 1, 1:]
    n = 0
    for _ in range(MOST_STEPS * k):
        _gradient(gram, towards, weights, members, gradient, n)
        added = _choice(gradient, is_out)
        if added < 0:
            return True
        members[n] = added
        is_out[added] = True
        _add(gram, towards, lower, upper, half, row, members, n)
        _back(lower, half, row, new, n + 1)
        if new[n] <= LEAST:
            continue
        n += 1
        while True:
            way = _way(weights, new, members, n)
            if way > 1.0:
                break
            kept, first = _move(weights, new, members, way, n)
            for i in range(first, kept):
                _add(gram, towards, lower, upper, half, row, members, i)
            n = kept
            _back(lower, half, row, new, n)
        is_out[:] = False
        for i in range(n):
            is_out[members[i]] = True
            weights[members[i]] = new[i]
    return False


@njit(
    types.boolean(
        types.Array(types.float64, 3, "C", readonly=True), types.Array(types.float64, 2, "C")
    ),
    nogil=True,
    cache=True,
    error_model="numpy",
)
def _weights(values: Any, out: Any) -> Any:  # pragma: no cover - compiled
    """Fill the weights of queries; return whether all settle."""
    k = out.shape[1]
    scratch = (
        *(np.zeros((k, k)), np.zeros((k, k)), np.zeros((k, k))),
        *(np.zeros(k), np.zeros(k), np.zeros(k), np.zeros(k)),
        *(np.zeros(k, np.intp), np.zeros(k, np.bool_)),
    )
    settled = 0
    for query in range(len(out)):
        settled += _weights_of_query(values[query], out[query], scratch)
    return settled == len(out)


def inner_products(
    queries: Float64Array, gallery: Float64Array, indices: Positions, *, is_centred: bool
) -> Float64Array:
    """
    Return the inner products among each query and its candidates.

    Parameters and result are those of `rmqm_spec.nnk.products.inner_products`.

    Examples
    --------
    >>> gallery = np.array([[3.0, 4.0], [1.0, 0.0]])
    >>> inner_products(gallery[:1], gallery, np.array([[1]]), is_centred=False).tolist()
    [[[25.0, 3.0], [3.0, 1.0]]]
    """
    n_rows = indices.shape[1] + 1
    out = np.empty((len(indices), n_rows, n_rows))
    _inner_products(
        np.ascontiguousarray(queries),
        np.ascontiguousarray(gallery),
        np.ascontiguousarray(indices),
        is_centred,
        out,
    )
    return out


def weights_of_queries(values: Float64Array) -> Float64Array:
    """
    Return the weights (B, k) of the candidates of B queries from kernel values (B, k + 1, k + 1).

    Raises
    ------
    ArithmeticError
        As `rmqm_spec.nnk.active_set.weights_of_query`.

    Examples
    --------
    >>> values = np.array([[[1.0, 0.8, 0.6], [0.8, 1.0, 0.8], [0.6, 0.8, 1.0]]])
    >>> weights_of_queries(values).tolist()
    [[0.8, 0.0]]
    """
    weights = np.empty((len(values), values.shape[1] - 1))
    if not _weights(np.ascontiguousarray(values), weights):
        raise stuck(weights.shape[1])
    return weights
