"""Which rows can be among the nearest: squared distances by products, with bounds on errors."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from rmqm_spec.arrays import AnyArray, Float64Array

__all__ = ["DECIMALS", "Estimates", "Positions", "distances_of_pairs", "exponent"]

Positions = npt.NDArray[np.intp]

DECIMALS: Final = 12
"""The resolution of float64 between unit vectors (clause RMQM-RES-001)."""

_MEASURED: Final = 2**18
"""Number of differences held together."""

_SPARE: Final = 32
"""With more candidates than this beyond four times k for each row, float32 is too coarse."""


class Estimates:
    """Squared distances by products, with bounds on their errors."""

    def __init__(self, queries: Float64Array, gallery: Float64Array, resolution: float) -> None:
        centre = gallery.mean(axis=0)
        rows = [gallery - centre, *([] if queries is gallery else [queries - centre])]
        power = max(map(exponent, rows))
        rows = [np.multiply(each, 2.0**-power, out=each) for each in rows]
        squares = [np.einsum("ne,ne->n", each, each) for each in rows]
        self._gallery, self._queries = rows[0], rows[-1]
        self._squares, self._own_squares = squares[0], squares[-1]
        self._most = float(max(self._squares.max(), self._own_squares.max()))
        self._least_apart = math.ldexp(10.0**-DECIMALS, -power)
        self._resolution = math.ldexp(resolution, -power)
        self._use(np.float32)

    def _use(self, dtype: type[np.float32 | np.float64]) -> None:
        self._dtype = dtype
        self._factor = (-2 * self._gallery.T).astype(dtype)
        self._terms = self._squares.astype(dtype)

    def candidates(
        self, block: slice, k: int, own: Positions | None
    ) -> tuple[Positions, Positions]:
        """Return rows and columns of all that can be nearest, by rows."""
        found = self._below(block, k, own)
        if self._dtype is np.float32 and len(found[0]) > (4 * k + _SPARE) * (found[0][-1] + 1):
            self._use(np.float64)  # from now on: rows that are this near each other are many
            found = self._below(block, k, own)
        return found

    def _below(self, block: slice, k: int, own: Positions | None) -> tuple[Positions, Positions]:
        """Compare |g|^2 - 2 q'g: what is left of the squared distance, |q|^2, is one per row."""
        squares = self._queries[block].astype(self._dtype) @ self._factor
        squares += self._terms
        if own is not None:
            squares[np.arange(len(squares)), own] = np.inf
        last = np.partition(squares, k - 1, axis=1)[:, k - 1] if k > 1 else squares.min(axis=1)
        zero = self._resolution**2 - self._own_squares[block]
        bound = np.maximum(last.astype(np.float64), zero) + self._slack()
        found = np.flatnonzero(squares <= bound.astype(self._dtype)[:, None])
        rows, columns = np.divmod(found, squares.shape[1])
        return rows, columns

    def _slack(self) -> float:
        """Return twice the error of an estimate, with room for distances equal after rounding."""
        n_terms = self._gallery.shape[1] + 8
        error = 6 * n_terms * (float(np.finfo(self._dtype).eps) / 2 + 2.0**-52) * self._most
        ties = self._least_apart * (4 * self._most**0.5 + self._least_apart)
        return float(error + ties)


def distances_of_pairs(
    queries: Float64Array, gallery: Float64Array, rows: Positions, columns: Positions
) -> Float64Array:
    """Return the distances of pairs, from differences in float64."""
    distances = np.empty(len(rows))
    size = max(1, _MEASURED // gallery.shape[1])
    for first in range(0, len(rows), size):
        pairs = slice(first, first + size)
        difference = queries[rows[pairs]]
        difference -= gallery[columns[pairs]]
        distances[pairs] = np.einsum("ne,ne->n", difference, difference)
    return np.sqrt(distances)


def exponent(rows: AnyArray) -> int:
    """Return the power of two that is just above the largest absolute value."""
    return int(np.frexp(max(rows.max(initial=0.0), -rows.min(initial=0.0)))[1])
