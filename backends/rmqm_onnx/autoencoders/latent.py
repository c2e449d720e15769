"""Which tensor is the latent: it must be named, and it must be all that the decoder reads."""

from __future__ import annotations

import difflib
from math import prod

from onnx import GraphProto

from rmqm_onnx.autoencoders.survey import Survey
from rmqm_onnx.reading.decoder_part import beside_latent
from rmqm_onnx.reading.graph import producers
from rmqm_onnx.reading.randomness import DRAWING
from rmqm_onnx.reading.values import bottlenecks, moved_by
from rmqm_spec.errors import RmqmError, SubjectError, UsageError

__all__ = ["choose_latent", "choose_reconstruction"]

_VIEWS = ("Identity", "Flatten", "Reshape", "Squeeze", "Unsqueeze")
"""Operators that give the same values in the same order."""

_LISTED = 4


def choose_reconstruction(survey: Survey, name: str | None, latent: str | None) -> str:
    """
    Return the tensor that holds the reconstruction.

    Raises
    ------
    UsageError
        OUT002 if a named tensor does not exist, or several outputs could be meant.
    SubjectError
        SPC003 if no output has as many values as an input.
    """
    graph = survey.file.proto.graph
    if name is not None:
        if name in producers(graph):
            return name
        raise UsageError(
            "OUT002",
            f"--output must name a tensor of the graph; got {name!r}",
            fix=f"Did you mean {_near(name, graph)}?",
        )
    moving = survey.moving_outputs()
    outputs = [known for known in moving if known != latent] or moving
    shapes = survey.shapes(outputs) if outputs else {}
    fitting = [known for known, shape in shapes.items() if prod(shape) == survey.n_values]
    if len(fitting) == 1:
        return fitting[0]
    listed = "; ".join(f"{known} {shape}" for known, shape in shapes.items()) or "none"
    if not fitting:
        raise SubjectError(
            "SPC003",
            f"one output must have as many values as an input of shape "
            f"{survey.choices.layout.spec.shape}, {survey.n_values}; got {listed}",
            fix="Name the tensor that holds the reconstruction with --output, or give the decoder "
            "as a model of its own with --decoder.",
        )
    raise UsageError(
        "OUT002",
        f"one output must be chosen as the reconstruction; got {listed}",
        fix="Choose one with --output NAME.",
    )


def choose_latent(survey: Survey, name: str | None, output: str) -> str:
    """
    Return the tensor that holds the latent: the named tensor, or what it is a view of.

    Raises
    ------
    UsageError
        SPC014 if no tensor is named, or the named tensor does not lie between input and
        reconstruction.
    SubjectError
        SPC015 if the decoder reads more than the latent.
    """
    graph, first = survey.file.proto.graph, survey.choices.input.name
    made = producers(graph)
    if name is None:
        raise _wrong(survey, output, "got none")
    if name not in made or name == output:
        raise _wrong(survey, output, f"got {name!r}, which is no tensor between the two")
    if name not in moved_by(graph, [first]):
        raise _wrong(survey, output, f"got {name!r}, which does not depend on {first}")
    while output not in moved_by(graph, [name]):
        maker = made.get(name)
        if maker is None or maker.op_type not in _VIEWS or maker.input[0] not in made:
            raise _wrong(survey, output, f"got {name!r}, on which {output} does not depend")
        name = maker.input[0]
    past = beside_latent(survey.file.proto, first, name, output)
    if past:
        raise SubjectError(
            "SPC015",
            f"the decoder must read nothing of the input but the latent {name}; got "
            f"{', '.join(past[:_LISTED])}{' and more' if len(past) > _LISTED else ''} beside it",
            fix="Skip connections carry the input past the latent, and a variational autoencoder "
            "that samples reads the spread of its code: export it with decode(mean) as its "
            f"output. {_offer(survey, output)}",
        )
    return name


def _wrong(survey: Survey, output: str, got: str) -> UsageError:
    first = survey.choices.input.name
    return UsageError(
        "SPC014",
        f"--latent must name the tensor that holds the latent, between the input {first!r} and the "
        f"reconstruction {output!r}; {got}",
        fix=_offer(survey, output),
    )


def _offer(survey: Survey, output: str) -> str:
    """Name the smallest tensors that every way from input to reconstruction goes through."""
    graph = survey.file.proto.graph
    drawn = [name for node in graph.node if node.op_type in DRAWING for name in node.output]
    if output in moved_by(graph, drawn):
        return "The decoder draws at random, whatever the latent: no cut makes it a function."
    names = bottlenecks(graph, survey.choices.input.name, output)
    try:
        sizes = {name: prod(shape) for name, shape in survey.shapes(names).items()} if names else {}
    except RmqmError:
        sizes = {}
    if not sizes:
        return "There is no single tensor inside that the whole reconstruction goes through."
    least = min(sizes.values())
    smallest = [name for name, size in sizes.items() if size == least]
    if least >= survey.n_values:
        return (
            "No tensor that the whole reconstruction goes through is smaller than the input; the "
            f"smallest has {least} values: {', '.join(smallest[:_LISTED])}."
        )
    return (
        f"The narrowest place that the whole reconstruction goes through has {least} values: "
        f"--latent {' or '.join(smallest[:_LISTED])}."
    )


def _near(name: str, graph: GraphProto) -> str:
    known = list(producers(graph))
    return ", ".join(difflib.get_close_matches(name, known, n=3, cutoff=0.5) or known[-3:])
