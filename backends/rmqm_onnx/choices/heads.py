"""Detectors and segmenters: outputs that are answers of heads, and the features these share."""

from __future__ import annotations

import re
from collections.abc import Sequence

from attrs import frozen
from onnx import GraphProto

from rmqm_onnx.choices.head_layers import decodes_maps, shared_features
from rmqm_onnx.choices.last_layers import score_operator
from rmqm_onnx.reading.signature import TensorInfo

__all__ = ["Heads", "heads_of"]

_ANSWERS = re.compile(
    r"box|cls|class|scor|logit|obj|kps|keypoint|landmark|anchor|conf|heatmap|mask|(?<![a-z])loc",
    re.IGNORECASE,
)
_PLACES = re.compile(r"box|kps|keypoint|landmark|anchor|heatmap|mask", re.IGNORECASE)
_ENCODINGS = re.compile(r"emb|feat|latent|encod|repr|pool|descriptor|hidden", re.IGNORECASE)

_CLASSES = (1, 20, 80, 90, 91, 365, 600)
_ANCHORS = 3
"""Maps before decoding have, for each of usually three anchors, a box, a certainty and classes."""


@frozen
class Heads:
    """The outputs that are answers, and the last tensor on which all of them depend."""

    names: tuple[str, ...]
    shared: str | None

    @property
    def advice(self) -> str:
        """What to type to score the features instead of the answers."""
        if self.shared is None:
            return "No features feed all heads: name a tensor inside the graph with --output."
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
        return Heads(tuple(lists), shared_features(graph, lists)) if lists else None
    answers = [info for info in floats if _is_answer(graph, info) or info.name in lists]
    if len(answers) < 2 or not any(map(_has_places, answers)):
        return None
    names = tuple(info.name for info in answers)
    return Heads(names, shared_features(graph, names))


def _has_places(info: TensorInfo) -> bool:
    """Return whether an answer is about places of an image: a classifier has none of these."""
    several = info.dims is None or sum(length != 1 for length in info.dims[1:]) > 1
    return several or bool(_PLACES.search(info.name))


def _is_answer(graph: GraphProto, info: TensorInfo) -> bool:
    return bool(_ANSWERS.search(info.name) or score_operator(graph, info.name))


def _lists_places(graph: GraphProto, info: TensorInfo) -> bool:
    """Return whether an output (N, places, values) or a map of anchors is the answer of a head."""
    if info.dims is None:
        return False
    if len(info.dims) == 4:
        return _is_map_of_anchors(graph, info)
    return len(info.dims) == 3 and decodes_maps(graph, info.name, arranged=True)


def _is_map_of_anchors(graph: GraphProto, info: TensorInfo) -> bool:
    """Return whether a map comes right out of a convolution, as wide as anchors are answered."""
    widths = {_ANCHORS * (5 + n) for n in _CLASSES}
    has_width = info.dims is not None and bool({info.dims[1], info.dims[3]} & widths)
    return has_width and decodes_maps(graph, info.name, arranged=False)
