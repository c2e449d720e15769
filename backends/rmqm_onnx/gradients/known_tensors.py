"""Shapes, types and constants of all tensors, obtained by running the graph at two batch sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from onnx import ModelProto, helper

from rmqm_onnx.gradients.execution import run_all
from rmqm_onnx.gradients.opsets import opset_of
from rmqm_onnx.gradients.shapes import Length, length
from rmqm_onnx.gradients.tape import Tape
from rmqm_spec.arrays import AnyArray
from rmqm_spec.errors import SubjectError

__all__ = ["changing_with_batch", "known_tensors"]

_MAX_KNOWN = 4096
"""Tensors of more values than this are data, not shapes, axes or scales."""

_LARGE_BATCH = 63
"""More rows than 2, at which a condition on the size of the batch may be another."""


def known_tensors(model: ModelProto, example: Mapping[str, AnyArray], name: str) -> Tape:
    """
    Return what is known of the tensors of a prepared model.

    Parameters
    ----------
    model : ModelProto
        The prepared model.
    example : mapping of str to ndarray
        A value for each input, a single row if the batch is free.
    name : str
        The input that is differentiated; its first axis is the batch.
    """
    graph = model.graph
    growing = batch_axes(model, example, name)
    names = [output for node in graph.node for output in node.output if output]
    feeds = [dict(example)]
    if name in growing:
        feeds.append(_with_rows(example, growing, 1))
    runs = [
        {**values, **feed} for values, feed in zip(run_all(model, names, feeds), feeds, strict=True)
    ]
    tape = Tape(opset_of(model), prefix=_unused_prefix(model))
    tape.makers = {name: node for node in graph.node for name in node.output}
    for tensor in graph.initializer:
        tape.know_value(tensor.name, tensor)
    moving = _depending_on_values(model)
    sizes = [len(feed[name]) for feed in feeds]
    for tensor in runs[0]:
        values = [run[tensor] for run in runs]
        if isinstance(values[0], np.ndarray) and values[0].dtype != object:
            _know(tape, tensor, values, sizes)
            if tensor not in moving and _is_constant(values):
                tape.know_value(tensor, values[0])
    return tape


def changing_with_batch(
    model: ModelProto, example: Mapping[str, AnyArray], name: str, tensors: Sequence[str]
) -> set[str]:
    """Return those of some small tensors that hold something else in a large batch."""
    growing = batch_axes(model, example, name)
    if name not in growing or not tensors:
        return set()
    feeds = [dict(example), _with_rows(example, growing, _LARGE_BATCH)]
    small, large = run_all(model, tensors, feeds)
    return {one for one in tensors if not np.array_equal(small[one], large[one])}


def _know(tape: Tape, name: str, values: list[AnyArray], sizes: list[int]) -> None:
    if len({value.ndim for value in values}) > 1:
        raise _mixes(name)
    lengths = zip(*(value.shape for value in values), strict=True)
    shape: Sequence[Length] = values[0].shape
    if len(values) > 1:
        try:
            shape = [length(a, sizes[0], b, sizes[1]) for a, b in lengths]
        except ValueError:
            raise _mixes(name) from None
    tape.know(name, tuple(shape), helper.np_dtype_to_tensor_dtype(values[0].dtype))


def _is_constant(values: list[AnyArray]) -> bool:
    small = values[0].dtype.kind in "iubf" and values[0].size <= _MAX_KNOWN
    return small and all(np.array_equal(values[0], value) for value in values[1:])


def _depending_on_values(model: ModelProto) -> set[str]:
    """Return the tensors that depend on what the inputs hold, not on their shapes alone."""
    moving = {value.name for value in model.graph.input}
    for node in model.graph.node:
        random = node.op_type.startswith("Random")
        if random or (node.op_type not in ("Shape", "Size") and moving & set(node.input)):
            moving.update(node.output)
        if any(attribute.HasField("g") for attribute in node.attribute):
            moving.update(node.output)
    return moving


def batch_axes(model: ModelProto, example: Mapping[str, AnyArray], name: str) -> dict[str, int]:
    """
    Return the axis of each input that grows with the batch, if one does.

    It is the axis that bears the name of the batch, as in the state ``h (layers, N, width)`` of a
    recurrent layer; if no axis does, the first open axis that is as long as the batch.
    """
    inputs = {value.name: value.type.tensor_type.shape.dim for value in model.graph.input}
    batch_name = inputs[name][0].dim_param if len(inputs[name]) else ""
    n_rows = len(example[name])
    axes = {}
    for key, dims in inputs.items():
        lengths = example[key].shape
        fitting = [
            k for k, dim in enumerate(dims) if not dim.dim_value > 0 and lengths[k] == n_rows
        ]
        named = [k for k in fitting if batch_name and dims[k].dim_param == batch_name]
        if fitting and (key != name or fitting[0] == 0):
            axes[key] = [*named, *fitting][0]
    return axes


def _with_rows(
    example: Mapping[str, AnyArray], growing: Mapping[str, int], n_more: int
) -> dict[str, AnyArray]:
    """Return inputs with the last row repeated so many times more."""
    return {
        key: array
        if key not in growing
        else np.concatenate([array, *[np.take(array, [-1], growing[key])] * n_more], growing[key])
        for key, array in example.items()
    }


def _unused_prefix(model: ModelProto) -> str:
    names = [name for node in model.graph.node for name in node.output]
    names += [value.name for value in (*model.graph.input, *model.graph.initializer)]
    prefix = "d_"
    while any(name.startswith(prefix) for name in names):
        prefix = f"d{prefix}"
    return prefix


def _mixes(name: str) -> SubjectError:
    return SubjectError(
        "GRA003",
        f"every tensor must grow with the batch in a straight line; {name} does not",
        fix="Export the model so that the inputs of a batch do not mix, or with a batch of one.",
    )
