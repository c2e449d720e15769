"""Open a model as an encoder: read, choose, run once, and say everything that was decided."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from attrs import evolve, frozen
from onnx import ModelProto

from rmqm_onnx.choices.choosing import Choices, choose
from rmqm_onnx.choices.class_scores import class_score_findings, number_of_labels
from rmqm_onnx.choices.heads import heads_of
from rmqm_onnx.choices.normalisation import leading_part
from rmqm_onnx.choices.output_advice import output_advice
from rmqm_onnx.choices.output_findings import output_findings, require_direction
from rmqm_onnx.deferred_gradient import DeferredGradient
from rmqm_onnx.reading.graph import cut_out, has_zero_dims, operators
from rmqm_onnx.reading.model_file import ModelFile, read_model
from rmqm_onnx.reading.resolution import coarsest_resolution
from rmqm_onnx.reading.signature import tensor_info
from rmqm_onnx.running.arrangement import Arrangement
from rmqm_onnx.running.call_size import CallSize
from rmqm_onnx.running.description import Running, describe
from rmqm_onnx.running.encoder import OnnxEncoder
from rmqm_onnx.running.feeding import share_out, usual_batch_size, usual_block_size
from rmqm_onnx.running.placement import placement_findings, placement_of
from rmqm_onnx.running.provider_choice import ON_CPU, ProviderChoice, read_provider
from rmqm_onnx.running.runtime import import_runtime
from rmqm_onnx.running.self_test import compare
from rmqm_onnx.running.session import open_session
from rmqm_onnx.running.trial_run import TrialRun, try_out
from rmqm_onnx.running.trial_verdict import DYNAMIC_QUANTISATION, judged
from rmqm_spec.contracts.backend import OpenOptions
from rmqm_spec.contracts.encoder import EncoderTraits
from rmqm_spec.errors import SubjectError

__all__ = ["open_encoder", "straight_through"]

_STRAIGHT_THROUGH = {
    "QuantizeLinear",
    "QLinearConv",
    "QLinearMatMul",
    "QGemm",
    *DYNAMIC_QUANTISATION,
}


_TRIAL_BOUNDS = (0.0, 1.0)


def open_encoder(
    path: str | Path, options: OpenOptions | None = None, *, single_values: bool = False
) -> OnnxEncoder:
    """
    Open an ONNX model as an encoder.

    The encoder pickles as path, options and SHA-256: it is opened again where it is unpickled, and
    refused there (MOD002) if the file is not the same.

    Parameters
    ----------
    path : str or Path
        An ``.onnx`` file, or a folder with ``model.onnx`` or ``onnx/model.onnx``.
    options : OpenOptions, optional
        What the file does not say, or says wrongly.
    single_values : bool
        Whether encodings of a single value will do: they have no direction, so that only the
        latents of autoencoders may be so short.

    Returns
    -------
    OnnxEncoder
        Ready to encode; its `findings` say what was chosen and why.

    Raises
    ------
    UnreadableError
        If there is no such model or parts of it are missing.
    UsageError
        If something must be chosen that was not; ARG001 if there is no such provider, or it
        refuses an option.
    SubjectError
        If the runtime refuses the model, or the model cannot serve as an encoder.
    UnavailableError
        If the runtime or the provider is not there.
    """
    options = options or OpenOptions()
    provider = read_provider(options.provider)
    import_runtime()
    return _open(read_model(path), options, provider, single_values)


def straight_through(model: ModelProto) -> tuple[str, ...]:
    """Return the operators of a model whose rounding counts as the identity in gradients."""
    return tuple(sorted(operators(model) & _STRAIGHT_THROUGH))


@frozen
class _Origin:
    """What an encoder was opened from and how, and the `sha256` of the model then."""

    path: Path
    options: OpenOptions
    sha256: str
    single_values: bool

    def __call__(self) -> OnnxEncoder:
        """Open the same model again."""
        file = read_model(self.path)
        file.require_same(self.sha256)
        choice = read_provider(self.options.provider)
        return _open(file, self.options, choice, self.single_values)


def _open(
    file: ModelFile, options: OpenOptions, choice: ProviderChoice, single_values: bool
) -> OnnxEncoder:
    choices = choose(file, options)
    provider = choice.provider
    callers, threads = share_out(provider, options.threads)
    batch_size = options.batch_size or usual_batch_size(choices.layout, provider)
    traits = EncoderTraits(
        batch_size=batch_size,
        block_size=usual_block_size(choices.layout, batch_size),
        concurrency=callers,
        resolution=coarsest_resolution(file.proto, choices.input.type),
    )
    # The statistics are checked before the session, which may take long to open.
    arrangement = Arrangement(choices.layout, choices.preprocessing, choices.input.dtype)
    encoder = OnnxEncoder(
        session=_session(file, choices, choice, threads),
        input=choices.input.name,
        output=choices.output.name,
        arrangement=arrangement,
        feeds=choices.feeds,
        pooling=options.pooling or "flatten",
        channels_first=choices.channels_first,
        rows=choices.layout.batch,
        call_size=CallSize(few_shapes=provider.shapes_cost, backs_off=not provider.on_processor),
        traits=traits,
    )
    placement = placement_of(encoder.session)
    with _naming_assumptions(choices):
        trial = try_out(encoder, bounds=_TRIAL_BOUNDS)
        if not provider.is_cpu:
            trial = _against_cpu(trial, file, choices, threads)
        trial = judged(trial, file, bounds=_TRIAL_BOUNDS)
        trial = evolve(trial, encoder=_fitted(trial.encoder))
    graph, pooling = file.proto.graph, options.pooling
    heads = heads_of(graph, [tensor_info(value) for value in graph.output])
    if not single_values:
        require_direction(graph, encoder.output, trial.n_values)
    return evolve(
        trial.encoder,
        findings=(
            *choices.findings,
            *trial.findings,
            *placement_findings(choice, placement),
            *([trial.against_cpu.finding(provider.name)] if trial.against_cpu else []),
            *output_findings(graph, encoder.output, trial.output_shape, pooling, heads),
            *class_score_findings(
                graph,
                encoder.output,
                trial.output_shape,
                named=options.output is not None,
                n_labels=number_of_labels(file.path),
                heads=heads,
            ),
        ),
        advice=output_advice(graph, encoder.output, heads),
        description=describe(file, choices, trial, options, Running(choice, threads, placement)),
        leading=leading_part(graph, encoder.input),
        gradients=_gradient(file, trial, choice, threads, straight_through(file.proto)),
        origin=_Origin(file.path.absolute(), options, file.sha256, single_values),
    )


@contextmanager
def _naming_assumptions(choices: Choices) -> Iterator[None]:
    """Where the model fails on an assumed size, say that it was assumed."""
    try:
        yield
    except SubjectError as error:
        assumed = [finding.message for finding in choices.findings if finding.code == "INP005"]
        if error.code != "MOD007" or not assumed:
            raise
        raise SubjectError(
            "MOD007",
            f"{error.message}; this was assumed: {'; '.join(assumed)}",
            fix="Give the size that the model was trained for: --size HxW, or put its config.json "
            f"with image_size beside the model. {error.fix}",
        ) from error


def _against_cpu(trial: TrialRun, file: ModelFile, choices: Choices, threads: int) -> TrialRun:
    """Compare the provider with the CPU, in a session that is closed again."""
    reference = evolve(trial.encoder, session=_session(file, choices, ON_CPU, threads))
    return evolve(trial, against_cpu=compare(trial.encoder, reference, _TRIAL_BOUNDS))


def _fitted(encoder: OnnxEncoder) -> OnnxEncoder:
    """Make batches as small as the memory of a device wants them, by trying a whole one."""
    if not encoder.call_size.backs_off:
        return encoder
    usual = encoder.traits.batch_size
    encoder.encode(np.zeros((usual, *encoder.spec.shape), dtype=np.float32))
    fitting = encoder.call_size.most(usual)
    return evolve(encoder, traits=evolve(encoder.traits, batch_size=fitting))


def _session(file: ModelFile, choices: Choices, provider: ProviderChoice, threads: int) -> Any:
    """Open the model, or only the part that gives the encodings if there is more."""
    graph, output = file.proto.graph, choices.output
    prune = choices.has_idle_inputs or len(graph.output) > 1 or has_zero_dims(graph)
    prune = prune or not output.declared
    return open_session(
        cut_out(file.proto, output.name).SerializeToString() if prune else file.path,
        folder=file.path.parent if file.external and prune else None,
        provider=provider,
        threads=threads,
    )


def _gradient(
    file: ModelFile,
    trial: TrialRun,
    provider: ProviderChoice,
    threads: int,
    straight_through: tuple[str, ...],
) -> DeferredGradient:
    return DeferredGradient(
        path=file.path.absolute(),
        sha256=file.sha256,
        output=trial.encoder.output,
        batch=trial.encoder.rows,
        provider=str(provider),
        threads=threads,
        straight_through=straight_through,
    )
