"""Open a model as an encoder: read, choose, run once, and say everything that was decided."""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import Any

from attrs import asdict, evolve
from onnx import ModelProto, TensorProto

from rmqm_onnx.arrange import Arrangement
from rmqm_onnx.encoder import OnnxEncoder
from rmqm_onnx.graph import all_nodes, cut_out, has_zero_dims, needed_names
from rmqm_onnx.input_choice import choose_input, read_feeds
from rmqm_onnx.layout import InputLayout, recognise_layout
from rmqm_onnx.model_file import ModelFile, read_model
from rmqm_onnx.normalisation import normalisation_finding
from rmqm_onnx.options import OpenOptions, Provider
from rmqm_onnx.output_choice import ChosenOutput, choose_output, layer_before, score_operator
from rmqm_onnx.preprocessing_files import find_preprocessing
from rmqm_onnx.probing import Probed, probe
from rmqm_onnx.providers import open_session
from rmqm_onnx.runtime import import_runtime, installed_builds
from rmqm_onnx.signature import TensorInfo, declared_inputs, declared_outputs
from rmqm_onnx.threads import usable_cpus
from rmqm_spec.encoders import EncoderTraits
from rmqm_spec.findings import Finding
from rmqm_spec.preprocessing import Preprocessing
from rmqm_spec.resolution import RESOLUTION

__all__ = ["open_encoder"]

_DYNAMIC_QUANTISATION = {"DynamicQuantizeLinear", "DynamicQuantizeMatMul", "DynamicQuantizeLSTM"}
_MAX_CALLERS = 8
_VALUES_PER_BATCH = {"cpu": 640_000, "cuda": 2**24, "tensorrt": 2**24}
"""Inputs of a batch and what becomes of them should fit into the processor's cache."""

_MAX_BATCH = {"cpu": 50, "cuda": 100, "tensorrt": 100}
"""Half of or all the levels of an input; larger batches gain nothing (see benchmarks)."""


def open_encoder(path: str | Path, options: OpenOptions | None = None) -> OnnxEncoder:
    """
    Open an ONNX model as an encoder.

    Parameters
    ----------
    path : str or Path
        An ``.onnx`` file, or a folder with ``model.onnx`` or ``onnx/model.onnx``.
    options : OpenOptions, optional
        What the file does not say, or says wrongly.

    Returns
    -------
    OnnxEncoder
        Ready to encode; its `findings` tell what was chosen and why.

    Raises
    ------
    UnreadableError
        If there is no such model or parts of it are missing.
    UsageError
        If something must be chosen that was not.
    SubjectError
        If the runtime refuses the model, or the model cannot serve as an encoder.
    UnavailableError
        If the runtime or the provider is not there.
    """
    options = options or OpenOptions()
    runtime = import_runtime()
    file = read_model(path)
    graph = file.proto.graph
    inputs, outputs = declared_inputs(graph), declared_outputs(graph)
    output = choose_output(graph, outputs, options.output)
    needed = needed_names(graph, output.name)
    relevant = [info for info in inputs if info.name in needed] or inputs
    chosen, why = choose_input(inputs if options.input else relevant, options.input)
    feeds = read_feeds(relevant, chosen.name, options.feeds)
    preprocessing, found = _preprocessing(file, chosen, options)
    size = options.size or preprocessing.size
    layout, open_dimensions = recognise_layout(graph, chosen, options.layout, size)
    found = [
        Finding(code="MOD001", level="ok", message=_summary(file)),
        Finding(
            code="INP001",
            level="ok",
            message=f"altered input: {chosen}, {why}; read as {layout.layout}, {layout.why}",
        ),
        *open_dimensions,
        output.finding,
        *found,
    ]
    in_graph = normalisation_finding(graph, chosen.name, preprocessing)
    found += [in_graph] if in_graph else []
    callers, threads = _share_out(options)
    whole = output.declared and len(relevant) == len(inputs) and not has_zero_dims(graph)
    session = open_session(
        file.path if whole else cut_out(file.proto, output.name).SerializeToString(),
        folder=file.path.parent if file.external and not whole else None,
        provider=options.provider,
        threads=threads,
    )
    encoder = OnnxEncoder(
        session=session,
        input=chosen.name,
        output=output.name,
        arrangement=Arrangement(layout, preprocessing, chosen.dtype),
        feeds={info.name: (info, feeds[info.name]) for info in relevant if info.name in feeds},
        pooling=options.pooling or "flatten",
        rows=layout.batch,
        traits=EncoderTraits(
            batch_size=options.batch_size or _batch_size(layout, options.provider),
            concurrency=callers,
            resolution=_resolution(file.proto, chosen),
        ),
    )
    operators = {node.op_type for node in all_nodes(file.proto)}
    probed = probe(encoder, bounds=(0.0, 1.0), quantised=bool(operators & _DYNAMIC_QUANTISATION))
    found += [*probed.findings, *_output_findings(file, output, probed, options)]
    description = {
        "model": _describe_model(file),
        "input": {
            **asdict(chosen),
            "why": why,
            "layout": layout.layout,
            "feeds": dict(options.feeds),
        },
        "output": {
            "name": output.name,
            "shape": list(probed.output_shape),
            "type": probed.output_type,
            "pooling": encoder.pooling,
        },
        "preprocessing": preprocessing.to_dict(),
        "geometry": {
            "shape": list(layout.spec.shape),
            "type": "float32",
            "resize": preprocessing.resize,
            "crop": preprocessing.crop,
            "interpolation": preprocessing.interpolation,
        },
        "runtime": {
            "builds": installed_builds(),
            "version": runtime.__version__,
            "provider": options.provider,
            "providers": session.get_providers(),
            "threads_per_operator": threads,
            "callers": callers,
            "batch_size": encoder.traits.batch_size,
            "rows_per_call": probed.encoder.rows,
            "one_at_a_time": probed.encoder.one_at_a_time,
        },
    }
    return evolve(probed.encoder, findings=tuple(found), description=description)


