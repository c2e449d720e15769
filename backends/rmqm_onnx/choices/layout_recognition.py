"""Is an input an image, and where are its channels? Read off its shape and the first layers."""

from __future__ import annotations

from math import prod

from onnx import GraphProto

from rmqm_onnx.choices.first_layers import first_evidence
from rmqm_onnx.choices.input_layout import (
    CHANNELS,
    MNIST,
    InputLayout,
    as_array,
    as_flat,
    as_image,
    axes_of,
)
from rmqm_onnx.choices.input_shape import with_known_lengths
from rmqm_onnx.reading.signature import TensorInfo
from rmqm_spec.contracts.backend import Layout
from rmqm_spec.findings import Finding

__all__ = ["recognise_layout"]


def recognise_layout(
    graph: GraphProto,
    info: TensorInfo,
    layout: Layout | None,
    size: tuple[int, int] | None,
    *,
    usual: tuple[int, int] | None = None,
    shape: tuple[int, ...] | None = None,
    data_shape: tuple[int, ...] | None = None,
) -> tuple[InputLayout, list[Finding]]:
    """
    Recognise the layout of an input.

    Parameters
    ----------
    graph : GraphProto
        The network.
    info : TensorInfo
        The input.
    layout : {"nchw", "nhwc", "nhw", "flat", "array"}, optional
        What the user says.
    size : tuple of int, optional
        Height and width, as the user says.
    usual : tuple of int, optional
        Height and width that the preprocessing names; the model's own take precedence.
    shape : tuple of int, optional
        Shape of one input, as the user says.
    data_shape : tuple of int, optional
        Shape of a row of the data, for lengths that the model leaves open.

    Raises
    ------
    UsageError
        If neither the shape nor an option shows the layout.
    """
    info, known = with_known_lengths(info, layout, shape, data_shape)
    _, rest = axes_of(info)
    if layout is None:
        layout, why = _guess(graph, info.name, rest, size or usual)
    else:
        why = "named by --layout"
    if layout == "array":
        return as_array(info, why), known
    if layout == "flat":
        return as_flat(info, size or usual, why), known
    image, assumed = as_image(info, layout, size, usual, why)
    return image, [*known, *assumed]


def _guess(
    graph: GraphProto, name: str, rest: tuple[int | None, ...], size: tuple[int, int] | None
) -> tuple[Layout, str]:
    if len(rest) == 3 and rest[:2] != (1, 1):
        return _guess_channels(graph, name, rest)
    if len(rest) == 2 and None not in rest and min(rest) >= 8 and max(rest) <= 4 * min(rest):  # type: ignore[type-var, operator]
        return "nhw", "two axes of similar length"
    n_values = prod(rest) if None not in rest else None  # type: ignore[arg-type]
    if n_values in {channels * prod(size or MNIST) for channels in CHANNELS}:
        return "flat", f"{n_values} values, the pixels of one image, channel after channel"
    return "array", "the shape is not that of an image"


def _guess_channels(
    graph: GraphProto, name: str, rest: tuple[int | None, ...]
) -> tuple[Layout, str]:
    first, last = rest[0] in CHANNELS, rest[2] in CHANNELS
    evidence = first_evidence(graph, name)
    if evidence == "transposed" and (last or rest[2] is None):
        return "nhwc", "the graph moves the last axis to the channels"
    if first and not last:
        return "nchw", f"axis 1 has {rest[0]} channel(s)"
    if last and not first:
        return "nhwc", f"axis 3 has {rest[2]} channel(s)"
    if evidence == "convolution" and (first or rest[0] is None):
        return "nchw", "the input goes straight into a convolution"
    if first:
        return "nchw", f"axis 1 has {rest[0]} channel(s)"
    return "array", "no axis has 1 or 3 channels"
