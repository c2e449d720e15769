"""Pool encodings of several axes to a vector per input, and carry cotangents back."""

from __future__ import annotations

from math import prod

import numpy as np

from rmqm_spec.arrays import AnyArray
from rmqm_spec.contracts.backend import Pooling
from rmqm_spec.errors import SubjectError, UsageError

__all__ = ["pool", "unpool"]


def pool(
    output: AnyArray, n_inputs: int, pooling: Pooling, *, channels_first: bool | None = None
) -> AnyArray:
    """
    Make a vector of each input's encodings.

    Parameters
    ----------
    output : (N, ...) ndarray
        Output of the network for N inputs.
    n_inputs : int
        N.
    pooling : {"flatten", "mean", "cls"}
        All values; the mean over tokens or positions; the first token.
    channels_first : bool, optional
        Whether the channels are on axis 1, not on the last axis. Without it, (N, T, E) holds
        tokens and (N, C, H, W) a feature map.

    Returns
    -------
    (N, E) ndarray
        A row per input.

    Raises
    ------
    SubjectError
        If the output does not have a row per input.
    UsageError
        If the pooling is unknown, or does not fit the shape.
    """
    if pooling not in {"flatten", "mean", "cls"}:
        raise UsageError(
            "ARG001",
            f"pooling must be flatten, mean or cls; got {pooling!r}",
            fix="Choose one of the three.",
        )
    if output.ndim == 1 and n_inputs == 1 and output.size:
        output = output[None]
    if output.ndim == 1 and len(output) == n_inputs:
        output = output.reshape(n_inputs, 1)
    if output.ndim < 2 or output.shape[0] != n_inputs:
        raise SubjectError(
            "OUT005",
            f"the encodings must have one row per input; got shape {output.shape} for {n_inputs} "
            "input(s)",
            fix="Choose another --output, or export the model with the batch as first axis.",
        )
    if pooling == "flatten" or output.ndim == 2:
        return output.reshape(n_inputs, -1)
    if pooling == "cls":
        if output.ndim != 3:
            raise UsageError(
                "OUT004",
                f"pooling cls must meet tokens (N, T, E); got shape {output.shape}",
                fix="Use --pooling mean or flatten.",
            )
        return output[:, 0]
    positions = _positions(output.ndim, channels_first)
    return output.mean(axis=positions)  # type: ignore[no-any-return]


def unpool(
    cotangent: AnyArray,
    shape: tuple[int, ...],
    pooling: Pooling,
    *,
    channels_first: bool | None = None,
) -> AnyArray:
    """
    Carry a cotangent of pooled encodings back to the output of the network.

    Parameters
    ----------
    cotangent : (N, E) ndarray
        Cotangent of the array that `pool` returned.
    shape : tuple of int
        Shape of the output of the network.
    pooling, channels_first
        As for `pool`.

    Examples
    --------
    >>> import numpy as np
    >>> unpool(np.array([[4.0]]), (1, 2, 1), "mean").tolist()
    [[[2.0], [2.0]]]
    """
    if pooling == "flatten" or len(shape) <= 2:
        return cotangent.reshape(shape)
    whole: AnyArray = np.zeros(shape, dtype=cotangent.dtype)
    if pooling == "cls":
        whole[:, 0] = cotangent
        return whole
    positions = _positions(len(shape), channels_first)
    n_positions = prod(shape[axis] for axis in positions)
    whole += np.expand_dims(cotangent, positions) / n_positions
    return whole


def _positions(n_axes: int, channels_first: bool | None) -> tuple[int, ...]:
    if channels_first is None:
        channels_first = n_axes > 3
    return tuple(range(2, n_axes) if channels_first else range(1, n_axes - 1))
