"""Products of the Jacobian of each input with many directions."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, sqrt
from typing import Final

import numpy as np

from rmqm_spec.arrays import AnyArray, FloatArray
from rmqm_spec.contracts.encoder import (
    EncoderLike,
    Pullback,
    Pushforward,
    as_differentiable,
    as_encoder,
    as_forward_differentiable,
    linearize_checked,
    traits_of,
    vjp_checked,
)
from rmqm_spec.errors import ShapeError

__all__ = ["pull_back", "push_forward", "require_inputs"]

_ROWS_OF_A_CALL: Final = 8
"""To call an encoder costs about as much as that many rows of its work."""


def pull_back(
    encoder: EncoderLike, inputs: FloatArray, cotangents: AnyArray
) -> tuple[AnyArray, FloatArray]:
    """
    Multiply the transposed Jacobian of each input by K cotangents.

    Parameters
    ----------
    encoder : DifferentiableEncoder
        With a method ``vjp``.
    inputs : (N, *S) ndarray of float
        Inputs in their declared range.
    cotangents : (N, K, E) ndarray
        Directions of the encodings, K for each input.

    Returns
    -------
    encodings : (N, E) ndarray
        Of the encoder's own type.
    products : (N, K, *S) ndarray
        The gradient of <cotangent, encoding> with respect to the input, for each cotangent.

    Raises
    ------
    UsageError
        GRA010 if the encoder gives no gradients; ARG001 if the inputs are no batch of floats.
    ShapeError
        ARG001 if there are not K cotangents of length E for each input.
    EncodingError
        As `vjp_checked`.

    Notes
    -----
    One forward pass serves all cotangents, which are pulled back one after another. A small batch
    is repeated instead, so that several cotangents go as rows of one pass: with r copies, the cost
    is that of r N rows forward and K N rows back, and of K / r calls, which is least for
    r = sqrt(8 K / N) if a call costs as much as 8 rows. Inputs are taken in batches that suit the
    encoder, so that memory beside the result does not grow with N.

    Examples
    --------
    >>> from rmqm_spec.encoders.finite_differences import with_finite_differences
    >>> encodings, products = pull_back(
    ...     with_finite_differences(np.square), np.array([[0.5, 0.25]]), np.eye(2)[None]
    ... )
    >>> products.round(6)
    array([[[1. , 0. ],
            [0. , 0.5]]])
    """
    differentiable = as_differentiable(as_encoder(encoder), purpose="Jacobian products")
    require_inputs(inputs)
    if cotangents.ndim != 3 or len(cotangents) != len(inputs) or cotangents.shape[1] < 1:
        raise ShapeError(
            "ARG001",
            f"cotangents must have shape (N, K, E) with N = {len(inputs)} and K >= 1; "
            f"got {cotangents.shape}",
            fix="Give K directions of the encodings for each input.",
        )

    def linear(rows: FloatArray) -> tuple[AnyArray, Pullback]:
        encodings, pullback = vjp_checked(differentiable, rows)
        return encodings, lambda along: pullback(along.astype(encodings.dtype, copy=False))

    return _multiplied(linear, inputs, cotangents, traits_of(differentiable).batch_size)


def push_forward(
    encoder: EncoderLike, inputs: FloatArray, tangents: AnyArray
) -> tuple[AnyArray, AnyArray]:
    """
    Multiply the Jacobian of each input by K tangents.

    Parameters
    ----------
    encoder : ForwardDifferentiableEncoder
        With a method ``jvp``.
    inputs : (N, *S) ndarray of float
        Inputs in their declared range.
    tangents : (N, K, *S) ndarray
        Directions of the inputs, K for each.

    Returns
    -------
    encodings : (N, E) ndarray
        Of the encoder's own type.
    products : (N, K, E) ndarray
        The derivative of the encoding in the direction of each tangent.

    Raises
    ------
    UsageError
        GRA017 if the encoder gives no derivatives in a direction; ARG001 if the inputs are no batch
        of floats.
    ShapeError
        ARG001 if there are not K tangents of the shape S for each input.
    EncodingError
        As `linearize_checked`.

    Examples
    --------
    >>> class Squares:
    ...     def encode(self, inputs):
    ...         return inputs**2
    ...     def jvp(self, inputs, tangents):
    ...         return inputs**2, 2 * inputs * tangents
    >>> push_forward(Squares(), np.array([[0.5, 0.25]]), np.array([[[1.0, 1.0], [0.0, 2.0]]]))[1]
    array([[[1. , 0.5],
            [0. , 1. ]]])
    """
    forward = as_forward_differentiable(as_encoder(encoder))
    require_inputs(inputs)
    n_inputs, shape = len(inputs), inputs.shape[1:]
    if (
        tangents.ndim != inputs.ndim + 1
        or (len(tangents), *tangents.shape[2:]) != inputs.shape
        or tangents.shape[1] < 1
    ):
        raise ShapeError(
            "ARG001",
            f"tangents must have shape ({', '.join(map(str, (n_inputs, 'K', *shape)))}) with "
            f"K >= 1; got {tangents.shape}",
            fix="Give K directions of the shape of an input for each input.",
        )

    def linear(rows: FloatArray) -> tuple[AnyArray, Pushforward]:
        encodings, pushforward = linearize_checked(forward, rows)
        return encodings, lambda along: pushforward(along.astype(rows.dtype, copy=False))

    return _multiplied(linear, inputs, tangents, traits_of(forward).batch_size)


def require_inputs(inputs: AnyArray) -> None:
    """
    Refuse what is no batch of inputs.

    Raises
    ------
    ShapeError
        ARG001 if they are not floats of shape (N, *S) with N >= 1 and values in each input.
    """
    if inputs.ndim < 2 or not inputs.size or inputs.dtype.kind != "f":
        raise ShapeError(
            "ARG001",
            "inputs must be floats of shape (N, *S) with N >= 1; "
            f"got {inputs.dtype} of shape {inputs.shape}",
            fix="Give an array with a row for each input, such as images (N, C, H, W) in [0, 1].",
        )


def _multiplied(
    linear: Callable[[FloatArray], tuple[AnyArray, Callable[[AnyArray], AnyArray]]],
    inputs: FloatArray,
    directions: AnyArray,
    size: int,
) -> tuple[AnyArray, AnyArray]:
    """Multiply the directions (N, K, ...) of all inputs, which are taken `size` at a time."""
    n_directions = directions.shape[1]
    encodings, products = [], []
    for first in range(0, len(inputs), size):
        rows, given = inputs[first : first + size], directions[first : first + size]
        copies = _copies(len(rows), n_directions, size)
        found, multiply = linear(rows if copies == 1 else np.repeat(rows, copies, axis=0))
        encodings.append(found[::copies])
        calls = [
            _several(multiply, given[:, k : k + copies], copies)
            for k in range(0, n_directions, copies)
        ]
        products.append(np.concatenate(calls, axis=1))
    return _joined(encodings), _joined(products)


def _several(
    multiply: Callable[[AnyArray], AnyArray], directions: AnyArray, copies: int
) -> AnyArray:
    """Multiply directions (n, k, ...) by a call on n * copies rows; missing ones are zero."""
    n_inputs, n_directions, *shape = directions.shape
    whole = directions
    if n_directions < copies:
        whole = np.zeros((n_inputs, copies, *shape), dtype=directions.dtype)
        whole[:, :n_directions] = directions
    product = multiply(whole.reshape(-1, *shape))
    return product.reshape(n_inputs, copies, *product.shape[1:])[:, :n_directions]


def _copies(n_inputs: int, n_directions: int, size: int) -> int:
    """Return how often to repeat a batch of n inputs, within `size` rows."""
    best = round(sqrt(_ROWS_OF_A_CALL * n_directions / n_inputs))
    copies = max(1, min(best, n_directions, size // n_inputs))
    return ceil(n_directions / ceil(n_directions / copies))  # as many calls, all of them full


def _joined(parts: list[AnyArray]) -> AnyArray:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
