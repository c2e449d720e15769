"""What a model takes and gives, and which tensors could be its encodings: without running it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from attrs import asdict
from onnx import TensorProto

from rmqm_onnx.choices.candidates import candidates
from rmqm_onnx.choices.heads import heads_of
from rmqm_onnx.choices.input import alterable_names, choose_input, relevant_inputs
from rmqm_onnx.choices.last_layers import score_operator
from rmqm_onnx.choices.layout_recognition import recognise_layout
from rmqm_onnx.choices.normalisation import normalisation_in_graph
from rmqm_onnx.choices.output import choose_output
from rmqm_onnx.choices.preprocessing import stored_preprocessing, usual_size
from rmqm_onnx.reading.model_description import describe_model
from rmqm_onnx.reading.model_file import ModelFile, read_model
from rmqm_onnx.reading.signature import TensorInfo, declared_inputs, declared_outputs
from rmqm_spec.contracts.backend import OpenOptions
from rmqm_spec.errors import RmqmError

__all__ = ["inspect_model"]


def inspect_model(path: str | Path, options: OpenOptions | None = None) -> dict[str, Any]:
    """
    Describe a model by its file alone.

    Returns
    -------
    dict
        Plain data: ``model``, ``inputs``, ``outputs``, ``chosen`` (input and output, each with a
        reason or an error), ``candidates`` for the encodings, ``preprocessing``, ``operators``,
        ``gradients`` (whether PGD is possible, and the operators without a derivative).

    Raises
    ------
    UnreadableError
        If the file is not a readable model.
    """
    options = options or OpenOptions()
    file = read_model(path)
    graph = file.proto.graph
    inputs, outputs = declared_inputs(graph), declared_outputs(graph)
    chosen = {
        "input": _attempt(lambda: _input(file, inputs, outputs, options)),
        "output": _attempt(lambda: _output(file, inputs, outputs, options)),
    }
    return {
        "model": _model(file),
        "inputs": [asdict(info) for info in inputs],
        "outputs": [asdict(info) for info in outputs],
        "chosen": chosen,
        "candidates": list(candidates(file.proto, outputs, *_name(chosen["output"]))),
        "preprocessing": _attempt(lambda: _preprocessing(file, inputs, chosen["input"], options)),
        "normalisation_in_graph": _in_graph(file, chosen["input"]),
        "gradients": _gradients(file, chosen),
        "operators": dict(Counter(_operator(node) for node in graph.node).most_common()),
    }


def _name(choice: dict[str, Any]) -> list[str]:
    return [choice["name"]] if "name" in choice else []


def _attempt(look: Any) -> dict[str, Any]:
    """Return the answer, or the error as data: an open choice must not hide the rest."""
    try:
        answer: dict[str, Any] = look()
    except RmqmError as error:
        return {"error": {"code": error.code, "message": error.message, "fix": error.fix}}
    return answer


def _model(file: ModelFile) -> dict[str, Any]:
    proto = file.proto
    n_parameters = 0
    for tensor in proto.graph.initializer:
        n_values = 1
        for length in tensor.dims:
            n_values *= length
        n_parameters += n_values
    types = Counter(
        TensorProto.DataType.Name(tensor.data_type) for tensor in proto.graph.initializer
    )
    return {
        "path": str(file.path),
        **describe_model(file),
        "parameters": n_parameters,
        "weight_types": dict(types.most_common()),
    }


def _input(
    file: ModelFile, inputs: list[TensorInfo], outputs: list[TensorInfo], options: OpenOptions
) -> dict[str, Any]:
    graph = file.proto.graph
    relevant = inputs
    try:
        output = choose_output(
            graph, outputs, options.output, alterable_names(inputs, options.input)
        )
        relevant = relevant_inputs(graph, inputs, output.name, options.input)
    except RmqmError:
        pass  # the output is still open: any input may be meant
    info, why = choose_input(graph, inputs if options.input else relevant, options.input)
    layout, findings = recognise_layout(
        graph,
        info,
        options.layout,
        options.size,
        usual=_usual_size(file, options, info),
        shape=options.input_shape,
    )
    return {
        "name": info.name,
        "why": why,
        "layout": layout.layout,
        "layout_why": layout.why,
        "kind": layout.spec.kind,
        "shape": list(layout.spec.shape),
        "batch": layout.batch,
        "notes": [finding.message for finding in findings],
    }


def _usual_size(file: ModelFile, options: OpenOptions, info: TensorInfo) -> tuple[int, int] | None:
    try:
        preprocessing = options.preprocessing or stored_preprocessing(file, info)
    except RmqmError:
        return None  # reported under "preprocessing"
    return usual_size(file, info, preprocessing)


def _output(
    file: ModelFile, inputs: list[TensorInfo], outputs: list[TensorInfo], options: OpenOptions
) -> dict[str, Any]:
    graph = file.proto.graph
    alterable = alterable_names(inputs, options.input)
    chosen = choose_output(graph, outputs, options.output, alterable)
    heads = heads_of(graph, outputs)
    is_answer = heads is not None and chosen.name in heads.names
    return {
        "name": chosen.name,
        "why": chosen.finding.message,
        "answers_of": "a detector or segmenter" if is_answer else None,
        "probabilities_by": score_operator(graph, chosen.name),
    }


def _preprocessing(
    file: ModelFile, inputs: list[TensorInfo], chosen: dict[str, Any], options: OpenOptions
) -> dict[str, Any]:
    if options.preprocessing is not None:
        return options.preprocessing.to_dict()
    altered = next((info for info in inputs if info.name == chosen.get("name")), None)
    preprocessing = stored_preprocessing(file, altered)
    return {"source": "none"} if preprocessing is None else preprocessing.to_dict()


def _in_graph(file: ModelFile, chosen: dict[str, Any]) -> list[str]:
    return normalisation_in_graph(file.proto.graph, chosen["name"]) if "name" in chosen else []


def _gradients(file: ModelFile, chosen: dict[str, Any]) -> dict[str, Any]:
    """Judge by the operators alone; a rule may still leave out a rare form of its operator."""
    from rmqm_onnx.gradients import operators_without_rule

    names = [chosen[side].get("name") for side in ("input", "output")]
    if None in names:
        return {"possible": None, "missing": {}}
    missing = Counter(node.operator for node in operators_without_rule(file.proto, *names))
    return {"possible": not missing, "missing": dict(missing.most_common())}


def _operator(node: Any) -> str:
    return str(node.op_type if node.domain in ("", "ai.onnx") else f"{node.domain}.{node.op_type}")
