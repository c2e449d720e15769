"""Detectors and segmenters: outputs that are answers of heads, and the features these share."""

from __future__ import annotations

import re
from collections.abc import Sequence

from attrs import frozen
from onnx import GraphProto, NodeProto

from rmqm_onnx.choices.last_layers import layer_before, score_operator
from rmqm_onnx.reading.graph import makers_above, needed_names, producers
from rmqm_onnx.reading.signature import TensorInfo

__all__ = ["Heads", "heads_of"]

_ANSWERS = re.compile(
    r"box|cls|class|scor|logit|obj|kps|keypoint|landmark|anchor|conf|heatmap|mask|(?<![a-z])loc",
    re.IGNORECASE,
)
_PLACES = re.compile(r"box|kps|keypoint|landmark|anchor|heatmap|mask", re.IGNORECASE)
_ENCODINGS = re.compile(r"emb|feat|latent|encod|repr|pool|descriptor|hidden", re.IGNORECASE)
_ARRANGING = ("Reshape", "Flatten", "Transpose", "Concat")
_FEATURES = frozenset(
    [
        *("Conv", "FusedConv", "ConvTranspose", "MatMul", "Gemm", "Add", "Mul", "Div", "Concat"),
        *("Relu", "LeakyRelu", "PRelu", "Clip", "HardSwish", "Elu", "Gelu", "Mish", "Tanh"),
        *("BatchNormalization", "InstanceNormalization", "LayerNormalization"),
        *("MaxPool", "AveragePool", "DequantizeLinear"),
    ]
)
"""Operators that make features; sizes and places are reckoned by others."""


@frozen
class Heads:
    """The outputs that are answers, and the last tensor on which all of them depend."""

    names: tuple[str, ...]
    shared: str | None

    @property
    def advice(self) -> str:
        """What to type to score the features instead of the answers."""
        if self.shared is None:
            return "Choose an earlier tensor with --output; rmqm-spec inspect lists candidates."
        what = "heads share" if len(self.names) > 1 else "head takes"
        return f"Score the features that its {what}: --output {self.shared} --pooling mean"


def heads_of(graph: GraphProto, outputs: Sequence[TensorInfo]) -> Heads | None:
    """
    Return the heads of a detector or segmenter; None where a model does not look like that.

    Several outputs are heads if at least two have the name of an answer, are probabilities, or list
    the places of a map; a single output is one only if it lists the places of a map.
    """
    floats = [info for info in outputs if info.is_float]
    if any(_ENCODINGS.search(info.name) for info in floats):
        return None
    lists = [info.name for info in floats if _lists_places(graph, info)]
    if len(outputs) == 1:
        return Heads(tuple(lists), layer_before(graph, lists[0])) if lists else None
    answers = [info for info in floats if _is_answer(graph, info) or info.name in lists]
    if len(answers) < 2 or not any(map(_has_places, answers)):
        return None
    names = tuple(info.name for info in answers)
    return Heads(names, _shared(graph, names))


def _has_places(info: TensorInfo) -> bool:
    """Return whether an answer is about places of an image: a classifier has none of these."""
    several = info.dims is None or sum(length != 1 for length in info.dims[1:]) > 1
    return several or bool(_PLACES.search(info.name))


def _is_answer(graph: GraphProto, info: TensorInfo) -> bool:
    return bool(_ANSWERS.search(info.name) or score_operator(graph, info.name))


def _lists_places(graph: GraphProto, info: TensorInfo) -> bool:
    """Return whether an output (N, places, values) is the map of a convolution, laid out."""
    if info.dims is None or len(info.dims) != 3:
        return False
    makers = producers(graph)
    arranged = False
    for node in makers_above(makers, info.name):
        if node.op_type in ("Conv", "QLinearConv", "FusedConv"):
            return arranged and _is_of_images(graph, node)
        if node.op_type not in (*_ARRANGING, "Sigmoid", "Softmax", "Mul", "Sqrt", "Identity"):
            return False
        arranged |= node.op_type in _ARRANGING
    return False


def _is_of_images(graph: GraphProto, layer: NodeProto) -> bool:
    """Return whether a layer is a convolution in two dimensions, by the axes of its weights."""
    ranks = {tensor.name: len(tensor.dims) for tensor in graph.initializer}
    makers = producers(graph)
    names = [
        makers[name].input[0] if name in makers else name  # quantised weights
        for name in layer.input[1:]
        if name not in makers or makers[name].op_type == "DequantizeLinear"
    ]
    return any(ranks.get(name) == 4 for name in names)


def _shared(graph: GraphProto, answers: Sequence[str]) -> str | None:
    """Return the last features, in the order of the graph, on which every answer depends."""
    common = set.intersection(*(needed_names(graph, name) - {name} for name in answers))
    makers = producers(graph)
    for node in reversed(graph.node):
        name = next(iter(node.output), "")
        if node.op_type in _FEATURES and name in common and _is_feature(makers, name):
            return name
    return None


def _is_feature(makers: dict[str, NodeProto], name: str) -> bool:
    """Return whether a tensor comes from a layer, and not from a shape."""
    for node in makers_above(makers, name):
        if node.op_type in ("Shape", "Constant", "Range"):
            return False
        if "Conv" in node.op_type or node.op_type in ("MatMul", "Gemm"):
            return True
    return False
