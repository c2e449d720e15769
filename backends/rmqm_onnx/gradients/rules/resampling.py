"""Pad and Resize are linear along every axis: the gradient is a product with the transpose."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from rmqm_onnx.gradients.execution import run_once
from rmqm_onnx.gradients.step import NoRuleError, Step
from rmqm_onnx.gradients.table import Gradients, rule
from rmqm_spec.arrays import AnyArray


@rule("Pad")
def pad(s: Step) -> Gradients:
    """Cut zeros off; what was mirrored, repeated or wrapped is added up."""
    s.fixed_input(2, "value")
    rank = len(s.x.shape)
    pads = s.integers("pads") or s.known(1, "pads")
    axes = [k % rank for k in s.known(3, "axes")] if s.has(3) else list(range(rank))
    widths = {
        axis: (pads[k], pads[k + len(axes)])
        for k, axis in enumerate(axes)
        if pads[k] or pads[k + len(axes)]
    }
    mode = s.text("mode", "constant")
    if mode == "constant":
        return s.g.pad({axis: (-before, -after) for axis, (before, after) in widths.items()})
    g = s.g
    for axis, (before, after) in widths.items():
        length = s.fixed([s.x.shape[axis]], "axis")[0]
        g = g.along(axis, _copies(length, before, after, mode))
    return g


def _copies(length: int, before: int, after: int, mode: str) -> AnyArray:
    """Return a 1 where a padded place (column) holds a copy of a place (row)."""
    places = np.arange(length)[max(-before, 0) : length - max(-after, 0)]
    widths = (max(before, 0), max(after, 0))
    if mode == "reflect":
        padded = np.pad(places, widths, mode="reflect")
    elif mode == "edge":
        padded = np.pad(places, widths, mode="edge")
    else:
        padded = np.pad(places, widths, mode="wrap")
    return np.asarray(padded[None] == np.arange(length)[:, None])


@rule("Resize", "Upsample")
def resize(s: Step) -> Gradients:
    """Ask the runtime itself for the matrix: it resizes the identity, axis by axis."""
    rank = len(s.x.shape)
    mode = s.text("coordinate_transformation_mode", "half_pixel")
    if mode == "tf_crop_and_resize" or s.text("keep_aspect_ratio_policy", "stretch") != "stretch":
        raise NoRuleError("it crops, or keeps the aspect ratio")
    scales = _scales(s, rank)
    g = s.g
    for axis in range(rank):
        old, new = s.x.shape[axis], s.y.shape[axis]
        if old == new and scales.get(axis, 1.0) == 1.0:
            continue
        length, result = s.fixed([old, new], "axis")
        if _repeats(s, length, result, scales.get(axis)):
            shape = [*s.x.shape[:axis], length, result // length, *s.y.shape[axis + 1 :]]
            g = g.reshape(shape).sum([axis + 1], keepdims=False)
        else:
            g = g.along(axis, _matrix(s, length, result, scales.get(axis)))
    return g


def _scales(s: Step, rank: int) -> dict[int, float]:
    """Return the scale of each axis, none where the node gives sizes instead."""
    k = 1 if s.node.op_type == "Upsample" else 2
    scales = s.value(k)
    if scales is None and s.has(k) and s.tape.tensors[s.node.input[k]].shape != (0,):
        raise NoRuleError("its scales are computed while it runs")
    if scales is None or not scales.size:
        return {}
    axes = s.integers("axes") or list(range(rank))
    return {
        axis % rank: float(factor) for axis, factor in zip(axes, scales.reshape(-1), strict=True)
    }


_EVEN = (
    ("half_pixel", "round_prefer_floor"),
    ("half_pixel", "round_prefer_ceil"),
    ("asymmetric", "floor"),
)


def _repeats(s: Step, length: int, result: int, scale: float | None) -> bool:
    """Return whether the nearest neighbour repeats every value equally often."""
    coordinates = s.text("coordinate_transformation_mode", "half_pixel")
    rounding = s.text("nearest_mode", "round_prefer_floor")
    return (
        s.text("mode", "nearest") == "nearest"
        and result % length == 0
        and scale in (None, result / length)
        and (coordinates, rounding) in _EVEN
    )


def _matrix(s: Step, length: int, result: int, scale: float | None) -> AnyArray:
    """Return the transposed matrix of resizing an axis."""
    kept = [a for a in s.node.attribute if a.name not in ("axes", "keep_aspect_ratio_policy")]
    if scale is None:
        size = numpy_helper.from_array(np.array([1, 1, length, result]), "size")
        node = helper.make_node("Resize", ["x", "", "", "size"], ["y"])
    else:
        size = numpy_helper.from_array(np.array([1, 1, 1, scale], dtype=np.float32), "size")
        node = helper.make_node("Resize", ["x", "", "size"], ["y"])
    node.attribute.extend(kept)
    identity = np.eye(length, dtype=np.float32)[None, None]
    values = {"x": helper.make_tensor_value_info("x", TensorProto.FLOAT, identity.shape)}
    graph = helper.make_graph(
        [node],
        "axis",
        list(values.values()),
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [size],
    )
    resized = run_once(graph, s.tape.opset, {"x": identity})
    return np.asarray(resized[0, 0])
