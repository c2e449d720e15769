"""What to score instead, where an output turns out to hold scores or zeros only when it is run."""

from __future__ import annotations

from onnx import GraphProto

from rmqm_onnx.choices.head_layers import last_layers
from rmqm_onnx.choices.heads import Heads
from rmqm_onnx.choices.last_layers import is_learnt, layer_before, pooling_option
from rmqm_onnx.reading.graph import makers_above, producers
from rmqm_spec.contracts.backend import OutputAdvice

__all__ = ["NO_LAYER", "output_advice", "score_advice"]

NO_LAYER = "No layer stands before these scores: this model has no encodings to score."

_RECTIFIERS = ("Relu", "Clip", "ThresholdedRelu", "HardSigmoid", "HardSwish")
_MOVES = (
    *("Flatten", "Reshape", "Squeeze", "Unsqueeze", "Transpose", "Identity", "Cast", "Dropout"),
    *("GlobalAveragePool", "GlobalMaxPool", "AveragePool", "MaxPool", "ReduceMean", "ReduceMax"),
    *("QuantizeLinear", "DequantizeLinear"),
)


def output_advice(graph: GraphProto, output: str, heads: Heads | None) -> OutputAdvice:
    """Return what to type where encodings turn out to be class scores, or zeros."""
    return OutputAdvice(
        scores=score_advice(graph, output, heads), zeros=_zero_advice(graph, output)
    )


def score_advice(graph: GraphProto, output: str, heads: Heads | None) -> str:
    """Return what to type instead of an output that holds scores."""
    if heads is not None and output in heads.names:
        return heads.advice
    before = layer_before(graph, output) or _before_decoding(graph, output)
    if before is None:
        return NO_LAYER
    return f"Score the layer before: --output {before}{pooling_option(graph, before)}"


def _zero_advice(graph: GraphProto, output: str) -> str:
    """Name what goes into the last rectifier, where no value is cut off, or an earlier layer."""
    before = _before_rectifier(graph, output) or layer_before(graph, output)
    if before is None:
        return "No layer stands before this output: it has no encodings to score."
    return f"Score an earlier tensor: --output {before}{pooling_option(graph, before)}"


def _before_rectifier(graph: GraphProto, output: str) -> str | None:
    for node in makers_above(producers(graph), output):
        if node.op_type in _RECTIFIERS:
            return node.input[0] if is_learnt(graph, node.input[0]) else None
        if node.op_type not in _MOVES:
            break
    return None


def _before_decoding(graph: GraphProto, output: str) -> str | None:
    """Return what the last layer takes, where a softmax of other operators stands behind it."""
    names = [name for layer in last_layers(graph, output) for name in layer.input]
    return next((name for name in names if name and is_learnt(graph, name)), None)
