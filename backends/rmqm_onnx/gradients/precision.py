"""Half precision raised to float32: gradients in half precision differ by a tenth."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from onnx import AttributeProto, GraphProto, ModelProto, TensorProto, numpy_helper

from rmqm_onnx.reading.graph import all_nodes, all_tensors

__all__ = ["in_single_precision"]

_HALF = (TensorProto.FLOAT16, TensorProto.BFLOAT16)
_TYPE_ATTRIBUTES = ("to", "dtype", "stash_type", "output_dtype", "softmax_precision")


def in_single_precision(model: ModelProto) -> ModelProto:
    """Raise every float16 and bfloat16 of a model to float32, in place; float64 stays."""
    for tensor in all_tensors(model):
        if tensor.data_type in _HALF:
            raised = numpy_helper.to_array(tensor).astype(np.float32)
            tensor.CopyFrom(numpy_helper.from_array(raised, tensor.name))
    for node in all_nodes(model):
        for attribute in node.attribute:
            is_type = attribute.type == AttributeProto.INT and attribute.name in _TYPE_ATTRIBUTES
            if is_type and attribute.i in _HALF:
                attribute.i = TensorProto.FLOAT
    for graph in _graphs(model):
        for value in (*graph.input, *graph.output, *graph.value_info):
            kind = value.type.tensor_type
            if kind.elem_type in _HALF:
                kind.elem_type = TensorProto.FLOAT
    return model


def _graphs(model: ModelProto) -> Iterator[GraphProto]:
    yield model.graph
    for node in all_nodes(model):
        for attribute in node.attribute:
            yield from attribute.graphs
            if attribute.HasField("g"):
                yield attribute.g
