"""Open a model as an encoder: read, choose, run once, and say everything that was decided."""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import Any

from attrs import evolve
from onnx import GraphProto

from rmqm_onnx.arithmetic import coarsest_resolution
from rmqm_onnx.arrange import Arrangement
from rmqm_onnx.description import describe, summary
from rmqm_onnx.encoder import OnnxEncoder
from rmqm_onnx.feeds import read_feeds
from rmqm_onnx.graph import all_nodes, cut_out, has_zero_dims
from rmqm_onnx.input_choice import alterable_names, choose_input, relevant_inputs
from rmqm_onnx.input_layout import InputLayout
from rmqm_onnx.last_layers import layer_before, score_operator
from rmqm_onnx.layout import recognise_layout
from rmqm_onnx.lazy_gradients import Gradients
from rmqm_onnx.model_file import ModelFile, read_model
from rmqm_onnx.normalisation import normalisation_finding
from rmqm_onnx.output_choice import ChosenOutput, choose_output
from rmqm_onnx.pooling import channels_come_first
from rmqm_onnx.preprocessing_files import find_preprocessing
from rmqm_onnx.probing import Probed, probe
from rmqm_onnx.providers import Provider, open_session, require_known
from rmqm_onnx.runtime import import_runtime
from rmqm_onnx.signature import TensorInfo, declared_inputs, declared_outputs
from rmqm_onnx.threads import usable_cpus
from rmqm_spec.contracts.backend import OpenOptions
from rmqm_spec.contracts.encoder import EncoderTraits
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.findings import Finding

__all__ = ["open_encoder"]

_DYNAMIC_QUANTISATION = {"DynamicQuantizeLinear", "DynamicQuantizeMatMul", "DynamicQuantizeLSTM"}
_STRAIGHT_THROUGH = {
    "QuantizeLinear",
    "QLinearConv",
    "QLinearMatMul",
    "QGemm",
    *_DYNAMIC_QUANTISATION,
}
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
        If something must be chosen that was not; ARG001 if there is no such provider.
    SubjectError
        If the runtime refuses the model, or the model cannot serve as an encoder.
    UnavailableError
        If the runtime or the provider is not there.
    """
    options = options or OpenOptions()
    provider = require_known(options.provider)
    import_runtime()
    file = read_model(path)
    graph = file.proto.graph
    inputs = declared_inputs(graph)
    alterable = alterable_names(inputs, options.input)
    output = choose_output(graph, declared_outputs(graph), options.output, alterable)
    relevant = relevant_inputs(graph, inputs, output.name, options.input)
    chosen, why = choose_input(inputs if options.input else relevant, options.input)
    feeds = read_feeds(relevant, chosen.name, options.feeds)
    preprocessing, found = _preprocessing(file, chosen, options)
    layout, notes = recognise_layout(
        graph, chosen, options.layout, options.size, usual=preprocessing.size
    )
    message = f"altered input: {chosen}, {why}; read as {layout.layout}, {layout.why}"
    findings = [
        Finding(code="MOD001", level="ok", message=summary(file)),
        Finding(code="INP001", level="ok", message=message),
        *notes,
        output.finding,
        *found,
        *normalisation_finding(graph, chosen.name, preprocessing),
    ]
    arrangement = Arrangement(layout, preprocessing, chosen.dtype)
    callers, threads = _share_out(options)
    encoder = OnnxEncoder(
        session=_session(file, output, provider, threads, prune=len(relevant) < len(inputs)),
        input=chosen.name,
        output=output.name,
        arrangement=arrangement,
        feeds={info.name: (info, feeds[info.name]) for info in relevant if info.name in feeds},
        pooling=options.pooling or "flatten",
        channels_first=_channels_first(graph, output, layout),
        rows=layout.batch,
        traits=EncoderTraits(
            batch_size=options.batch_size or _batch_size(layout, provider),
            concurrency=callers,
            resolution=coarsest_resolution(file.proto, chosen.type),
        ),
    )
    operators = {node.op_type for node in all_nodes(file.proto)}
    probed = probe(encoder, bounds=(0.0, 1.0), quantised=bool(operators & _DYNAMIC_QUANTISATION))
    findings += [*probed.findings, *_output_findings(graph, output, probed, options)]
    description = describe(file, chosen, why, probed, options, threads)
    return evolve(
        probed.encoder,
        findings=tuple(findings),
        description=description,
        gradients=Gradients(
            file.path,
            description["model"]["sha256"],
            output.name,
            batch=probed.encoder.rows,
            provider=provider,
            threads=threads,
            straight_through=sorted(operators & _STRAIGHT_THROUGH),
        ),
    )


def _session(
    file: ModelFile, output: ChosenOutput, provider: Provider, threads: int, *, prune: bool
) -> Any:
    """Open the model; only the part that gives the encodings where it gives more."""
    graph = file.proto.graph
    prune = prune or not output.declared or len(graph.output) > 1 or has_zero_dims(graph)
    return open_session(
        cut_out(file.proto, output.name).SerializeToString() if prune else file.path,
        folder=file.path.parent if file.external and prune else None,
        provider=provider,
        threads=threads,
    )


def _channels_first(graph: GraphProto, output: ChosenOutput, layout: InputLayout) -> bool | None:
    found = channels_come_first(graph, output.name)
    return False if found is None and layout.layout == "nhwc" else found


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
    graph: GraphProto, output: ChosenOutput, probed: Probed, options: OpenOptions
) -> list[Finding]:
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
