"""Which tensor holds the encodings: a declared output, or any tensor inside the graph."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from attrs import frozen
from onnx import GraphProto, NodeProto

from rmqm_onnx.choices.heads import heads_of
from rmqm_onnx.choices.last_layers import layer_before, pooling_option
from rmqm_onnx.choices.output_advice import NO_LAYER
from rmqm_onnx.reading.graph import makers_above, needed_names, producers
from rmqm_onnx.reading.signature import TensorInfo
from rmqm_spec.errors import SubjectError, UsageError
from rmqm_spec.findings import Finding

__all__ = ["ChosenOutput", "choose_output"]

_EMBEDDING = re.compile(r"embed|feature|latent|encod|represent|pooler|descriptor", re.IGNORECASE)
_TOKENS = re.compile(r"last_hidden_state", re.IGNORECASE)
_WRAPPERS = (
    "ZipMap",
    "ArrayFeatureExtractor",
    "ArgMax",
    "TopK",
    "Cast",
    "Identity",
    "Squeeze",
    "Reshape",
)
"""Operators that turn scores into labels and dictionaries."""


@frozen(kw_only=True)
class ChosenOutput:
    """The tensor that holds the encodings, and why it was chosen."""

    name: str
    info: TensorInfo | None
    declared: bool
    finding: Finding


def choose_output(
    graph: GraphProto,
    outputs: Sequence[TensorInfo],
    name: str | None,
    alterable: Collection[str],
) -> ChosenOutput:
    """
    Choose the tensor that holds the encodings.

    Parameters
    ----------
    graph : GraphProto
        The network.
    outputs : sequence of TensorInfo
        Its declared outputs.
    name : str, optional
        What the user chose.
    alterable : collection of str
        Inputs of which one is altered: an output that depends on none of them cannot be meant.

    Raises
    ------
    UsageError
        If the named tensor does not exist, or several outputs could be meant.
    SubjectError
        If nothing that the model gives is a tensor of floating type.
    """
    if name is not None:
        return _named(graph, outputs, name)
    made = [info for info in outputs if not _is_input(graph, info.name)] or outputs
    floats = [info for info in made if info.is_float]
    floats = floats or [info for info in made if info.type == "undeclared"]
    if not floats:
        return _behind_labels(graph, outputs)
    if len(floats) == 1:
        return _declared(floats[0], "the only output of floating type")
    moved = [info for info in floats if needed_names(graph, info.name) & set(alterable)]
    if len(moved) == 1:
        return _declared(moved[0], "the only output that depends on the altered input")
    return _among(graph, outputs, moved or floats)


def _is_input(graph: GraphProto, name: str) -> bool:
    """Return whether a tensor is an input passed through, at most rescaled, as ML.NET does."""
    for node in makers_above(producers(graph), name):
        if node.op_type not in ("Identity", "Cast", "Reshape", "Scaler"):
            return False
        name = next(iter(node.input), "")
    return any(value.name == name for value in graph.input)


def _among(
    graph: GraphProto, outputs: Sequence[TensorInfo], floats: Sequence[TensorInfo]
) -> ChosenOutput:
    vectors = [info for info in floats if _is_vector(info)]
    named = [info for info in vectors or floats if _EMBEDDING.search(info.name)]
    tokens = [info for info in floats if _TOKENS.search(info.name)]
    for possible, why in (
        (named, "the only output with the name of an embedding"),
        (vectors, "the only output with one vector per input"),
        ([] if vectors else tokens, "the last hidden state"),
    ):
        if len(possible) == 1:
            return _declared(possible[0], why)
    listed = "; ".join(str(info) for info in named or vectors or floats)
    heads = heads_of(graph, outputs)
    if heads is not None:
        raise UsageError(
            "OUT002",
            f"the encodings must be chosen; got the {len(outputs)} outputs of what looks like a "
            f"detector or segmenter, which are its answers: {listed}",
            fix=heads.advice,
        )
    raise UsageError(
        "OUT002",
        f"one output must be chosen as the encodings; got {len(named or vectors or floats)} "
        f"candidates: {listed}",
        fix="Choose one with --output NAME; rmqm-spec inspect lists tensors inside the graph too.",
    )


def _is_vector(info: TensorInfo) -> bool:
    """Return whether only a single axis after the batch is longer than 1, or left open."""
    return info.dims is not None and sum(length != 1 for length in info.dims[1:]) == 1


def _declared(info: TensorInfo, why: str) -> ChosenOutput:
    finding = Finding(code="OUT001", level="ok", message=f"encodings: output {info}, {why}")
    return ChosenOutput(name=info.name, info=info, declared=True, finding=finding)


def _named(graph: GraphProto, outputs: Sequence[TensorInfo], name: str) -> ChosenOutput:
    for info in outputs:
        if info.name == name and info.dims is None and info.type in ("sequence", "map", "optional"):
            raise UsageError(
                "OUT002", f"--output must name a tensor; got {info}", fix="Choose another tensor."
            )
        if info.name == name:
            return _declared(info, "named by --output")
    if name in producers(graph):
        message = f"encodings: tensor {name} inside the graph, named by --output"
        finding = Finding(code="OUT001", level="ok", message=message)
        return ChosenOutput(name=name, info=None, declared=False, finding=finding)
    import difflib

    known = list(dict.fromkeys([*(info.name for info in outputs), *producers(graph)]))
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5) or known[:3]
    raise UsageError(
        "OUT002",
        f"--output must name a tensor of the graph; got {name!r}",
        fix=f"Did you mean {', '.join(near)}? rmqm-spec inspect lists candidates.",
    )


def _behind_labels(graph: GraphProto, outputs: Sequence[TensorInfo]) -> ChosenOutput:
    """Find the scores behind labels and dictionaries."""
    makers = producers(graph)
    for info in reversed(outputs):
        name = _behind_wrappers(makers, info.name)
        if name in makers and name != info.name:
            message = (
                f"no output is a tensor of floating type ({'; '.join(map(str, outputs))}): "
                f"{name} is taken, the tensor behind {info.name}"
            )
            before = layer_before(graph, name)
            fix = NO_LAYER
            if before is not None:
                offer = f"{before}{pooling_option(graph, before)}"
                fix = f"Scores are not encodings. Score what the last layer takes: --output {offer}"
            finding = Finding(code="OUT003", level="warn", message=message, fix=fix)
            return ChosenOutput(name=name, info=None, declared=False, finding=finding)
    raise SubjectError(
        "OUT003",
        "an encoder must give a tensor of floating type; got "
        + ("; ".join(map(str, outputs)) or "no output"),
        fix="Name a tensor inside the graph with --output NAME: see rmqm-spec inspect.",
    )


def _behind_wrappers(makers: Mapping[str, NodeProto], name: str) -> str:
    """Return the tensor from which `name` is made by wrapping alone."""
    for _ in makers:
        node = makers.get(name)
        if node is None or node.op_type not in _WRAPPERS or not node.input:
            break
        name = node.input[-1 if node.op_type == "ArrayFeatureExtractor" else 0]
    return name
