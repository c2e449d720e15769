"""Nodes of other domains are replaced by what they are defined to compute."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from onnx import ModelProto, NodeProto, helper, numpy_helper

from rmqm_onnx.gradients.contrib import DEFINITIONS
from rmqm_onnx.gradients.known_tensors import known_tensors
from rmqm_onnx.gradients.step import NoRuleError, Step
from rmqm_onnx.gradients.tape import Tape
from rmqm_onnx.gradients.tensor import Tensor
from rmqm_spec.arrays import AnyArray

__all__ = ["has_definitions", "with_definitions", "without_image_scaler"]


def has_definitions(model: ModelProto) -> bool:
    """Return whether a model has operators that are to be written out."""
    return any((node.domain, node.op_type) in DEFINITIONS for node in model.graph.node)


def with_definitions(model: ModelProto, example: Mapping[str, AnyArray], name: str) -> ModelProto:
    """Write out operators of other domains where their definition is known."""
    tape = known_tensors(model, example, name)
    nodes: list[NodeProto] = []
    for node in model.graph.node:
        nodes.extend(_written(tape, node))
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    model.graph.initializer.extend(tape.initializers)
    return model


def _written(tape: Tape, node: NodeProto) -> list[NodeProto]:
    define = DEFINITIONS.get((node.domain, node.op_type))
    if define is None:
        return [node]
    before = len(tape.nodes)
    try:
        defined = define(Step(tape, node, [], []))
    except (NoRuleError, ValueError):
        tape.rewind(before)
        return [node]  # it stays, and is named as an operator without a rule
    outputs = {0: defined} if isinstance(defined, Tensor) else defined
    made = {name: outputs.get(k) for k, name in enumerate(node.output) if name}
    if None in made.values():
        tape.rewind(before)
        return [node]
    named = [
        helper.make_node("Identity", [tensor.name], [name], name=f"{node.name}_{name}")
        for name, tensor in made.items()
        if tensor
    ]
    return [*tape.nodes[before:], *named]


def without_image_scaler(model: ModelProto) -> ModelProto:
    """Write ImageScaler, an experiment of the first opsets, as a product and a sum; in place."""
    nodes: list[NodeProto] = []
    for node in model.graph.node:
        if node.op_type != "ImageScaler" or node.domain:
            nodes.append(node)
            continue
        given = {entry.name: helper.get_attribute_value(entry) for entry in node.attribute}
        bias = np.array(given.get("bias", [0.0]), dtype=np.float32).reshape(1, -1, 1, 1)
        scale = np.array(given.get("scale", 1.0), dtype=np.float32)
        y = node.output[0]
        stored = [(scale, f"{y}_scale"), (bias, f"{y}_bias")]
        model.graph.initializer.extend(numpy_helper.from_array(*constant) for constant in stored)
        product = helper.make_node("Mul", [node.input[0], f"{y}_scale"], [f"{y}_scaled"])
        nodes += [product, helper.make_node("Add", [f"{y}_scaled", f"{y}_bias"], [y])]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model
