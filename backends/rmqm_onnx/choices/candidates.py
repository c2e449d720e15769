"""Tensors that could be the encodings: the outputs, and the inputs of the last layers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from onnx import ModelProto, shape_inference

from rmqm_onnx.choices.heads import heads_of
from rmqm_onnx.choices.last_layers import layer_before, pooling_option
from rmqm_onnx.reading.graph import producers
from rmqm_onnx.reading.signature import TensorInfo, tensor_info

__all__ = ["candidates"]

_MAX_BYTES_FOR_SHAPES = 500_000_000
"""Shape inference copies the model; above this size candidates are listed without shapes."""


def candidates(
    proto: ModelProto, outputs: list[TensorInfo], *chosen: str
) -> Iterator[dict[str, Any]]:
    """Yield the outputs, and the tensor that the last layer of each takes."""
    shapes = _inferred(proto)
    makers = producers(proto.graph)
    listed: set[str] = set()
    heads = heads_of(proto.graph, outputs)
    answers = heads.names if heads is not None else ()
    for info in outputs:
        if info.is_float:
            yield {"name": info.name, "what": "output", "dims": info.dims}
        listed.add(info.name)
    if heads is not None and heads.shared is not None:
        listed.add(heads.shared)
        dims = shapes[heads.shared].dims if heads.shared in shapes else None
        what = "shared by all heads" if len(answers) > 1 else "taken by the head"
        yield {"name": heads.shared, "what": what, "dims": dims, "pooling": "mean"}
    ends = [info.name for info in outputs if info.name not in answers]
    for name in [*ends, *(name for name in chosen if name not in answers)]:
        before = layer_before(proto.graph, name)
        if before is not None and before not in listed and before in makers:
            listed.add(before)
            dims = shapes[before].dims if before in shapes else None
            what = f"before the last layer of {name}"
            pooling = "mean" if pooling_option(proto.graph, before) else None
            yield {"name": before, "what": what, "dims": dims, "pooling": pooling}


def _inferred(proto: ModelProto) -> dict[str, TensorInfo]:
    if proto.ByteSize() > _MAX_BYTES_FOR_SHAPES:
        return {}
    try:
        inferred = shape_inference.infer_shapes(proto)
    except Exception:  # shapes are a courtesy, and odd graphs have none
        return {}
    return {value.name: tensor_info(value) for value in inferred.graph.value_info}
