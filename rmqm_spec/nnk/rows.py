"""Rows that a kernel can take: finite matrices with the same number of columns, on one scale."""

from __future__ import annotations

from typing import Final

import numpy as np

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.errors import EncodingError, ShapeError, UsageError
from rmqm_spec.neighbours.estimates import exponent

__all__ = ["check_shapes", "of_one_scale", "unit_rows"]

_FARTHEST: Final = 332
"""A power of two above 1e100, whose square float64 still holds."""


def check_shapes(queries: AnyArray, gallery: AnyArray) -> None:
    """
    Raise unless queries and gallery are matrices with the same number of columns.

    Raises
    ------
    ShapeError
        ARG001.

    Examples
    --------
    >>> check_shapes(np.ones((2, 3)), np.ones((5, 3)))
    """
    shapes = queries.shape, gallery.shape
    are_real = all(rows.dtype.kind in "fiub" for rows in (queries, gallery))
    are_matrices = all(len(shape) == 2 for shape in shapes)
    if are_real and are_matrices and shapes[0][1] == shapes[1][1] > 0:
        return
    raise ShapeError(
        "ARG001",
        f"queries and gallery must be real (M, E) and (G, E); got {shapes[0]} of {queries.dtype} "
        f"and {shapes[1]} of {gallery.dtype}",
        fix="Encode both with the same encoder, and flatten each encoding to a row.",
    )


def unit_rows(rows: AnyArray, name: str) -> Float64Array:
    """
    Divide rows by their Euclidean norms, in float64.

    Raises
    ------
    EncodingError
        ENC001 if a value is not finite, ENC002 if a row is zero.

    Examples
    --------
    >>> unit_rows(np.array([[3.0, 4.0]]), "gallery").tolist()
    [[0.6, 0.8]]
    """
    unit = _finite(rows, name)
    largest = np.abs(unit).max(axis=1, initial=0.0)
    if not (largest > 0).all():
        raise EncodingError(
            "ENC002",
            f"rows must have a norm above zero for a cosine kernel; got 0 for row "
            f"{int(np.argmin(largest))} of {name}",
            fix="Leave such rows out, or take a Gaussian kernel.",
        )
    unit = np.ldexp(unit, -np.frexp(largest)[1][:, None])  # exact, and no square overflows
    return np.asarray(unit / np.linalg.norm(unit, axis=1, keepdims=True))


def of_one_scale(
    queries: AnyArray, gallery: AnyArray
) -> tuple[tuple[Float64Array, Float64Array], int]:
    """
    Divide queries and gallery by the power of two that brings gallery values to at most 1.

    Returns
    -------
    ((M, E), (G, E)) ndarrays of float64, int
        The rows, and the power of two.

    Raises
    ------
    EncodingError
        ENC001 if a value is not finite.
    UsageError
        ARG001 if queries are so far from the gallery that float64 has no square of the distance.

    Examples
    --------
    >>> rows, power = of_one_scale(np.array([[2.0]]), np.array([[4.0]]))
    >>> rows[0].tolist(), rows[1].tolist(), power
    ([[0.25]], [[0.5]], 3)
    """
    finite = _finite(gallery, "gallery")
    power = exponent(finite)
    scaled = np.ldexp(finite, -power)
    if queries is gallery:
        return (scaled, scaled), power
    wanted = _finite(queries, "queries")
    if exponent(wanted) - power > _FARTHEST:
        raise UsageError(
            "ARG001",
            f"queries must be below 1e+100 times the largest gallery value, 2^{power}; got values "
            f"near 2^{exponent(wanted)}",
            fix="Bring queries and gallery to the same units.",
        )
    return (np.ldexp(wanted, -power), scaled), power


def _finite(rows: AnyArray, name: str) -> Float64Array:
    rows = np.asarray(rows, dtype=np.float64)
    if not np.isfinite(rows).all():
        row, _ = np.argwhere(~np.isfinite(rows))[0]
        raise EncodingError(
            "ENC001",
            f"rows must be finite; got a value that is not in row {row} of {name}",
            fix="Leave such rows out, or check the preprocessing: float16 overflows at 65504.",
        )
    return rows
