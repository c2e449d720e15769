"""The forms that operators had in old opsets, and how opset 18 says the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from onnx import helper

from rmqm_onnx.gradients.old_form import FLOAT, OldForm
from rmqm_onnx.gradients.opsets import MIN_OPSET
from rmqm_spec.arrays import AnyArray
from rmqm_spec.errors import SubjectError

__all__ = ["CHANGES"]

Change: TypeAlias = Callable[[OldForm], None]

CHANGES: dict[str, Change] = {}
"""By operator of ``ai.onnx``."""


def change(*operators: str) -> Callable[[Change], Change]:
    """Enter a function as the change of operators."""

    def enter(function: Change) -> Change:
        CHANGES.update(dict.fromkeys(operators, function))
        return function

    return enter


# Arguments that were attributes

_WHOLE = {
    "Slice": ("starts", "ends", "axes"),
    "Split": ("split",),
    "Squeeze": ("axes",),
    "TopK": ("k",),
    "Unsqueeze": ("axes",),
    **{
        f"Reduce{name}": ("axes",)
        for name in (
            "L1", "L2", "LogSum", "LogSumExp", "Max", "Mean", "Min", "Prod", "Sum", "SumSquare"
        )
    },
}  # fmt: skip


@change(*_WHOLE)
def whole_numbers(old: OldForm) -> None:
    """Give axes, bounds and lengths as inputs."""
    for name in _WHOLE[old.node.op_type]:
        value = old.take(name)
        if value is not None:
            old.node.input.append(old.constant(np.atleast_1d(value)))
    if old.node.op_type == "Split" and len(old.node.input) < 2:
        old.state(num_outputs=len(old.node.output))


@change("Clip")
def clip(old: OldForm) -> None:
    """Give the bounds as inputs."""
    bounds = [old.take("min"), old.take("max")]
    if any(bound is not None for bound in bounds):
        old.node.input.extend(
            "" if bound is None else old.constant(bound, old.type) for bound in bounds
        )


@change("Pad")
def pad(old: OldForm) -> None:
    """Give widths and value as inputs."""
    pads, value = old.take("pads"), old.take("value", 0.0)
    if pads is not None:
        old.node.input.extend([old.constant(pads), old.constant(value, old.type)])


@change("Dropout")
def dropout(old: OldForm) -> None:
    """Leave the ratio out: without training, nothing is dropped."""
    for name in ("ratio", "is_test", "consumed_inputs"):
        old.take(name)


# Another meaning of the same form


@change("Softmax", "LogSoftmax", "Hardmax")
def softmax(old: OldForm) -> None:
    """Before opset 13, all axes from `axis` on were taken together."""
    if old.opset >= 13:
        return
    axis, rank = old.take("axis", 1), old.rank
    old.state(axis=-1)
    if axis == -1 or (rank is not None and axis % max(rank, 1) == rank - 1):
        return
    x = old.node.input[0]
    old.node.input[0] = old.add("Flatten", [x], axis=axis)
    old.finish("Reshape", [old.add("Shape", [x])])


@change("BatchNormalization")
def batch_normalization(old: OldForm) -> None:
    """Before opset 9, each value of a row could have statistics of its own."""
    for name in ("is_test", "consumed_inputs"):
        old.take(name)
    if old.opset < 14:
        del old.node.output[1:]
    if old.take("spatial", 1):
        return
    x, scale, shift, mean, variance = old.node.input
    room = old.constant(old.take("epsilon", 1e-5), old.type)
    deviation = old.add("Sqrt", [old.add("Add", [variance, room])])
    centred = old.add("Sub", [x, mean])
    scaled = old.add("Mul", [old.add("Div", [centred, deviation]), scale])
    old.node.CopyFrom(helper.make_node("Add", [scaled, shift], [old.node.output[0]]))


@change("Scatter")
def scatter(old: OldForm) -> None:
    """Give it its later name."""
    old.node.op_type = "ScatterElements"


@change("Upsample", "Resize")
def resize(old: OldForm) -> None:
    """
    State how coordinates were computed before attributes said so.

    Before opset 11, coordinates were scaled from the corner, and rounded down where an axis grew
    and up where it shrank. Opsets 11 and 12 had a mode of TensorFlow, which is half a pixel off.
    """
    if old.opset >= 11:
        _without_mode_of_tensorflow(old)
        return
    scales = old.take("scales")
    if scales is None:
        name = old.node.input[1]
        scales = old.tape.value(name)
    else:
        name = old.constant(scales, FLOAT)
    old.node.op_type = "Resize"
    old.node.input[1:] = ["", name]
    old.state(coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    if scales is not None and min(scales) < 1:
        _shrink_first(old, np.asarray(scales, dtype=FLOAT))


def _shrink_first(old: OldForm, scales: AnyArray) -> None:
    """Let a node of its own round up, along the axes that shrink."""
    x = old.node.input[0]
    given = {entry.name: helper.get_attribute_value(entry) for entry in old.node.attribute}
    shrunk = old.constant(np.minimum(scales, 1), FLOAT)
    smaller = old.add("Resize", [x, "", shrunk], **{**given, "nearest_mode": "ceil"})
    grown = old.constant(np.maximum(scales, 1), FLOAT)
    old.node.input[:] = [smaller, "", grown]


def _without_mode_of_tensorflow(old: OldForm) -> None:
    given = {entry.name: helper.get_attribute_value(entry) for entry in old.node.attribute}
    modes = given.get("coordinate_transformation_mode"), given.get("nearest_mode")
    if modes == (b"tf_half_pixel_for_nn", b"floor"):
        old.state(coordinate_transformation_mode="half_pixel", nearest_mode="round_prefer_ceil")


@change("Scan")
def scan(old: OldForm) -> None:
    """Refuse the form of opset 8, whose first axis was a batch."""
    if old.opset > 8:
        return
    raise SubjectError(
        "GRA004",
        f"the operators of a model of opset {old.opset} must have a form in opset {MIN_OPSET}; "
        f"Scan of opset 8 (makes {old.node.output[0]!r}) has none",
        fix="Export the model with opset 9 or later.",
    )
