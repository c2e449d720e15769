"""Open the part of a model behind a latent, and try it out like an encoder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from math import prod
from typing import Any

import numpy as np
from attrs import evolve, frozen
from onnx import ModelProto, helper

from rmqm_onnx.autoencoders.decoder import OnnxDecoder
from rmqm_onnx.autoencoders.reconstruction import reconstruction_of
from rmqm_onnx.choices.input_layout import InputLayout
from rmqm_onnx.deferred_gradient import DeferredGradient
from rmqm_onnx.opening import straight_through
from rmqm_onnx.reading.decoder_part import Latent
from rmqm_onnx.reading.model_file import ModelFile
from rmqm_onnx.reading.resolution import coarsest_resolution
from rmqm_onnx.reading.signature import TensorInfo, declared_inputs
from rmqm_onnx.running.arrangement import Arrangement
from rmqm_onnx.running.call_size import CallSize
from rmqm_onnx.running.encoder import OnnxEncoder
from rmqm_onnx.running.feeding import share_out
from rmqm_onnx.running.provider_choice import read_provider
from rmqm_onnx.running.session import open_session
from rmqm_onnx.running.trial_run import trial_inputs, try_out
from rmqm_onnx.running.trial_verdict import judged
from rmqm_spec.arrays import AnyArray
from rmqm_spec.contracts.backend import OpenOptions, ReconstructionUnits
from rmqm_spec.contracts.encoder import EncoderTraits
from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.errors import RmqmError, SubjectError

__all__ = ["DecoderSource", "open_decoder"]

_USUAL_BOUNDS = (0.0, 1.0)


@frozen(kw_only=True, eq=False)
class DecoderSource:
    """
    Where a decoder comes from.

    Parameters
    ----------
    file : ModelFile
        The model that holds it.
    latent : Latent
        The tensor with which it begins.
    output : str
        The tensor with which it ends.
    feeds : dict of str to (TensorInfo, ndarray)
        Values of other inputs, for a single row.
    """

    file: ModelFile
    latent: Latent
    output: str
    feeds: dict[str, tuple[TensorInfo, AnyArray]]

    @staticmethod
    def inside(
        file: ModelFile,
        encoder: OnnxEncoder,
        output: str,
        feeds: Mapping[str, tuple[TensorInfo, AnyArray]],
    ) -> DecoderSource:
        """
        Cut it out of the model whose encoder is open.

        The input of the model, of which the decoder may read the lengths, is fed with zeros.

        Raises
        ------
        SubjectError
            SPC014 if the latent has no row for each input.
        """
        rows = encoder.rows or 1
        inputs = trial_inputs(encoder, _USUAL_BOUNDS)[:1].repeat(rows, axis=0)
        raw = encoder.raw_output(inputs)
        if raw.ndim < 1 or len(raw) != rows:
            raise SubjectError(
                "SPC014",
                f"the latent must have a row for each input; got shape {raw.shape} for {rows}",
                fix="Name a tensor with a batch axis, such as the one before the last Squeeze.",
            )
        latent = Latent(
            name=encoder.output,
            shape=raw.shape[1:],
            batch=encoder.arrangement.layout.batch,
            elem_type=helper.np_dtype_to_tensor_dtype(raw.dtype),
        )
        declared = {info.name: info for info in declared_inputs(file.proto.graph)}
        first = declared[encoder.input]
        zeros = np.zeros_like(encoder.arrangement(inputs)[:1])
        return DecoderSource(
            file=file,
            latent=latent,
            output=output,
            feeds={**feeds, first.name: (first, zeros)},
        )


def open_decoder(
    source: DecoderSource,
    encoder: OnnxEncoder,
    options: OpenOptions,
    units: ReconstructionUnits | None,
    origin: Callable[[], OnnxDecoder],
) -> OnnxDecoder:
    """
    Open a decoder, run it on latents of a few inputs, and say how its output is read.

    Raises
    ------
    RmqmError
        As `open_autoencoder`; what goes wrong in the decoder is said to be there.
    """
    choice = read_provider(options.provider)
    _, threads = share_out(choice.provider, options.threads)
    part = source.latent.part_of(source.file, source.output)
    with _in_decoder():
        session = open_session(
            part.SerializeToString(), folder=None, provider=choice, threads=threads
        )
        network = OnnxEncoder(
            session=session,
            input=source.latent.name,
            output=source.output,
            arrangement=_taking_latents(source.latent),
            feeds=_needed(source, part),
            pooling="flatten",
            rows=source.latent.batch,
            call_size=CallSize(
                few_shapes=choice.provider.shapes_cost, backs_off=not choice.provider.on_processor
            ),
            traits=EncoderTraits(
                batch_size=encoder.traits.batch_size,
                concurrency=encoder.traits.concurrency,
                resolution=coarsest_resolution(part, _type_name(source.latent)),
            ),
        )
        bounds = _bounds(encoder)
        own = ModelFile(path=source.file.path, proto=part, external=())
        trial = judged(try_out(network, bounds=bounds), own, bounds=bounds)
    gradient = DeferredGradient(
        path=source.file.path.absolute(),
        sha256=source.file.sha256,
        output=source.output,
        batch=trial.encoder.rows,
        provider=str(choice),
        threads=threads,
        straight_through=straight_through(part),
        latent=source.latent,
    )
    reconstruction = reconstruction_of(
        encoder.arrangement, source.output, trial.output_shape, units
    )
    network = evolve(trial.encoder, findings=trial.findings, gradients=gradient)
    return OnnxDecoder(network=network, reconstruction=reconstruction, origin=origin)


def _taking_latents(latent: Latent) -> Arrangement:
    layout = InputLayout(
        layout="array",
        spec=InputSpec(kind="array", shape=(prod(latent.shape),)),
        network_shape=latent.shape,
        batch=latent.batch,
        why="the latent",
    )
    return Arrangement(layout, Preprocessing(), _dtype(latent))


def _needed(source: DecoderSource, part: ModelProto) -> dict[str, tuple[TensorInfo, AnyArray]]:
    taken = {info.name for info in declared_inputs(part.graph)}
    return {name: known for name, known in source.feeds.items() if name in taken}


def _bounds(encoder: OnnxEncoder) -> tuple[float, float]:
    """Return the range of the latents of a few inputs; the usual range where it has no width."""
    latents = encoder.encode(trial_inputs(encoder, _USUAL_BOUNDS))
    low, high = float(latents.min()), float(latents.max())
    return (low, high) if np.isfinite(high - low) and low < high else _USUAL_BOUNDS


def _dtype(latent: Latent) -> np.dtype[Any]:
    return helper.tensor_dtype_to_np_dtype(latent.elem_type)


def _type_name(latent: Latent) -> str:
    return _dtype(latent).name


@contextmanager
def _in_decoder() -> Iterator[None]:
    try:
        yield
    except RmqmError as error:
        raise type(error)(error.code, f"in the decoder, {error.message}", fix=error.fix) from error
