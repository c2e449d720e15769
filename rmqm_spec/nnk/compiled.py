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

from rmqm_spec.nnk.active_set import LEAST, LEAST_PIVOT, MOST_STEPS

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
    lower[n, n] = 1.0 / np.sqrt(max(1.0 - square, LEAST_PIVOT))
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


@njit(
    types.intp(types.Array(types.float64, 3, "C", readonly=True), types.Array(types.float64, 2, "C")),
    nogil=True,
    cache=True,
    error_model="numpy",
)
def _weights(values: Any, out: Any) -> Any:  # pragma: no cover - compiled
    """Fill the weights; return the first query whose weights do not settle, or -1."""
    n_queries, k = out.shape
    lower, upper, gram = np.zeros((k, k)), np.zeros((k, k)), np.zeros((k, k))
    half, row, new, gradient = np.zeros(k), np.zeros(k), np.zeros(k), np.zeros(k)
    members = np.zeros(k, np.intp)
    is_out = np.zeros(k, np.bool_)  # of the choice: a member, or refused
    for query in range(n_queries):
        weights = out[query]
        towards = values[query, 0, 1:]
        for i in range(k):
            weights[i] = 0.0
            is_out[i] = False
            for j in range(k):
                gram[i, j] = values[query, i + 1, j + 1]
        n = 0
        n_steps = 0
        while True:
            for i in range(k):
                gradient[i] = towards[i]
            for i in range(n):
                weight = weights[members[i]]
                column = gram[members[i]]
                for j in range(k):
                    gradient[j] -= weight * column[j]
            largest = LEAST
            for i in range(k):
                if not is_out[i] and gradient[i] > largest:
                    largest = gradient[i]
            if largest <= LEAST:
                break
            n_steps += 1
            if n_steps > MOST_STEPS * k:
                return query
            added = 0
            while is_out[added] or gradient[added] < largest - LEAST:
                added += 1
            members[n] = added
            _add(gram, towards, lower, upper, half, row, members, n)
            is_out[added] = True
            _back(lower, half, row, new, n + 1)
            if new[n] <= LEAST:
                continue
            n += 1
            while True:
                way = 2.0
                for i in range(n):
                    if new[i] <= LEAST:
                        old = weights[members[i]]
                        way = min(way, old / (old - new[i]))
                if way > 1.0:
                    break
                kept = 0
                first = n
                for i in range(n):
                    member = members[i]
                    old = weights[member]
                    moved = old + way * (new[i] - old)
                    is_low = new[i] <= LEAST
                    if is_low and (moved <= LEAST or old / (old - new[i]) <= way):
                        weights[member] = 0.0
                        first = min(first, i)
                    else:
                        weights[member] = moved
                        members[kept] = member
                        kept += 1
                for i in range(first, kept):
                    _add(gram, towards, lower, upper, half, row, members, i)
                n = kept
                _back(lower, half, row, new, n)
            for i in range(k):
                is_out[i] = False
            for i in range(n):
                is_out[members[i]] = True
                weights[members[i]] = new[i]
    return -1
