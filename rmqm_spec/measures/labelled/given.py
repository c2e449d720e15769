"""Encodings with their classes, checked: what every measure with labels starts from."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from attrs import frozen

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.errors import ShapeError
from rmqm_spec.measures.unaltered import Undefined

__all__ = ["Given", "given", "thin_svd"]


@frozen(eq=False)
class Given:
    """Encodings (N, E) in float64, the class of each input, 0 to K - 1, and the class sizes."""

    encodings: Float64Array
    classes: npt.NDArray[np.intp]
    sizes: npt.NDArray[np.intp]

    @property
    def centred(self) -> Float64Array:
        """The encodings minus their mean, (N, E); values that do not vary become exact zeros."""
        encodings = self.encodings - self.encodings[0]
        return np.asarray(encodings - encodings.mean(axis=0), dtype=np.float64)


def given(encodings: AnyArray, classes: AnyArray) -> Given:
    """
    Check encodings and classes, and number the classes.

    Parameters
    ----------
    encodings : (N, E) ndarray
        One row an input.
    classes : (N,) ndarray
        The class of each input: numbers or names, equal where the class is the same.

    Returns
    -------
    Given
        The same values in float64; classes are numbered in the order of their names.

    Raises
    ------
    ShapeError
        ARG001 if there is not one class per row.
    Undefined
        ``not-finite``; ``constant`` if all encodings are equal; ``one-class`` for fewer than two
        classes.

    Examples
    --------
    >>> given(np.eye(3), np.array(["cat", "dog", "cat"])).sizes.tolist()
    [2, 1]
    """
    if encodings.ndim != 2 or classes.shape != encodings.shape[:1]:
        raise ShapeError(
            "ARG001",
            f"encodings (N, E) must have one class each, (N,); got {encodings.shape} and "
            f"{classes.shape}",
            fix="Give the class of every row.",
        )
    rows = np.array(encodings, dtype=np.float64)
    if not np.isfinite(rows).all():
        raise Undefined("not-finite")
    names, numbers = np.unique(classes, return_inverse=True)
    if len(names) < 2:
        raise Undefined("one-class")
    if not (rows != rows[0]).any():
        raise Undefined("constant")
    return Given(rows, numbers.reshape(-1).astype(np.intp), np.bincount(numbers.reshape(-1)))


def thin_svd(rows: Float64Array) -> tuple[Float64Array, Float64Array]:
    """
    Return the left singular vectors (N, r) and singular values (r,) of rows (N, E) of rank r.

    Singular values count as zero below ``max(N, E)`` times the spacing of float64 at the largest,
    as in `numpy.linalg.matrix_rank`.

    Examples
    --------
    >>> left, values = thin_svd(np.array([[3.0, 0.0], [4.0, 0.0], [0.0, 0.0]]))
    >>> left.shape, values.tolist()
    ((3, 1), [5.0])
    """
    left, values, _ = np.linalg.svd(rows, full_matrices=False)
    rank = int((values > values[0] * max(rows.shape) * np.finfo(np.float64).eps).sum())
    return left[:, :rank], values[:rank]
