"""Singular values of the Jacobian of the unit encoding: how an encoder stretches near an input."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from attrs import frozen

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.errors import EncodingError

__all__ = ["LocalSpectra", "local_spectra", "unit_jacobians"]

_UNITS: Final = 32
"""
Of rounding: so many of them, times the longest row and the longest column, count as zero.

A matrix of independent errors with variances of their own has a spectral norm of about its longest
row and its longest column together (Bandeira and van Handel 2016). An encoder whose widest layer is
narrower than its encodings has singular values of pure rounding: in float32 those of small
convolutional networks, transformers and MLPs were at most 1e-7 of the largest, and the limit lies
at 1e-6 to 5e-6 of it.
"""


@frozen(eq=False)
class LocalSpectra:
    r"""
    How unit encodings move near each of N inputs.

    The unit encoding of an input is u = f / \|f\|. Its Jacobian J has at most r = min(E - 1, d)
    singular values that are not zero: u has length 1, so that its derivatives are at right angles
    to it.

    Parameters
    ----------
    singular_values : (N, r) ndarray of float64
        Singular values s_1 >= ... >= s_r of J, in change of the unit encoding per unit of the
        input's declared range.
    tolerance : (N,) ndarray of float64
        Singular values up to it are rounding: they count as zero.

    Examples
    --------
    >>> found = LocalSpectra(np.array([[3.0, 1.0], [2.0, 0.0]]), np.full(2, 1e-6))
    >>> found.norm.round(6), found.rank
    (array([3.162278, 2.      ]), array([2, 1]))
    >>> found.effective_rank.round(6), found.condition
    (array([1.754765, 1.      ]), array([0.47712125,        inf]))
    >>> found.volume.round(6)
    array([0.549306,     -inf])
    """

    singular_values: Float64Array
    tolerance: Float64Array

    @property
    def norm(self) -> Float64Array:
        """Frobenius norm of J, (N,); 0 where the unit encoding stands still."""
        return np.asarray(np.linalg.norm(self.singular_values, axis=1))

    @property
    def rank(self) -> AnyArray:
        """Numerical local rank, (N,): how many singular values are above the tolerance."""
        return np.asarray((self.singular_values > self.tolerance[:, None]).sum(axis=1))

    @property
    def effective_rank(self) -> Float64Array:
        """Exponential of the entropy of s / sum s, (N,), from 1 to r; NaN where all s are zero."""
        kept = self._kept
        with np.errstate(invalid="ignore"):
            shares = kept / kept.sum(axis=1, keepdims=True)
        logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
        entropies = -(shares * logs).sum(axis=1)
        return np.asarray(np.where(kept.any(axis=1), np.exp(entropies), np.nan))

    @property
    def condition(self) -> Float64Array:
        """
        Decimal logarithm of s_1 / s_r, (N,).

        Infinite where J has a smaller rank than r, NaN where it is zero or has no value.
        """
        return self._log10_ratio(np.full(len(self.singular_values), self._most))

    @property
    def condition_at_rank(self) -> Float64Array:
        """The same down to the last singular value above the tolerance."""
        return self._log10_ratio(self.rank)

    @property
    def volume(self) -> Float64Array:
        """
        Mean of log s_i, i = 1, ..., r, (N,): log volume per dimension of the pulled-back metric.

        Minus infinity where J has a smaller rank than r, NaN where r is 0.
        """
        return self._mean_log(np.full(len(self.singular_values), self._most))

    @property
    def volume_at_rank(self) -> Float64Array:
        """The same over the singular values above the tolerance."""
        return self._mean_log(self.rank)

    @property
    def _most(self) -> int:
        return int(self.singular_values.shape[1])

    @property
    def _kept(self) -> Float64Array:
        """Singular values, zero where they are rounding."""
        above = self.singular_values > self.tolerance[:, None]
        return np.where(above, self.singular_values, 0.0)

    def _log10_ratio(self, places: AnyArray) -> Float64Array:
        """Return log10 of the first over the last of so many singular values."""
        if not self._most:
            return np.full(len(self.singular_values), np.nan)
        kept = self._kept
        last = np.take_along_axis(kept, np.maximum(places, 1)[:, None] - 1, axis=1)[:, 0]
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.log10(kept[:, 0] / last))

    def _mean_log(self, places: AnyArray) -> Float64Array:
        """Return the mean logarithm of the first so many singular values."""
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log(self._kept)
            taken = np.arange(self._most) < places[:, None]
            return np.asarray(np.where(taken, logs, 0.0).sum(axis=1) / places)


def local_spectra(
    encodings: AnyArray,
    matrices: Float64Array,
    *,
    names: Sequence[str] | None = None,
    unit: float | None = None,
) -> LocalSpectra:
    r"""
    Return the singular values of the Jacobian of the unit encoding at each input.

    Parameters
    ----------
    encodings : (N, E) ndarray
        Encodings f(x), of the encoder's own type.
    matrices : (N, E, d) ndarray of float64
        Their Jacobians J_f = df / dx.
    names : sequence of str, optional
        What to call the inputs in an error; by default their position.
    unit : float, optional
        Rounding unit of the encoder's arithmetic; by default that of the type of the encodings.

    Returns
    -------
    LocalSpectra
        Of each input, r = min(E - 1, d) singular values, and up to where they are rounding:
        32 units times the longest row and the longest column of J_f together, over the length of f.

    Raises
    ------
    EncodingError
        As `unit_jacobians`.

    Notes
    -----
    At a kink, such as that of ReLU at zero, the derivative is what the encoder's gradient takes for
    it. A single value, E = 1, has no singular values: its unit encoding is 1 or -1.

    Examples
    --------
    >>> found = local_spectra(np.array([[0.0, 2.0]]), np.array([[[1.0, 0.0], [5.0, 7.0]]]))
    >>> found.singular_values, found.rank
    (array([[0.5]]), array([1]))
    """
    turned = unit_jacobians(encodings, matrices, names=names)
    most = min(turned.shape[1] - 1, turned.shape[2])
    values = np.linalg.svd(turned, compute_uv=False)[:, :most]
    if unit is None:
        is_float = encodings.dtype.kind == "f"
        unit = float(np.finfo(encodings.dtype if is_float else np.float64).eps)
    tolerance = _UNITS * unit * _longest(matrices) / _lengths(encodings, names)
    return LocalSpectra(np.asarray(values, dtype=np.float64), np.asarray(tolerance))


def unit_jacobians(
    encodings: AnyArray, matrices: Float64Array, *, names: Sequence[str] | None = None
) -> Float64Array:
    r"""
    Return the Jacobians of the unit encodings u = f / \|f\| from those of the encodings f.

    .. math:: \frac{\partial u}{\partial x} = \frac{1}{\lVert f \rVert} (I - u u^\top)
        \frac{\partial f}{\partial x}

    Parameters
    ----------
    encodings : (N, E) ndarray
        Encodings.
    matrices : (N, E, d) ndarray of float64
        Their Jacobians.
    names : sequence of str, optional
        What to call the inputs in an error; by default their position.

    Returns
    -------
    (N, E, d) ndarray of float64
        In change of the unit encoding per unit of the inputs.

    Raises
    ------
    EncodingError
        ENC001 if an encoding is not finite, ENC002 if it is zero and has no direction, GRA011 if a
        derivative is not finite.

    Examples
    --------
    >>> unit_jacobians(np.array([[3.0, 4.0]]), np.array([[[3.0], [4.0]]])).round(12) + 0.0
    array([[[0.],
            [0.]]])
    """
    lengths = _lengths(encodings, names)
    _require_finite(matrices, names)
    units = encodings.astype(np.float64) / lengths[:, None]
    along = np.einsum("ne,ned->nd", units, matrices)
    across = matrices - units[:, :, None] * along[:, None]
    return np.asarray(across / lengths[:, None, None])


def _longest(matrices: Float64Array) -> Float64Array:
    """Return the lengths of the longest row and the longest column of each matrix, summed."""
    squares = matrices**2
    rows, columns = squares.sum(axis=2), squares.sum(axis=1)
    return np.asarray(np.sqrt(rows.max(axis=1)) + np.sqrt(columns.max(axis=1)))


def _lengths(encodings: AnyArray, names: Sequence[str] | None) -> Float64Array:
    """Return the norms of encodings that have a direction, however short or long they are."""
    values = encodings.astype(np.float64)
    largest = np.abs(values).max(axis=1)
    for position, value in enumerate(largest):
        if not np.isfinite(value):
            raise EncodingError(
                "ENC001",
                f"an encoding must be finite; got {value} for {_name(names, position)}",
                fix="Check the preprocessing and the range of the values.",
            )
        if value == 0:
            raise EncodingError(
                "ENC002",
                f"an encoding must have a norm above zero; got 0 for {_name(names, position)}",
                fix="Choose another output, for example the one before a ReLU.",
            )
    return np.asarray(largest * np.linalg.norm(values / largest[:, None], axis=1))


def _require_finite(matrices: Float64Array, names: Sequence[str] | None) -> None:
    broken = (~np.isfinite(matrices)).sum(axis=(1, 2))
    if broken.any():
        first = int(broken.argmax())
        raise EncodingError(
            "GRA011",
            f"a derivative must be finite; got {broken[first]} of {matrices[first].size} that are "
            f"not for {_name(names, first)}",
            fix="Look at that input: a root, logarithm or division in the encoder often has no "
            "derivative where its argument is zero.",
        )


def _name(names: Sequence[str] | None, position: int) -> str:
    return names[position] if names else f"input {position}"
