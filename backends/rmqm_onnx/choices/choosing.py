"""All that must be chosen to make an encoder of a model, with a finding for every choice."""

from __future__ import annotations

from attrs import frozen
from onnx import GraphProto

from rmqm_onnx.choices.channel_axis import channels_come_first
from rmqm_onnx.choices.input import alterable_names, choose_input, relevant_inputs
from rmqm_onnx.choices.input_layout import InputLayout
from rmqm_onnx.choices.layout_recognition import recognise_layout
from rmqm_onnx.choices.normalised_range import normalisation_finding
from rmqm_onnx.choices.output import ChosenOutput, choose_output
from rmqm_onnx.choices.preprocessing import choose_preprocessing, of_arrays, usual_size
from rmqm_onnx.choices.room import require_room
from rmqm_onnx.reading.feeds import read_feeds
from rmqm_onnx.reading.model_description import summary
from rmqm_onnx.reading.model_file import ModelFile
from rmqm_onnx.reading.signature import TensorInfo, declared_inputs, declared_outputs
from rmqm_spec.arrays import AnyArray
from rmqm_spec.contracts.backend import OpenOptions
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.findings import Finding

__all__ = ["Choices", "choose"]


@frozen(kw_only=True, eq=False)
class Choices:
    """
    How a model serves as an encoder.

    Parameters
    ----------
    input : TensorInfo
        The altered input.
    why : str
        Why it was chosen.
    output : ChosenOutput
        The tensor that holds the encodings.
    feeds : dict of str to (TensorInfo, ndarray)
        Values of the other inputs, for a single row.
    preprocessing : Preprocessing
        Geometry and value map.
    layout : InputLayout
        Where the network's input has its channels.
    channels_first : bool, optional
        Where encodings that are feature maps have their channels, if the graph shows it.
    has_idle_inputs : bool
        Whether the model declares inputs on which the encodings do not depend.
    findings : tuple of Finding
        What was chosen, and why.
    """

    input: TensorInfo
    why: str
    output: ChosenOutput
    feeds: dict[str, tuple[TensorInfo, AnyArray]]
    preprocessing: Preprocessing
    layout: InputLayout
    channels_first: bool | None
    has_idle_inputs: bool
    findings: tuple[Finding, ...]


def choose(file: ModelFile, options: OpenOptions) -> Choices:
    """
    Choose by the options, and else by the model's file and what lies beside it.

    Raises
    ------
    UsageError
        If something must be chosen that the file leaves open, or an option does not fit it.
    SubjectError
        If the model cannot serve as an encoder.
    UnreadableError
        If preprocessing, or an array to feed, cannot be read.
    """
    graph = file.proto.graph
    inputs = declared_inputs(graph)
    alterable = alterable_names(inputs, options.input)
    output = choose_output(graph, declared_outputs(graph), options.output, alterable)
    relevant = relevant_inputs(graph, inputs, output.name, options.input)
    altered, why = choose_input(graph, inputs if options.input else relevant, options.input)
    preprocessing, origin = choose_preprocessing(file, altered, options.preprocessing)
    layout, open_lengths = recognise_layout(
        graph,
        altered,
        options.layout,
        options.size,
        usual=usual_size(file, altered, preprocessing),
        shape=options.input_shape,
        data_shape=options.data_shape,
    )
    named = dict(options.feeds)
    require_room(altered, layout, [info for info in relevant if info.name in named])
    feeds = read_feeds(relevant, altered.name, options.feeds)
    message = f"altered input: {altered}, {why}; read as {layout.layout}, {layout.why}"
    return Choices(
        input=altered,
        why=why,
        output=output,
        feeds={info.name: (info, feeds[info.name]) for info in relevant if info.name in feeds},
        preprocessing=preprocessing,
        layout=layout,
        channels_first=_channels_first(graph, output.name, layout),
        has_idle_inputs=len(relevant) < len(inputs),
        findings=(
            Finding(code="MOD001", level="ok", message=summary(file)),
            Finding(code="INP001", level="ok", message=message),
            *open_lengths,
            output.finding,
            *(of_arrays(origin) if layout.spec.kind == "array" else origin),
            *normalisation_finding(graph, altered.name, preprocessing),
        ),
    )


def _channels_first(graph: GraphProto, output: str, layout: InputLayout) -> bool | None:
    by_graph = channels_come_first(graph, output)
    return False if by_graph is None and layout.layout == "nhwc" else by_graph
