"""Which stored tensors are weights: what a network multiplies its activations with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod
from typing import Final

from onnx import ModelProto, NodeProto, TensorProto

from rmqm_onnx.reading.graph import all_nodes, all_tensors

__all__ = ["WIDTHS", "weights"]

WIDTHS: Final[Mapping[int, int]] = {
    TensorProto.FLOAT: 4,
    TensorProto.DOUBLE: 8,
    TensorProto.FLOAT16: 2,
    TensorProto.BFLOAT16: 2,
    TensorProto.FLOAT8E4M3FN: 1,
    TensorProto.FLOAT8E4M3FNUZ: 1,
    TensorProto.FLOAT8E5M2: 1,
    TensorProto.FLOAT8E5M2FNUZ: 1,
    TensorProto.INT8: 1,
    TensorProto.UINT8: 1,
    TensorProto.INT4: 1,
    TensorProto.UINT4: 1,
}
"""Bytes of a value of the types that weights have; two values of four bits stay together."""

_OPERANDS: Final[Mapping[str, tuple[int, ...]]] = {
    "Conv": (1,),
    "ConvTranspose": (1,),
    "ConvInteger": (1,),
    "DeformConv": (1,),
    "FusedConv": (1,),
    "NhwcConv": (1,),
    "NhwcFusedConv": (1,),
    "QLinearConv": (3,),
    "Gemm": (0, 1),
    "QGemm": (3,),
    "MatMul": (0, 1),
    "FusedMatMul": (0, 1),
    "GemmFastGelu": (1,),
    "MatMulInteger": (0, 1),
    "MatMulIntegerToFloat": (0, 1),
    "MatMulNBits": (1,),
    "DynamicQuantizeMatMul": (1,),
    "QLinearMatMul": (0, 3),
    "Einsum": (0, 1, 2, 3),
    "RNN": (1, 2),
    "GRU": (1, 2),
    "LSTM": (1, 2),
    "DynamicQuantizeLSTM": (1, 2),
    "Attention": (1,),
    "QAttention": (1,),
    "Gather": (0,),
    "GatherBlockQuantized": (0,),
    "EmbedLayerNormalization": (2, 3, 4),
}
"""Inputs of operators that hold kernels, matrices, tables of embeddings or recurrent weights."""

_LOOKED_UP = ("Gather",)
"""Also used on shapes and lists: only tables, of two axes or more, are weights there."""

_PASSED = (
    "Cast", "CastLike", "Concat", "DequantizeLinear", "Flatten", "Identity", "QuantizeLinear",
    "Reshape", "Squeeze", "Transpose", "Unsqueeze",
)  # fmt: skip
"""Operators that hand on what they take: a weight may be stored before them."""


def weights(model: ModelProto) -> list[tuple[str, TensorProto]]:
    """
    Find the weights of a model, wherever they are stored.

    Parameters
    ----------
    model : ModelProto
        With its own functions written out.

    Returns
    -------
    list of (str, TensorProto)
        Each tensor once, with a name that does not depend on the order of the file. Biases, gains
        and statistics of normalisations, scales, masks, constants of the input, shapes and single
        values are no weights.
    """
    nodes = list(all_nodes(model))
    makers = {name: node for node in nodes for name in node.output if name}
    stored = {tensor.name: tensor for tensor in all_tensors(model) if tensor.name}
    stored |= {
        node.output[0]: attribute.t
        for node in nodes
        if node.op_type == "Constant"
        for attribute in node.attribute
        if attribute.name == "value"
    }
    weights_by_name: dict[str, TensorProto] = {}
    for node in nodes:
        for place in _OPERANDS.get(node.op_type, ()):
            if place < len(node.input):
                for name in _origins(node.input[place], makers, stored):
                    if _is_weight(stored[name], node.op_type):
                        weights_by_name[name] = stored[name]
    return sorted(weights_by_name.items())


def _origins(
    name: str, makers: Mapping[str, NodeProto], stored: Mapping[str, TensorProto]
) -> Iterator[str]:
    """Yield the stored tensors that reach an operand without being computed with."""
    pending, visited = [name], set()
    while pending:
        name = pending.pop()
        if name in visited:
            continue
        visited.add(name)
        if name in stored:
            yield name
        elif name in makers and makers[name].op_type in _PASSED:
            node = makers[name]
            pending += node.input if node.op_type == "Concat" else node.input[:1]


def _is_weight(tensor: TensorProto, operator: str) -> bool:
    least_axes = 2 if operator in _LOOKED_UP else 0
    return tensor.data_type in WIDTHS and prod(tensor.dims) > 1 and len(tensor.dims) >= least_axes
