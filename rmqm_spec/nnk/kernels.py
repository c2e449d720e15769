"""How similar two rows are: kernels with values from 0 to 1, and 1 for equal rows."""

from __future__ import annotations

from types import ModuleType
from typing import Protocol

import numpy as np
from attrs import field, frozen

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.neighbours.estimates import Positions
from rmqm_spec.nnk.bandwidths import Bandwidth, bandwidth_of, checked_bandwidth
from rmqm_spec.nnk.products import inner_products
from rmqm_spec.nnk.rows import of_one_scale, unit_rows

__all__ = ["Cosine", "Gaussian", "Kernel", "Space"]


class Space(Protocol):
    """Rows as a kernel sees them: the nearest have the largest kernel values."""

    @property
    def queries(self) -> Float64Array:
        """(M, E)."""
        ...

    @property
    def gallery(self) -> Float64Array:
        """(G, E)."""
        ...

    def values(
        self, first: int, indices: Positions, compiled: ModuleType | None = None
    ) -> Float64Array:
        """
        Return the kernel values among consecutive queries and their candidates.

        Parameters
        ----------
        first : int
            Position of the first query.
        indices : (B, k) ndarray of int
            Positions of the candidates in the gallery.
        compiled : module, optional
            The compiled loops; by default NumPy does it.

        Returns
        -------
        (B, k + 1, k + 1) ndarray of float64
            Row and column 0 are the query; the diagonal is 1.
        """
        ...


class Kernel(Protocol):
    """What the search for neighbourhoods needs of a kernel."""

    def over(self, queries: AnyArray, gallery: AnyArray, k: int) -> Space:
        """Return the rows (M, E) and (G, E) as the kernel sees them, for k candidates each."""
        ...


@frozen
class Cosine:
    """
    The kernel 1/2 + 1/2 cos(x, y).

    Notes
    -----
    Source: DeepNNK and ``faiss_nnk_neighbors.py`` of STAC-USC. It is the inner product of the rows
    (1, x / |x|) divided by the root of 2, so among k candidates its rank is at most E + 1.

    Examples
    --------
    >>> rows = np.array([[2.0, 0.0], [0.0, 1.0], [-3.0, 0.0]])
    >>> Cosine().over(rows[:1], rows, 2).values(0, np.array([[1, 2]])).round(3).tolist()
    [[[1.0, 0.5, 0.0], [0.5, 1.0, 0.5], [0.0, 0.5, 1.0]]]
    """

    def over(self, queries: AnyArray, gallery: AnyArray, k: int) -> Space:  # noqa: ARG002
        """
        Return the rows divided by their Euclidean norms.

        Raises
        ------
        EncodingError
            ENC001 if a value is not finite, ENC002 if a row is zero.
        """
        unit = unit_rows(gallery, "gallery")
        return _Directions(unit if queries is gallery else unit_rows(queries, "queries"), unit)


@frozen
class Gaussian:
    """
    The kernel exp(-|x - y|^2 / (2 sigma^2)).

    Parameters
    ----------
    bandwidth : float or str
        sigma, in the units of the rows, or one of the rules that public code uses
        (`rmqm_spec.nnk.bandwidths`): ``"mean-kth-distance"``, ``"mean-ninth-distance"``,
        ``"farthest-candidate"``, ``"pynnk-demo-as-is"``.

    Raises
    ------
    UsageError
        ARG001 if it is neither a number above 0 nor one of these names.

    Notes
    -----
    Source: Shekkizhar and Ortega, Graph construction from data by non-negative kernel regression,
    2020. With sigma a third of a distance to neighbours and rows of many dimensions nearly all
    candidates are neighbours, so that their number shows little.

    Examples
    --------
    >>> rows = np.array([[0.0], [1.0], [2.0]])
    >>> Gaussian(1.0).over(rows[:1], rows, 2).values(0, np.array([[1, 2]]))[0, 0].round(3).tolist()
    [1.0, 0.607, 0.135]
    """

    bandwidth: Bandwidth = field(converter=checked_bandwidth)

    def over(self, queries: AnyArray, gallery: AnyArray, k: int) -> Space:
        """
        Return the rows and the bandwidth, divided by the same power of two.

        Raises
        ------
        EncodingError
            ENC001 if a value is not finite.
        UsageError
            ARG001 if the rule needs more rows than there are.
        """
        rows, power = of_one_scale(queries, gallery)
        return _Distances(*rows, bandwidth_of(self.bandwidth, rows[1], k, power))


@frozen(eq=False)
class _Directions:
    queries: Float64Array
    gallery: Float64Array

    def values(
        self, first: int, indices: Positions, compiled: ModuleType | None = None
    ) -> Float64Array:
        queries = self.queries[first : first + len(indices)]
        values = inner_products(queries, self.gallery, indices, compiled=compiled)
        values *= 0.5
        values += 0.5
        return _with_unit_diagonal(values)


@frozen(eq=False)
class _Distances:
    queries: Float64Array
    gallery: Float64Array
    bandwidth: float | None
    """None where it is a third of the distance of each query to its farthest candidate."""

    def values(
        self, first: int, indices: Positions, compiled: ModuleType | None = None
    ) -> Float64Array:
        queries = self.queries[first : first + len(indices)]
        values = inner_products(queries, self.gallery, indices, is_centred=True, compiled=compiled)
        lengths = np.diagonal(values, axis1=1, axis2=2).copy()
        values *= -2.0
        values += lengths[:, :, None]
        values += lengths[:, None, :]
        np.maximum(values, 0.0, out=values)
        with np.errstate(divide="ignore", invalid="ignore"):
            values /= -2.0 * self._squared_bandwidths(lengths)
        np.nan_to_num(values, copy=False, nan=0.0, neginf=-np.inf)  # 0 / 0: rows are equal
        return _with_unit_diagonal(np.exp(values, out=values))

    def _squared_bandwidths(self, lengths: Float64Array) -> Float64Array:
        if self.bandwidth is None:
            return np.asarray(lengths.max(axis=1)[:, None, None] / 9.0)
        with np.errstate(over="ignore", under="ignore"):  # beyond float64 all rows are equal
            return np.asarray(np.square(np.full((1, 1, 1), self.bandwidth)))


def _with_unit_diagonal(values: Float64Array) -> Float64Array:
    diagonal = np.arange(values.shape[1])
    values[:, diagonal, diagonal] = 1.0
    return values
