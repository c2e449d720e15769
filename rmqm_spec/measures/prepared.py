"""What the measures here start from: encodings that are scaled, centred or of unit length."""

from __future__ import annotations

from typing import Final

import numpy as np

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.measures.unaltered import Undefined

__all__ = ["centred", "eigenvalues", "scaled", "unit_rows"]

_VARIES: Final = 1e-12
"""Largest deviation from the mean, as a share of the largest value, up to which all is constant."""


def scaled(encodings: AnyArray) -> Float64Array:
    """
    Divide encodings by their largest absolute value, so that no square can overflow.

    Parameters
    ----------
    encodings : (N, E) ndarray
        One row per input.

    Returns
    -------
    (N, E) ndarray of float64
        Values from -1 to 1.

    Raises
    ------
    Undefined
        ``not-finite`` or ``all-zero``.

    Examples
    --------
    >>> scaled(np.array([[2.0, -4.0]])).tolist()
    [[0.5, -1.0]]
    """
    rows = np.asarray(encodings, dtype=np.float64)
    largest = float(np.abs(rows).max(initial=0.0))
    if not np.isfinite(largest):
        raise Undefined("not-finite")
    if largest == 0:
        raise Undefined("all-zero")
    return rows / largest


def centred(encodings: AnyArray) -> Float64Array:
    """
    Subtract the mean of all encodings, and divide by the largest absolute value left.

    Parameters
    ----------
    encodings : (N, E) ndarray
        One row per input.

    Returns
    -------
    (N, E) ndarray of float64
        Each column has mean 0.

    Raises
    ------
    Undefined
        ``not-finite``, ``all-zero``, or ``constant`` where no value deviates from its mean by more
        than 1e-12 of the largest one.

    Examples
    --------
    >>> centred(np.array([[1.0], [0.0]])).tolist()
    [[1.0], [-1.0]]
    """
    rows = scaled(encodings)
    rows -= rows.mean(axis=0)
    if not np.abs(rows).max() > _VARIES:
        raise Undefined("constant")
    return scaled(rows)


def unit_rows(encodings: AnyArray) -> Float64Array:
    """
    Divide each encoding by its Euclidean norm.

    Parameters
    ----------
    encodings : (N, E) ndarray
        One row per input.

    Returns
    -------
    (N, E) ndarray of float64
        Rows of length 1.

    Raises
    ------
    Undefined
        ``not-finite``, ``all-zero``, or ``zero`` where some encodings have norm 0.

    Examples
    --------
    >>> unit_rows(np.array([[3.0, 4.0]])).tolist()
    [[0.6, 0.8]]
    """
    scaled(encodings)
    rows = np.asarray(encodings, dtype=np.float64)
    largest = np.abs(rows).max(axis=1, keepdims=True)
    if not (largest > 0).all():
        raise Undefined("zero")
    rows = rows / largest
    unit: Float64Array = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def eigenvalues(rows: Float64Array) -> Float64Array:
    """
    Return the eigenvalues of Z'Z that can differ from 0, largest first.

    Parameters
    ----------
    rows : (N, E) ndarray of float64
        Z.

    Returns
    -------
    (min(N, E),) ndarray of float64
        None below 0; those below about 1e-16 of the largest are rounding.

    Examples
    --------
    >>> eigenvalues(np.array([[1.0, 0.0], [0.0, 2.0], [0.0, 0.0]])).tolist()
    [4.0, 1.0]
    """
    n_inputs, n_dimensions = rows.shape
    product = rows @ rows.T if n_inputs < n_dimensions else rows.T @ rows
    values: Float64Array = np.asarray(np.linalg.eigvalsh(product), dtype=np.float64)
    return np.maximum(values[::-1], 0.0)
