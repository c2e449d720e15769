"""The arithmetic of a PGD path, without the encoder (clause family RMQM-PGD)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from rmqm_spec.alterations.noise.generator import uniform_start
from rmqm_spec.arrays import AnyArray, FloatArray
from rmqm_spec.contracts.inputs import Bounds
from rmqm_spec.errors import EncodingError

__all__ = ["STEP_SIZE", "first_start", "take_step"]

STEP_SIZE: Final = 2 / 255
"""The step of the paper, relative to the width of the bounds."""


def take_step(
    inputs: FloatArray,
    gradient: AnyArray,
    ids: Sequence[str],
    level: int,
    *,
    alpha: float = STEP_SIZE,
    bounds: Bounds = (0.0, 1.0),
) -> FloatArray:
    r"""
    Move every value by a step in the direction of the sign of its gradient.

    .. math:: x_{ij} = \mathrm{clip}(x_{i,j-1} + \alpha (high - low) \, \mathrm{sign}(g_{ij}),
              low, high)

    Parameters
    ----------
    inputs : (N, *S) ndarray of float
        Where the step starts.
    gradient : (N, *S) ndarray
        Gradient of the loss by the inputs; a value of zero moves nothing.
    ids : sequence of str
        The id of each input, for errors.
    level : int
        Level of the result, for errors.
    alpha : float
        Step size relative to the width of `bounds`.
    bounds : tuple of two floats
        The result is clipped to it; there is no other projection.

    Returns
    -------
    (N, *S) ndarray
        New memory, of the type of `inputs`.

    Raises
    ------
    EncodingError
        GRA011, naming input and level, if the gradient is not finite.

    Notes
    -----
    Clauses RMQM-PGD-001, 002, 004, 008 and 009: every operation is rounded on its own.

    Examples
    --------
    >>> take_step(np.array([[0.5, 0.5, 0.5]]), np.array([[9.0, 0.0, -1e-9]]), ["a"], 1, alpha=0.1)
    array([[0.6, 0.5, 0.4]])
    """
    _require_finite(gradient, ids, level)
    type_ = inputs.dtype.type
    low, high = bounds
    moved = np.sign(gradient).astype(inputs.dtype)
    np.multiply(moved, type_(alpha * (high - low)), out=moved)
    np.add(inputs, moved, out=moved)
    return np.clip(moved, type_(low), type_(high), out=moved)


def first_start(
    inputs: FloatArray,
    ids: Sequence[str],
    *,
    seed: int = 0,
    alpha: float = STEP_SIZE,
    bounds: Bounds = (0.0, 1.0),
) -> FloatArray:
    """
    Return where the first gradient of the loss ``displacement`` is taken.

    Parameters
    ----------
    inputs : (N, *S) ndarray of float
        Unaltered inputs.
    ids : sequence of str
        The id of each input.
    seed : int
        With the id, all that the start depends on.
    alpha : float
        How far it may lie from the input, relative to the width of `bounds`.
    bounds : tuple of two floats
        The start is clipped to it.

    Returns
    -------
    (N, *S) ndarray
        Of the type of `inputs`.

    Notes
    -----
    Clause RMQM-PGD-007: at the input itself the gradient of the squared displacement is zero.

    Examples
    --------
    >>> first_start(np.full((1, 2), 0.5), ["a"], alpha=0.5)
    array([[0.86272...,  0.26453...]])
    """
    low, high = (inputs.dtype.type(bound) for bound in bounds)
    size = inputs.dtype.type(alpha * (bounds[1] - bounds[0]))
    start = np.empty_like(inputs, order="C")
    for values, identity, row in zip(inputs, ids, start, strict=True):
        row[...] = uniform_start(seed, identity, values.size).reshape(values.shape)
        np.multiply(row, size, out=row)
        np.add(values, row, out=row)
    return np.clip(start, low, high, out=start)


def _require_finite(gradient: AnyArray, ids: Sequence[str], level: int) -> None:
    broken = ~np.isfinite(gradient.reshape(len(gradient), -1))
    if not broken.any():
        return
    first = int(broken.any(axis=1).argmax())
    raise EncodingError(
        "GRA011",
        f"a gradient must be finite; got {int(broken[first].sum())} of {broken.shape[1]} values "
        f"that are not for input {ids[first]} at level {level}",
        fix="Look at that input: a root, logarithm or division in the encoder often has no "
        "derivative where its argument is zero.",
    )
