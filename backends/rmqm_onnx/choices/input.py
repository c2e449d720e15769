"""Which input is altered, and which other inputs need a value."""

from __future__ import annotations

import re
from collections.abc import Sequence

from onnx import GraphProto

from rmqm_onnx.choices.states import state_inputs
from rmqm_onnx.reading.graph import consumers, needed_names
from rmqm_onnx.reading.signature import FLOATS, TensorInfo, declared_inputs
from rmqm_spec.errors import SubjectError, UsageError

__all__ = ["alterable_names", "choose_input", "relevant_inputs"]

_DATA = re.compile(
    r"pixel|image|img|frame|photo|picture|video|audio|wave|sound|speech|signal"
    r"|input_(values|features)",
    re.IGNORECASE,
)

ALTERABLE = (*FLOATS, "uint8")
"""Types whose values can be altered in small steps; uint8 holds pixels from 0 to 255."""


def alterable_names(inputs: Sequence[TensorInfo], name: str | None) -> set[str]:
    """Return the names of the inputs that may be altered: the named input, or all possible."""
    return {name} if name else {info.name for info in inputs if info.type in ALTERABLE}


def relevant_inputs(
    graph: GraphProto, inputs: Sequence[TensorInfo], output: str, name: str | None
) -> list[TensorInfo]:
    """
    Return the inputs that the encodings depend on.

    Raises
    ------
    SubjectError
        If there is none.
    UsageError
        If the input that the user named is not among them.
    """
    needed = needed_names(graph, output)
    relevant = [info for info in inputs if info.name in needed]
    if not relevant:
        raise SubjectError(
            "OUT007",
            f"the encodings must depend on an input; got {output}, which depends on none",
            fix="Choose another --output.",
        )
    if name in {info.name for info in inputs} - needed:
        listed = "; ".join(str(info) for info in relevant)
        raise UsageError(
            "INP002",
            f"--input must name an input that {output} depends on ({listed}); got {name!r}",
            fix="Correct it, or choose another --output.",
        )
    return relevant


def choose_input(
    graph: GraphProto, inputs: Sequence[TensorInfo], name: str | None
) -> tuple[TensorInfo, str]:
    """
    Choose the input that is altered, never a state that goes from call to call.

    Returns
    -------
    TensorInfo, str
        The input, and why it was chosen, with the next best where there is another.

    Raises
    ------
    UsageError
        If the named input does not exist, or several could be meant.
    SubjectError
        If no input can be altered.
    """
    listed = "; ".join(str(info) for info in inputs)
    if name is not None:
        for info in inputs:
            if info.name == name:
                _refuse_quantised(graph, info)
                return _alterable(info), "named by --input"
        raise UsageError(
            "INP002",
            f"--input must name an input ({listed}); got {name!r}",
            fix="Choose one of these inputs.",
        )
    possible = [info for info in inputs if info.type in ALTERABLE]
    if not possible:
        for info in inputs:
            _refuse_quantised(graph, info)
        raise SubjectError(
            "INP003",
            f"one input must be of type {', '.join(ALTERABLE)}; got {listed or 'no input'}",
            fix="Alterations need a continuous input: score the part of the model behind its "
            "tokens or strings.",
        )
    if len(possible) == 1:
        return possible[0], _why_alone(graph, possible[0])
    chosen, why = _among(graph, possible)
    others = ", ".join(info.name for info in possible if info is not chosen)
    return chosen, f"{why}; {others} could be named by --input instead"


def _why_alone(graph: GraphProto, chosen: TensorInfo) -> str:
    """Tell an input that no other stands beside from one that alone feeds the encodings."""
    others = [info for info in declared_inputs(graph) if info.name != chosen.name]
    if any(info.type in ALTERABLE for info in others):
        return "the only input that feeds the encodings"
    return "the only input that can be altered"


def _among(graph: GraphProto, possible: Sequence[TensorInfo]) -> tuple[TensorInfo, str]:
    """Choose among several inputs: by what they are for, then by their shape, then by name."""
    states = state_inputs(graph, possible, [value.name for value in graph.output])
    data = [info for info in possible if info.name not in states] or list(possible)
    large = [info for info in data if not _is_single(info)]
    images = [info for info in large if info.dims is not None and len(info.dims) == 4]
    colours = [info for info in images if info.dims and 3 in (info.dims[1], info.dims[3])]
    named = [info for info in large if _DATA.search(info.name)]
    for group, why in (
        (data, "the only input that is no state"),
        (large, "the only one with more than one value that can be altered"),
        (images, "the only input with the shape of images"),
        (colours, "the only input with the shape of colour images"),
        (named, "the only input with the name of data"),
    ):
        if len(group) == 1:
            return group[0], why
    raise UsageError(
        "INP002",
        f"one input must be chosen to be altered; got {len(data)} candidates: "
        + "; ".join(str(info) for info in data),
        fix="Choose one with --input NAME, and feed the others with --feed NAME=VALUE.",
    )


def _is_single(info: TensorInfo) -> bool:
    """Return whether an input holds a value for each row, such as a threshold."""
    return info.dims is not None and all(length == 1 for length in info.dims[1:])


def _alterable(info: TensorInfo) -> TensorInfo:
    if info.type in ALTERABLE:
        return info
    raise SubjectError(
        "INP003",
        f"the altered input must have a type among {', '.join(ALTERABLE)}; got {info}",
        fix="Choose another --input: alterations need a continuous input.",
    )


def _refuse_quantised(graph: GraphProto, info: TensorInfo) -> None:
    """Refuse quantised values by name: they are continuous, but stored in steps of the network."""
    readers = [node for node in consumers(graph, info.name) if node.op_type == "DequantizeLinear"]
    if info.type not in _QUANTISED or not readers:
        return
    raise SubjectError(
        "INP003",
        f"the altered input must have a type among {', '.join(ALTERABLE)}; got {info}, which "
        "DequantizeLinear turns into floats: the network takes quantised values",
        fix="Cut the quantisation off, so that the input is what DequantizeLinear gives: "
        f"onnx.utils.extract_model(MODEL, NEW, [{readers[0].output[0]!r}], [OUTPUT]). Or quantise "
        "the model again with floating-point inputs.",
    )


_QUANTISED = ("int8", "int16", "uint16", "int32")
"""Types of quantised values, without uint8, which holds pixels and can be altered."""
