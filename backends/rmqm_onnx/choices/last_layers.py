"""The end of a network: does it make probabilities, and what does its last layer take?"""

from __future__ import annotations

from onnx import GraphProto, NodeProto

from rmqm_onnx.reading.graph import constants, makers_above, producers

__all__ = ["LAYERS", "is_learnt", "last_layer", "layer_before", "pooling_option", "score_operator"]

_SCORES = ("Softmax", "LogSoftmax", "Sigmoid", "Hardmax")
_MOVES = (
    "GlobalAveragePool",
    "Relu",
    "Add",
    "Reshape",
    "Flatten",
    "Squeeze",
    "Unsqueeze",
    "Identity",
    "Cast",
    "Dropout",
    "Transpose",
    "Resize",
    "Upsample",
    "DepthToSpace",
    "QuantizeLinear",
    "DequantizeLinear",
)
LAYERS = (
    "Gemm",
    "MatMul",
    "Conv",
    "QGemm",
    "QLinearMatMul",
    "QLinearConv",
    "MatMulInteger",
    "ConvInteger",
    "FusedGemm",
    "FusedConv",
)

_VECTORS = ("Flatten", "ReduceMean", "Gemm", "MatMul", "QGemm", "QLinearMatMul", "FusedGemm")
"""Operators after which a feature map is none any more."""

_ARRANGING_INPUTS = frozenset(
    [
        *("Identity", "Cast", "Flatten", "Reshape", "Transpose", "Squeeze", "Unsqueeze", "Concat"),
        *("Add", "Sub", "Mul", "Div", "Clip", "Pad", "Resize", "Slice", "Gather", "Split"),
        *("Scaler", "Imputer", "Normalizer", "FeatureVectorizer", "ArrayFeatureExtractor"),
        *("QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "BatchNormalization"),
        *("Shape", "Constant", "ConstantOfShape", "Range", "Expand"),
    ]
)
"""Operators that move, scale or join an input: what they give is still the input."""

_QUANTISING = ("QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear")


def score_operator(graph: GraphProto, output: str) -> str | None:
    """Return the operator that makes probabilities of the output's values, if any."""
    for node in makers_above(producers(graph), output):
        if node.op_type in _SCORES:
            return str(node.op_type)
        if node.op_type not in (*_MOVES, "Concat", "Clip", "Sqrt") or node.op_type == "Add":
            break
    return None


def last_layer(graph: GraphProto, output: str) -> NodeProto | None:
    """Return the last operator with weights before an output, if only moves stand between."""
    makers = producers(graph)
    constant = constants(graph)
    node = makers.get(output)
    for _ in makers:
        if node is None or node.op_type in LAYERS:
            break
        following = _maker_of_data(node, makers, constant)
        rescales = node.op_type == "Mul" and following is not None and following.op_type == "Cast"
        # An integer product ends with a Cast and a Mul.
        movable = node.op_type in (*_MOVES, *_SCORES) or rescales
        node = following if movable else None
    return node


def layer_before(graph: GraphProto, output: str) -> str | None:
    """Return the tensor that the last layer takes: in a classifier, the penultimate encodings."""
    makers = producers(graph)
    constant = constants(graph)
    node = last_layer(graph, output)
    if node is None:
        return None
    name = next((name for name in node.input if name not in constant and name in makers), None)
    while name in makers and makers[name].op_type in _QUANTISING:
        name = makers[name].input[0]
    return name if name is not None and is_learnt(graph, name) else None


def is_learnt(graph: GraphProto, tensor: str) -> bool:
    """Return whether a network has made a tensor: inputs that were moved or scaled are none."""
    makers = producers(graph)
    stored = constants(graph)
    pending, seen = [tensor], set[str]()
    while pending:
        name = pending.pop()
        if name in seen or name not in makers:
            continue
        seen.add(name)
        node = makers[name]
        looks_up = node.op_type == "Gather" and node.input[0] in stored
        if looks_up or node.op_type not in _ARRANGING_INPUTS:
            return True
        if node.op_type != "Shape":
            pending.extend(node.input)
    return False


def pooling_option(graph: GraphProto, tensor: str) -> str:
    """Return `` --pooling mean`` where a tensor is a feature map, by the operators around it."""
    makers = producers(graph)
    for node in makers_above(makers, tensor):
        if node.op_type in ("GlobalAveragePool", "GlobalMaxPool", *_VECTORS):
            return ""
        if "Conv" in node.op_type or node.op_type in ("MaxPool", "AveragePool"):
            return " --pooling mean"
    return ""


def _maker_of_data(
    node: NodeProto, makers: dict[str, NodeProto], constant: set[str]
) -> NodeProto | None:
    names = (name for name in node.input if name in makers and name not in constant)
    return next((makers[name] for name in names), None)
