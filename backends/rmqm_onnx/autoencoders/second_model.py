"""A decoder that is a model of its own."""

from __future__ import annotations

from math import prod

from onnx import GraphProto

from rmqm_onnx.autoencoders.decoder_opening import DecoderSource
from rmqm_onnx.reading.decoder_part import Latent
from rmqm_onnx.reading.graph import needed_names, producers
from rmqm_onnx.reading.model_file import ModelFile
from rmqm_onnx.reading.signature import TensorInfo, declared_inputs, declared_outputs
from rmqm_onnx.running.encoder import OnnxEncoder
from rmqm_onnx.running.trial_run import trial_inputs
from rmqm_spec.errors import SubjectError, UsageError

__all__ = ["decoder_of_its_own"]


def decoder_of_its_own(file: ModelFile, encoder: OnnxEncoder, output: str | None) -> DecoderSource:
    """
    Return a decoder whose only input takes the encoder's latents.

    Parameters
    ----------
    file : ModelFile
        The decoder.
    encoder : OnnxEncoder
        Its encoder.
    output : str, optional
        The tensor of the decoder that holds the reconstruction.

    Raises
    ------
    UsageError
        OUT002 if one of several outputs must be chosen.
    SubjectError
        SPC015 if it takes more than the latent; SPC019 if it takes latents of another length.
    """
    graph = file.proto.graph
    last = _output(graph, output, prod(encoder.spec.shape))
    needed = needed_names(graph, last)
    inputs = [info for info in declared_inputs(graph) if info.name in needed]
    if len(inputs) != 1:
        raise SubjectError(
            "SPC015",
            "the decoder must read nothing but the latent; got the inputs "
            + ("; ".join(map(str, inputs)) or "none"),
            fix="Export a decoder with the latent as its only input.",
        )
    rows = encoder.rows or 1
    raw = encoder.raw_output(trial_inputs(encoder, (0.0, 1.0))[:1].repeat(rows, axis=0))
    (value,) = (known for known in graph.input if known.name == inputs[0].name)
    latent = Latent(
        name=inputs[0].name,
        shape=_shape(inputs[0], raw.shape[1:]),
        batch=inputs[0].dims[0] if inputs[0].dims else None,
        elem_type=value.type.tensor_type.elem_type,
    )
    return DecoderSource(file=file, latent=latent, output=last, feeds={})


def _output(graph: GraphProto, name: str | None, n_values: int) -> str:
    outputs = [info for info in declared_outputs(graph) if info.is_float]
    if name is not None:
        if name in producers(graph):
            return name
        raise UsageError(
            "OUT002",
            f"--output must name a tensor of the decoder; got {name!r}",
            fix=f"It gives {'; '.join(map(str, declared_outputs(graph)))}.",
        )
    fitting = [info for info in outputs if info.dims and _values(info) in (n_values, None)]
    if len(outputs) == 1 or len(fitting) == 1:
        return (outputs if len(outputs) == 1 else fitting)[0].name
    raise UsageError(
        "OUT002",
        "one output of the decoder must be chosen as the reconstruction; got "
        + ("; ".join(map(str, declared_outputs(graph))) or "none"),
        fix="Choose one with --output NAME.",
    )


def _values(info: TensorInfo) -> int | None:
    """Return the declared number of values for each latent, None where a length is open."""
    lengths = (info.dims or (None, None))[1:]
    return None if None in lengths else prod(length for length in lengths if length is not None)


def _shape(info: TensorInfo, given: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape in which the decoder takes a latent that the encoder gives in another."""
    wanted = (info.dims or (None, None))[1:]
    n = prod(given)
    known = prod(length for length in wanted if length is not None)
    if len(wanted) == len(given) and all(
        a in (b, None) for a, b in zip(wanted, given, strict=True)
    ):
        return given
    if wanted.count(None) <= 1 and (n % known == 0 if None in wanted else n == known):
        return tuple(n // known if length is None else length for length in wanted)
    raise SubjectError(
        "SPC019",
        f"the decoder must take the latents that the encoder gives, {n} values of shape {given}; "
        f"got {info}",
        fix="Give the decoder that was trained with this encoder, or name the tensor of the "
        "encoder that it takes with --latent.",
    )
