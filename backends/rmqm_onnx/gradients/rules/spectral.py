"""Fourier transforms are linear: the gradient is a product with the transposed matrix."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from rmqm_onnx.gradients.execution import run_once
from rmqm_onnx.gradients.step import NoRuleError, Step
from rmqm_onnx.gradients.table import Gradients, rule
from rmqm_spec.arrays import AnyArray


@rule("DFT")
def dft(s: Step) -> Gradients:
    """Ask the runtime for the matrix: it transforms every unit vector."""
    rank = len(s.x.shape)
    axis = (s.known(2, "axis")[0] if s.has(2) else s.integer("axis", 1 if _old(s) else -2)) % rank
    length, parts = s.fixed([s.x.shape[axis], s.x.shape[-1]], "axis")
    others: list[list[int] | None] = [s.known(1, "length") if s.has(1) else None]
    if not _old(s):
        others.append([1])
    basis = _transformed(s, length, parts, others, axis=1 if _old(s) else None)
    matrix = basis.reshape(length * parts, -1)
    perm = [*(k for k in range(rank - 1) if k != axis), axis, rank - 1]
    g = s.g.transpose(perm)
    rows = g.reshape([*g.shape[:-2], matrix.shape[1]])
    back = rows.matmul(s.tape.constant(matrix.T, s.x.type))
    moved = [s.x.shape[k] for k in perm]
    return back.reshape(moved).transpose([int(k) for k in np.argsort(perm)])


@rule("STFT")
def stft(s: Step) -> Gradients:
    """Transform every frame back, and add the frames up where they overlap."""
    s.fixed_input(2, "window")
    window = s.value(2)
    if s.has(2) and window is None:
        raise NoRuleError("its window is computed while it runs")
    frame = s.known(3, "length of frame")[0] if s.has(3) else len(np.asarray(window))
    step = s.known(1, "step")[0]
    length, parts = s.fixed(s.x.shape[1:], "length") if len(s.x.shape) == 3 else (0, 0)
    if not parts:
        raise NoRuleError("its signal has no axis of parts")
    basis = _transformed(s, frame, parts, [[step], window, [frame]])
    bins = int(np.prod(basis.shape[2:]))
    weight = basis.reshape(frame, parts, bins).transpose(2, 1, 0)
    n_frames = s.fixed(s.g.shape[1:2], "number of frames")[0]
    rows = s.g.reshape([s.g.shape[0], n_frames, bins]).transpose([0, 2, 1])
    covered = (n_frames - 1) * step + frame
    signal = rows.op(
        "ConvTranspose",
        s.tape.constant(weight, s.x.type),
        shape=(s.x.shape[0], parts, covered),
        kernel_shape=[frame],
        strides=[step],
    )
    return signal.pad({2: (0, length - covered)}).transpose([0, 2, 1])


def _old(s: Step) -> bool:
    """Before opset 20 the axis was an attribute."""
    return s.tape.opset < 20


def _transformed(
    s: Step,
    length: int,
    parts: int,
    others: Sequence[AnyArray | Sequence[int] | None],
    axis: int | None = None,
) -> AnyArray:
    """Return what the node makes of every unit vector, with the same attributes."""
    unit = np.eye(length * parts, dtype=np.float32).reshape(-1, length, parts)
    stored, names = [], ["x"]
    for k, values in enumerate(others):
        names.append("" if values is None else f"c{k}")
        if values is not None:
            array = np.asarray(values)
            array = array.reshape(()) if array.dtype.kind == "i" else array.astype(np.float32)
            stored.append(numpy_helper.from_array(array, f"c{k}"))
    given = {name: helper.get_attribute_value(value) for name, value in s.names().items()}
    if axis is not None:
        given["axis"] = axis
    node = helper.make_node(s.node.op_type, names, ["y"], **given)
    graph = helper.make_graph(
        [node],
        "transform",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, unit.shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        stored,
    )
    return run_once(graph, s.tape.opset, {"x": unit})
