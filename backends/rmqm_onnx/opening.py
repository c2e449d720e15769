"""Open a model as an encoder: read, choose, run once, and say everything that was decided."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from attrs import evolve
from onnx import GraphProto

from rmqm_onnx.choices.channel_axis import channels_come_first
from rmqm_onnx.choices.input import alterable_names, choose_input, relevant_inputs
from rmqm_onnx.choices.input_layout import InputLayout
from rmqm_onnx.choices.layout_recognition import recognise_layout
from rmqm_onnx.choices.normalisation import normalisation_finding
from rmqm_onnx.choices.output import ChosenOutput, choose_output
from rmqm_onnx.choices.output_findings import output_findings
from rmqm_onnx.choices.preprocessing import choose_preprocessing
from rmqm_onnx.deferred_gradient import Gradients
from rmqm_onnx.reading.feeds import read_feeds
from rmqm_onnx.reading.graph import all_nodes, cut_out, has_zero_dims
from rmqm_onnx.reading.model_description import summary
from rmqm_onnx.reading.model_file import ModelFile, read_model
from rmqm_onnx.reading.resolution import coarsest_resolution
from rmqm_onnx.reading.signature import declared_inputs, declared_outputs
from rmqm_onnx.running.arrangement import Arrangement
from rmqm_onnx.running.description import describe
from rmqm_onnx.running.encoder import OnnxEncoder
from rmqm_onnx.running.feeding import share_out, usual_batch_size
from rmqm_onnx.running.providers import Provider, require_known
from rmqm_onnx.running.runtime import import_runtime
from rmqm_onnx.running.session import open_session
from rmqm_onnx.running.trial_run import probe
from rmqm_spec.contracts.backend import OpenOptions
from rmqm_spec.contracts.encoder import EncoderTraits
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
    preprocessing, found = choose_preprocessing(file, chosen, options.preprocessing)
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
    callers, threads = share_out(provider, options.threads)
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
            batch_size=options.batch_size or usual_batch_size(layout, provider),
            concurrency=callers,
            resolution=coarsest_resolution(file.proto, chosen.type),
        ),
    )
    operators = {node.op_type for node in all_nodes(file.proto)}
    probed = probe(encoder, bounds=(0.0, 1.0), quantised=bool(operators & _DYNAMIC_QUANTISATION))
    findings += [
        *probed.findings,
        *output_findings(graph, output.name, probed.output_shape, options.pooling),
    ]
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
