"""Does an output hold class scores? Seen by its name, the model's labels, and its last layer."""

from __future__ import annotations

import re
from pathlib import Path

from onnx import GraphProto

from rmqm_onnx.choices.heads import Heads
from rmqm_onnx.choices.last_layers import (
    LAYERS,
    last_layer,
    layer_before,
    pooling_option,
    score_operator,
)
from rmqm_onnx.choices.output_advice import NO_LAYER
from rmqm_onnx.reading.beside import json_beside
from rmqm_spec.findings import Finding, Level

__all__ = ["class_score_findings", "number_of_labels"]

_SCORES = re.compile(r"logit|class|(?<![a-z])cls|scor|prob|pred|label", re.IGNORECASE)
_ENCODINGS = re.compile(
    r"emb|feat|latent|encod|repr|pool|descriptor|hidden|token|(?<![a-z])(z|mu|mean)(?![a-z])",
    re.IGNORECASE,
)
_CLASS_COUNTS = frozenset(
    [
        *(2, 10, 43, 47, 62, 100, 101, 102, 120, 196, 200, 205, 257, 345, 365, 397, 400),
        *(527, 600, 700, 1000, 1001, 5089, 8142, 10450, 11221, 18291, 21841, 21843),
        *(19, 20, 21, 80, 81, 90, 91, 133, 150, 151),
    ]
)
"""Numbers of classes of public data sets, those for detection and segmentation in the last row."""


def class_score_findings(
    graph: GraphProto,
    output: str,
    shape: tuple[int, ...],
    *,
    named: bool,
    n_labels: int | None,
    heads: Heads | None,
) -> list[Finding]:
    """
    Say where encodings (of this shape for each input) are class scores, or answers of a detector.

    That a user named the output silences the warning, not the fact: rankings need it. The answers
    of a detector are warned of all the same, because each of them can be named only. Of
    probabilities another finding speaks.
    """
    if _ENCODINGS.search(output) or score_operator(graph, output) or not _is_end(graph, output):
        return []
    lengths = [length for length in shape if length != 1]
    is_map = len(lengths) > 1
    if heads is not None and output in heads.names:
        message = f"{output} looks like the answer of a detector or segmenter, not encodings"
        return [_finding(message, heads.advice, named, level="warn")]
    layer = last_layer(graph, output)
    n_classes = shape[0] if is_map else next(iter(lengths), 1)
    reason = _reason(output, n_classes, n_labels, layer.op_type if layer else None)
    if reason is None or n_classes < 2:
        return []
    before = layer_before(graph, output)
    what = "a map of class scores, from a segmenter or detector" if is_map else "class scores"
    fix = NO_LAYER
    if before is not None:
        fix = f"Score what the last layer takes: --output {before}{pooling_option(graph, before)}"
    return [_finding(f"{output} looks like {what}, not encodings: {reason}", fix, named)]


def _finding(message: str, fix: str, named: bool, level: Level | None = None) -> Finding:
    if named:
        message += "; it is taken, because --output names it"
    level = level or ("ok" if named else "warn")
    return Finding(code="OUT008", level=level, message=message, fix=fix)


def _is_end(graph: GraphProto, tensor: str) -> bool:
    """Return whether no layer with weights takes what is made of a tensor."""
    reached = {tensor}
    for node in graph.node:
        if reached & set(node.input):
            if node.op_type in LAYERS:
                return False
            reached |= set(node.output)
    return True


def number_of_labels(model: Path) -> int | None:
    """Return the number of labels in a config.json of Hugging Face beside a model, if any."""
    folder = model.absolute().parent
    for place in [folder, *([folder.parent] if folder.name == "onnx" else [])]:
        content = json_beside(place / "config.json")
        if not isinstance(content, dict):
            continue
        labels = content.get("id2label") or content.get("label2id")
        if isinstance(labels, dict) and labels:
            return len(labels)
    return None


def _reason(output: str, n_classes: int, n_labels: int | None, layer: str | None) -> str | None:
    if n_labels is not None and n_labels == n_classes:
        return f"config.json names {n_labels} labels, as many as it has values"
    if _SCORES.search(output):
        return "its name says so"
    if layer is not None and n_classes in _CLASS_COUNTS:
        return f"the last layer, {layer}, gives {n_classes} values, a usual number of classes"
    return None
