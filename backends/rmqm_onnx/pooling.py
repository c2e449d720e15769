"""Encodings with more than one axis become one vector per input."""

from __future__ import annotations

from rmqm_onnx.options import Layout, Pooling
from rmqm_spec.arrays import AnyArray
from rmqm_spec.errors import SubjectError, UsageError

__all__ = ["pool"]


def pool(output: AnyArray, n_inputs: int, pooling: Pooling, layout: Layout) -> AnyArray:
    """
    Make one vector of each input's encodings.

    Parameters
    ----------
    output : (N, ...) ndarray
        What the network gave for N inputs.
    n_inputs : int
        N.
    pooling : {"flatten", "mean", "cls"}
        All values; the mean over tokens or positions; the first token.
    layout : str
        Layout of the network's input, which tells where the channels of a feature map are.

    Returns
    -------
    (N, E) ndarray
        One row per input.

    Raises
    ------
    SubjectError
        If the output has not one row per input.
    UsageError
        If the pooling does not fit the shape.
    """
    if output.ndim == 1 and n_inputs == 1 and output.size:
        output = output[None]
    if output.ndim < 2 and len(output) == n_inputs:
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
    if output.ndim == 3:
        return output.mean(axis=1)  # type: ignore[no-any-return]
    positions = range(1, output.ndim - 1) if layout == "nhwc" else range(2, output.ndim)
    return output.mean(axis=tuple(positions))  # type: ignore[no-any-return]
