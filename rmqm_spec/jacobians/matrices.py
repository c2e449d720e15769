"""Jacobians of encoders, whole or a block of inputs at a time."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Final, Literal, TypeAlias

import numpy as np
from attrs import frozen

from rmqm_spec.arrays import AnyArray, Float64Array, FloatArray
from rmqm_spec.contracts.encoder import (
    DifferentiableEncoder,
    Encoder,
    EncoderLike,
    ForwardDifferentiableEncoder,
    as_differentiable,
    as_encoder,
    as_forward_differentiable,
    encode_checked,
    traits_of,
)
from rmqm_spec.contracts.inputs import Inputs
from rmqm_spec.errors import UsageError
from rmqm_spec.jacobians.products import pull_back, push_forward, require_inputs

__all__ = ["Jacobian", "Way", "jacobian", "jacobians"]

Way: TypeAlias = Literal["auto", "rows", "columns"]

_COST_OF_A_COLUMN: Final = 3
"""A derivative in a direction includes a forward pass: about 3 times the work of a pullback."""

_BLOCK_BYTES: Final = 2**26
"""What the matrices of a block may take."""


@frozen(eq=False)
class Jacobian:
    """
    The Jacobian matrix of each input.

    Parameters
    ----------
    encodings : (N, E) ndarray
        Encodings of the inputs.
    matrices : (N, E, d) ndarray of float64
        Derivative of each value of an encoding by each of the d values of its input, in C order.
    way : {"rows", "columns"}
        How they were made: E pullbacks, or d derivatives in a direction.
    """

    encodings: AnyArray
    matrices: Float64Array
    way: Literal["rows", "columns"]


def jacobian(encoder: EncoderLike, inputs: FloatArray, *, way: Way = "auto") -> Jacobian:
    """
    Return the Jacobians of all inputs; `jacobians` gives them in blocks.

    Parameters
    ----------
    encoder : DifferentiableEncoder or ForwardDifferentiableEncoder
        With a method ``vjp``, a method ``jvp``, or both.
    inputs : (N, *S) ndarray of float
        Inputs in their declared range.
    way : {"auto", "rows", "columns"}
        Rows are E pullbacks, columns d derivatives in a direction. By default columns if the
        encoder has ``jvp`` and 3 d < E, or no ``vjp``: a derivative in a direction takes about
        three times as long as a pullback.

    Returns
    -------
    Jacobian
        Encodings, matrices and the way they were made.

    Raises
    ------
    UsageError
        GRA010 or GRA017 if the encoder cannot give derivatives in this way; ARG001 if `way` is
        unknown, or the inputs are no batch of floats.
    EncodingError
        If the encoder breaks its contract.

    Examples
    --------
    >>> from rmqm_spec.encoders.finite_differences import with_finite_differences
    >>> weights = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    >>> linear = with_finite_differences(lambda inputs: inputs @ weights.T)
    >>> found = jacobian(linear, np.array([[0.5, 0.25]]))
    >>> found.matrices.round(6), found.way
    (array([[[1., 2.],
             [3., 4.],
             [5., 6.]]]), 'rows')
    """
    blocks = list(jacobians(encoder, inputs, way=way))
    if len(blocks) == 1:
        return blocks[0]
    return Jacobian(
        np.concatenate([block.encodings for block in blocks]),
        np.concatenate([block.matrices for block in blocks]),
        blocks[0].way,
    )


def jacobians(
    encoder: EncoderLike, inputs: Inputs | FloatArray, *, way: Way = "auto"
) -> Iterator[Jacobian]:
    """
    Yield the Jacobians of consecutive inputs, in blocks that take at most 64 MiB.

    Memory does not grow with the number of inputs. A block holds at most as many inputs as suit a
    call of the encoder, and at least one.

    Parameters
    ----------
    encoder, way
        As for `jacobian`.
    inputs : Inputs or (N, *S) ndarray of float
        Inputs in their declared range.

    Yields
    ------
    Jacobian
        Of the next inputs, in their order.

    Raises
    ------
    UsageError, EncodingError
        As `jacobian`.
    UnreadableError
        If an input cannot be read.
    """
    known = as_encoder(encoder)
    chosen = None if way == "auto" else _required(known, way)
    size = 0
    first = 0
    while first < len(inputs):
        if not size:  # the length of an encoding is known after the first of them
            one = _rows(inputs, slice(0, 1))
            n_values, length = one[0].size, encode_checked(known, one).shape[1]
            chosen = chosen or _cheaper(known, n_values, length)
            size = _block(known, n_values * length)
        part = _rows(inputs, slice(first, first + size))
        yield _made(known, part, chosen or "rows", length)
        first += size


def _made(
    encoder: Encoder, inputs: FloatArray, way: Literal["rows", "columns"], length: int
) -> Jacobian:
    n_inputs, n_values = len(inputs), prod(inputs.shape[1:])
    if way == "rows":
        identity = np.broadcast_to(np.eye(length, dtype=np.float32), (n_inputs, length, length))
        encodings, rows = pull_back(encoder, inputs, identity)
        return Jacobian(encodings, rows.reshape(n_inputs, length, -1).astype(np.float64), way)
    directions = np.eye(n_values, dtype=inputs.dtype).reshape(n_values, *inputs.shape[1:])
    tangents = np.broadcast_to(directions, (n_inputs, *directions.shape))
    encodings, columns = push_forward(encoder, inputs, tangents)
    return Jacobian(encodings, columns.transpose(0, 2, 1).astype(np.float64, order="C"), way)


def _required(encoder: Encoder, way: str) -> Literal["rows", "columns"]:
    if way == "rows":
        as_differentiable(encoder, purpose="rows of a Jacobian")
        return "rows"
    if way == "columns":
        as_forward_differentiable(encoder)
        return "columns"
    raise UsageError(
        "ARG001",
        f"way must be auto, rows or columns; got {way!r}",
        fix="Leave it out to take the cheaper.",
    )


def _cheaper(encoder: Encoder, n_values: int, length: int) -> Literal["rows", "columns"]:
    if isinstance(encoder, ForwardDifferentiableEncoder):
        backward = isinstance(encoder, DifferentiableEncoder)
        if not backward or _COST_OF_A_COLUMN * n_values < length:
            return "columns"
    return _required(encoder, "rows")


def _block(encoder: Encoder, n_entries: int) -> int:
    """Return how many inputs a block holds, for matrices of so many entries."""
    return max(1, min(traits_of(encoder).batch_size, _BLOCK_BYTES // (8 * n_entries)))


def _rows(inputs: Inputs | FloatArray, part: slice) -> FloatArray:
    if isinstance(inputs, np.ndarray):
        require_inputs(inputs)
        return inputs[part]
    indices = range(*part.indices(len(inputs)))
    loaded = np.stack([inputs.load(index).values for index in indices])
    require_inputs(loaded)
    return loaded
