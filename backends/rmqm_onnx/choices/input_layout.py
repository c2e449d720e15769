"""The layout of a network's input, once its meaning is known."""

from __future__ import annotations

from math import prod

from attrs import frozen

from rmqm_onnx.reading.signature import TensorInfo
from rmqm_spec.contracts.backend import Layout
from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.errors import UsageError
from rmqm_spec.findings import Finding

__all__ = ["CHANNELS", "MNIST", "InputLayout", "as_array", "as_flat", "as_image", "axes_of"]

DEFAULT_SIZE = (224, 224)
"""Height and width if neither model, preprocessing nor user gives them; always with a warning."""

CHANNELS = (1, 3)
_SECOND = 16000
_STEPS = 100
MNIST = (28, 28)


@frozen(kw_only=True)
class InputLayout:
    """
    How canonical inputs, (C, H, W) for images, become the network's input.

    Parameters
    ----------
    layout : {"nchw", "nhwc", "nhw", "flat", "array"}
        Order of axes in the network.
    spec : InputSpec
        What the encoder takes, without the batch axis.
    network_shape : tuple of int
        Shape of an input as the network takes it.
    batch : int, optional
        Batch size where it is fixed.
    why : str
        What the choice rests on.
    """

    layout: Layout
    spec: InputSpec
    network_shape: tuple[int, ...]
    batch: int | None
    why: str


def axes_of(info: TensorInfo) -> tuple[int | None, tuple[int | None, ...]]:
    """Return the batch axis and the others."""
    if not info.dims:
        raise UsageError(
            "INP004",
            f"input must have a declared shape with a batch axis; got {info}",
            fix="Say the shape of one input, without the batch axis: --input-shape 1x28x28.",
        )
    return info.dims[0], info.dims[1:]


def as_array(info: TensorInfo, why: str) -> InputLayout:
    """Treat the input as a plain array."""
    batch, rest = axes_of(info)
    if not rest:
        raise UsageError(
            "INP004",
            f"input must have an axis beside that of the batch; got {info}",
            fix="Export the model with a batch axis before the axes of one input.",
        )
    if None in rest:
        raise UsageError(
            "INP004",
            f"an input that is no image must have known lengths after the batch axis; got {info}",
            fix="Give --data with an array of such inputs, or say the shape of one, for example "
            f"--input-shape {_example(rest)}.",
        )
    shape = tuple(length for length in rest if length is not None)
    spec = InputSpec(kind="array", shape=shape)
    return InputLayout(layout="array", spec=spec, network_shape=shape, batch=batch, why=why)


def _example(rest: tuple[int | None, ...]) -> str:
    """Return a shape that fits a declaration: a second of speech, or a short series."""
    usual = _SECOND if rest.count(None) == 1 else _STEPS
    return "x".join(str(length or usual) for length in rest)


def as_flat(
    info: TensorInfo,
    size: tuple[int, int] | None,
    why: str,
) -> InputLayout:
    """Treat the input as the flattened pixels of an image."""
    batch, rest = axes_of(info)
    shape = tuple(length for length in rest if length is not None)
    height, width = size or MNIST
    channels = prod(shape) // (height * width)
    if (
        len(shape) < len(rest)
        or channels not in CHANNELS
        or channels * height * width != prod(shape)
    ):
        raise UsageError(
            "INP004",
            f"a flat image must have 1 or 3 x {height} x {width} values; got {info}",
            fix=_flat_advice(rest, height * width),
        )
    spec = InputSpec(kind="image", shape=(channels, height, width))
    return InputLayout(layout="flat", spec=spec, network_shape=shape, batch=batch, why=why)


def _flat_advice(rest: tuple[int | None, ...], n_pixels: int) -> str:
    if len(rest) > 1:
        return "Leave --layout out: a flat image has one axis beside that of the batch."
    if None in rest:
        values = " or ".join(str(channels * n_pixels) for channels in CHANNELS)
        return f"Say how many values there are: --input-shape {values} (with --size for others)."
    return "Give the height and width: --size HxW; or --layout array if it is no image."


def as_image(
    info: TensorInfo,
    layout: Layout,
    size: tuple[int, int] | None,
    usual: tuple[int, int] | None,
    why: str,
) -> tuple[InputLayout, list[Finding]]:
    """Treat the input as an image; findings say what its shape leaves open."""
    batch, rest = axes_of(info)
    axes = {"nchw": (0, 1, 2), "nhwc": (2, 0, 1), "nhw": (None, 0, 1)}[layout]
    if len(rest) != (2 if layout == "nhw" else 3):
        raise UsageError(
            "INP004",
            f"layout {layout} must have {len(layout)} axes; got {info}",
            fix="Leave --layout out, or say --layout array if it is no image.",
        )
    channels = 1 if axes[0] is None else rest[axes[0]]
    if channels not in (*CHANNELS, None):
        raise UsageError(
            "INP004",
            f"an image must have 1 or 3 channels; got {channels} in {info}",
            fix="Say --layout array and give --data as an array of the network's shape.",
        )
    findings: list[Finding] = []
    if channels is None:
        channels = 3
        findings.append(_assumed(info, "number of channels", "3", "Export it with a fixed number."))
    declared = (rest[axes[1]], rest[axes[2]])
    height, width = _size(info, declared, size, usual)
    if None in declared and not (size or usual):
        findings.append(_assumed(info, "height and width", f"{height}x{width}", "Give --size HxW."))
    if usual and not size and usual != (height, width):
        findings.append(_unusual(info, usual, (height, width)))
    spec = InputSpec(kind="image", shape=(channels, height, width))
    by_layout = {
        "nchw": (channels, height, width),
        "nhwc": (height, width, channels),
        "nhw": (height, width),
    }
    shape = by_layout[layout]
    image = InputLayout(layout=layout, spec=spec, network_shape=shape, batch=batch, why=why)
    return image, findings


def _size(
    info: TensorInfo,
    declared: tuple[int | None, int | None],
    size: tuple[int, int] | None,
    usual: tuple[int, int] | None,
) -> tuple[int, int]:
    wanted = size or usual or DEFAULT_SIZE
    lengths = declared[0] or wanted[0], declared[1] or wanted[1]
    if size and lengths != size:
        raise UsageError(
            "INP004",
            "--size must equal the fixed height and width of the model, "
            f"{lengths[0]}x{lengths[1]}; got {size[0]}x{size[1]} for {info}",
            fix="Run it again without --size.",
        )
    return lengths


def _unusual(info: TensorInfo, usual: tuple[int, int], size: tuple[int, int]) -> Finding:
    return Finding(
        code="PRE006",
        level="warn",
        message=f"the preprocessing is for {usual[0]}x{usual[1]}, but {info} is fixed: images are "
        f"resized once more, to {size[0]}x{size[1]}",
        fix="Use the preprocessing that belongs to this export.",
    )


def _assumed(info: TensorInfo, what: str, value: str, fix: str) -> Finding:
    message = f"{info} leaves its {what} open: {value} is used"
    return Finding(code="INP005", level="warn", message=message, fix=fix)
