"""How finely a network computes: read off the types of its weights, input and output."""

from __future__ import annotations

from collections import Counter
from math import prod

from onnx import ModelProto, TensorProto

from rmqm_onnx.reading.graph import all_tensors
from rmqm_spec.resolution import RESOLUTION

__all__ = ["coarsest_resolution"]

_TYPES: dict[int, str] = {
    TensorProto.FLOAT16: "float16",
    TensorProto.BFLOAT16: "bfloat16",
    TensorProto.FLOAT: "float32",
    TensorProto.DOUBLE: "float64",
}


def coarsest_resolution(model: ModelProto, *types: str) -> float:
    """
    Return the coarsest resolution among that of most weights and of `types`.

    A network of float32 with a float16 output, or the other way round, has that of float16.
    Types and weights that are not of floating type do not count.
    """
    sizes: Counter[str] = Counter()
    for tensor in all_tensors(model):
        if tensor.data_type in _TYPES:
            sizes[_TYPES[tensor.data_type]] += prod(tensor.dims)
    names = [name for name, _ in sizes.most_common(1)]
    known = [RESOLUTION[name] for name in (*names, *types) if name in RESOLUTION]
    return max(known, default=RESOLUTION["float32"])
