"""Before a graph is differentiated: a single opset, no functions, float32, constants folded."""

from __future__ import annotations

from collections.abc import Mapping

from onnx import ModelProto, helper, inliner, shape_inference

from rmqm_onnx.gradients.conversion import converted
from rmqm_onnx.gradients.definitions import without_image_scaler
from rmqm_onnx.gradients.execution import folded
from rmqm_onnx.gradients.known_tensors import known_tensors
from rmqm_onnx.gradients.opsets import MIN_OPSET, opset_of
from rmqm_onnx.gradients.precision import in_single_precision
from rmqm_onnx.reading.graph import cut_out
from rmqm_spec.arrays import AnyArray

__all__ = ["in_known_operators", "prepared"]


BY_DEFINITION = frozenset(
    [
        "AffineGrid",
        "Attention",
        "CausalConvWithState",
        "CenterCropPad",
        "GroupNormalization",
        "LinearAttention",
        "MeanVarianceNormalization",
        "NegativeLogLikelihoodLoss",
        "RMSNormalization",
        "RotaryEmbedding",
        "SoftmaxCrossEntropyLoss",
    ]
)
"""Operators that are written out as ONNX itself defines them."""


def prepared(model: ModelProto, output: str) -> ModelProto:
    """
    Return a copy of a model that gives `output` alone, of the same opset.

    Its functions and branches of constant conditions are written out, half precision is raised to
    float32, and ONNX Runtime has folded what does not depend on the inputs.
    """
    part = without_image_scaler(in_single_precision(_modern(cut_out(model, output))))
    if part.functions:
        part = inliner.inline_local_functions(part)
    return folded(part)


def in_known_operators(model: ModelProto, example: Mapping[str, AnyArray], name: str) -> ModelProto:
    """
    Return a prepared model in an opset and in operators that the rules know.

    Old opsets are converted, and operators that ONNX defines by others are written out.

    Parameters
    ----------
    model : ModelProto
        The prepared model.
    example : mapping of str to ndarray
        A value for each input.
    name : str
        The input that is differentiated.
    """
    if opset_of(model) < MIN_OPSET:
        known = known_tensors(model, example, name)
        model = folded(converted(_plain_opsets(model), known))
    if any(node.op_type in BY_DEFINITION and not node.domain for node in model.graph.node):
        model = folded(_written_out(model))
    return model


def _modern(model: ModelProto) -> ModelProto:
    """Leave initializers out of the inputs, as new models do: old exporters listed them there."""
    initial = {tensor.name for tensor in model.graph.initializer}
    kept = [value for value in model.graph.input if value.name not in initial]
    del model.graph.input[:]
    model.graph.input.extend(kept)
    model.ir_version = max(model.ir_version, 8)
    return model


def _plain_opsets(model: ModelProto) -> ModelProto:
    """Keep the opsets in use: ONNX Runtime lists every opset that it knows."""
    used = {node.domain for node in model.graph.node} | {""}
    kept = [
        helper.make_opsetid("" if opset.domain == "ai.onnx" else opset.domain, opset.version)
        for opset in model.opset_import
        if ("" if opset.domain == "ai.onnx" else opset.domain) in used
    ]
    del model.opset_import[:]
    model.opset_import.extend(kept)
    return model


def _written_out(model: ModelProto) -> ModelProto:
    """Write operators out as ONNX defines them; for that all types must be declared."""
    model = _plain_opsets(model)
    graph = model.graph
    declared = {value.name for value in (*graph.value_info, *graph.input)}
    graph.value_info.extend(
        helper.make_tensor_value_info(tensor.name, tensor.data_type, list(tensor.dims))
        for tensor in graph.initializer
        if tensor.name not in declared
    )
    typed = shape_inference.infer_shapes(model)
    names = [("", name) for name in sorted(BY_DEFINITION)]
    return inliner.inline_selected_functions(
        typed, names, exclude=False, inline_schema_functions=True
    )