def _preprocessing(
    file: ModelFile, chosen: TensorInfo, options: OpenOptions
) -> tuple[Preprocessing, list[Finding]]:
    metadata = {entry.key: entry.value for entry in file.proto.metadata_props}
    found = options.preprocessing or find_preprocessing(metadata, file.path)
    if found is not None:
        message = f"preprocessing known: {found.source}"
        return found, [Finding(code="PRE001", level="ok", message=message)]
    if chosen.type == "uint8":
        message = "no preprocessing found: the network takes bytes, so values go in as 0 to 255"
        return Preprocessing(), [Finding(code="PRE001", level="ok", message=message)]
    return Preprocessing(), [
        Finding(
            code="PRE001",
            level="warn",
            message="no preprocessing found: the values in [0, 1] go in as they are",
            fix="Say what the model was trained with: --mean, --std, --scale or --preprocess FILE; "
            "if it takes [0, 1], say --scale 1.",
        )
    ]


def _output_findings(
    file: ModelFile, output: ChosenOutput, probed: Probed, options: OpenOptions
) -> list[Finding]:
    graph = file.proto.graph
    found: list[Finding] = []
    shape = probed.output_shape
    if sum(length != 1 for length in shape) > 1 and options.pooling is None:
        found.append(
            Finding(
                code="OUT004",
                level="warn",
                message=f"the encodings of one input have shape {shape}: all values are taken",
                fix="Say --pooling cls or mean for tokens, mean for feature maps, or flatten.",
            )
        )
    operator = score_operator(graph, output.name)
    if operator is not None:
        before = layer_before(graph, output.name)
        found.append(
            Finding(
                code="OUT006",
                level="warn",
                message=f"{output.name} comes out of {operator}: probabilities, not encodings",
                fix=f"Score the layer before: --output {before}"
                if before
                else "Choose another --output.",
            )
        )
    return found


def _share_out(options: OpenOptions) -> tuple[int, int]:
    """Share the processors out: several calls at once lose less than many threads in one call."""
    cpus = options.threads or usable_cpus()
    if options.provider != "cpu":
        return min(cpus, 4), 1
    callers = min(cpus, _MAX_CALLERS)
    return callers, max(1, cpus // callers)


def _batch_size(layout: InputLayout, provider: Provider) -> int:
    n_values = prod(layout.spec.shape)
    return max(1, min(_MAX_BATCH[provider], _VALUES_PER_BATCH[provider] // n_values))


def _resolution(proto: ModelProto, chosen: TensorInfo) -> float:
    """Tell the resolution of the arithmetic: that of the type most weights have."""
    sizes = dict.fromkeys(("float16", "bfloat16", "float32", "float64"), 0)
    names = {
        TensorProto.FLOAT16: "float16",
        TensorProto.BFLOAT16: "bfloat16",
        TensorProto.FLOAT: "float32",
        TensorProto.DOUBLE: "float64",
    }
    for tensor in proto.graph.initializer:
        if tensor.data_type in names:
            sizes[names[tensor.data_type]] += prod(tensor.dims)
    if not any(sizes.values()):
        return RESOLUTION.get(chosen.type, RESOLUTION["float32"])
    return RESOLUTION[max(sizes, key=lambda name: sizes[name])]


def _summary(file: ModelFile) -> str:
    proto = file.proto
    opset = max(
        (entry.version for entry in proto.opset_import if entry.domain in ("", "ai.onnx")),
        default=0,
    )
    producer = f"{proto.producer_name} {proto.producer_version}".strip() or "unknown producer"
    return f"{file.path.name}: {file.n_bytes / 1e6:.2f} MB, opset {opset}, {producer}"


def _describe_model(file: ModelFile) -> dict[str, Any]:
    proto = file.proto
    return {
        "name": file.path.name,
        "sha256": file.digest(),
        "bytes": file.n_bytes,
        "external_data": [path.name for path in file.external],
        "producer": f"{proto.producer_name} {proto.producer_version}".strip(),
        "ir_version": proto.ir_version,
        "opsets": {entry.domain or "ai.onnx": entry.version for entry in proto.opset_import},
    }
