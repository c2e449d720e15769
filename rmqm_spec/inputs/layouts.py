"""Layouts of image arrays: N inputs, H rows, W columns, C channels."""

from __future__ import annotations

import math
from typing import Literal, get_args

import numpy as np

from rmqm_spec.arrays import AnyArray
from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.errors import ShapeError, UsageError
from rmqm_spec.inputs.layout_advice import advice_on_layout

__all__ = ["Layout", "as_image", "recognise_layout"]

Layout = Literal["nhwc", "nchw", "nhw", "array"]

_NDIM: dict[Layout, int] = {"nchw": 4, "nhwc": 4, "nhw": 3}


def recognise_layout(
    shape: tuple[int, ...],
    dtype: np.dtype[np.generic],
    spec: InputSpec,
    layout: Layout | None = None,
) -> Layout:
    """
    Say which axis of an array is which, helped by what the encoder takes.

    Parameters
    ----------
    shape : tuple of int
        Shape of the whole array, inputs along the first axis.
    dtype : numpy.dtype
        Its type: boolean, integer or float.
    spec : InputSpec
        What the encoder takes.
    layout : {"nhwc", "nchw", "nhw", "array"}, optional
        Declared instead of recognised; it is only checked.

    Returns
    -------
    {"nhwc", "nchw", "nhw", "array"}
        ``"array"`` for an encoder of plain arrays, and for flat images, (N, C * H * W) in the order
        of `spec`.

    Raises
    ------
    UsageError
        DAT007 if the type is not numeric, DAT008 if `layout` is unknown.
    ShapeError
        DAT008 if the shape fits no layout or more than one.

    Examples
    --------
    >>> rgb = InputSpec(kind="image", shape=(3, 32, 32))
    >>> recognise_layout((100, 64, 48, 3), np.dtype("uint8"), rgb)
    'nhwc'
    """
    _check_dtype(dtype)
    if layout is not None:
        return _declared_layout(shape, spec, layout)
    if spec.kind == "array":
        return "array"
    if len(shape) == 2 and shape[1] == math.prod(spec.shape):
        return "array"
    if len(shape) == 3 and not _is_one_image(shape, spec):
        return "nhw"
    if len(shape) == 4:
        return _channel_layout(shape, spec)
    raise _unrecognised(shape, spec)


def as_image(row: AnyArray, layout: Layout, spec: InputSpec) -> AnyArray:
    """
    View a single row of an array in a layout as an image.

    Parameters
    ----------
    row : ndarray
        One input, without the axis N.
    layout : {"nhwc", "nchw", "nhw", "array"}
        Layout of the whole array.
    spec : InputSpec
        What the encoder takes; its shape is that of flat images.

    Returns
    -------
    (H, W, C) ndarray
        A view.

    Examples
    --------
    >>> rgb = InputSpec(kind="image", shape=(3, 32, 32))
    >>> as_image(np.zeros((3, 64, 48)), "nchw", rgb).shape
    (64, 48, 3)
    """
    if layout == "nhw":
        return row[..., np.newaxis]
    if layout == "nhwc":
        return row
    return row.reshape(spec.shape if layout == "array" else row.shape).transpose(1, 2, 0)


def _check_dtype(dtype: np.dtype[np.generic]) -> None:
    if dtype.kind not in "buif" or dtype.itemsize > 8:
        raise UsageError(
            "DAT007",
            f"data must be uint8 or float; got {dtype}",
            fix="Convert it before saving, for example array.astype(numpy.float32).",
        )


def _declared_layout(shape: tuple[int, ...], spec: InputSpec, layout: Layout) -> Layout:
    if layout not in get_args(Layout):
        raise UsageError(
            "DAT008",
            f"layout must be one of {', '.join(get_args(Layout))}; got {layout!r}",
            fix="N counts inputs, H rows, W columns, C channels.",
        )
    if layout == "array":
        fits = spec.kind == "array" or math.prod(shape[1:]) == math.prod(spec.shape)
    else:
        fits = spec.kind == "image" and len(shape) == _NDIM[layout]
    if fits:
        return layout
    raise ShapeError(
        "DAT008",
        f"data in layout {layout} must fit {spec.kind}s of shape {spec.shape}; got shape {shape}",
        fix="Leave --data-layout out, or give the layout that the array has.",
    )


def _is_one_image(shape: tuple[int, ...], spec: InputSpec) -> bool:
    """Return whether three axes look like one image, (H, W, C) or (C, H, W), not N grey images."""
    if shape[1:] == spec.shape[1:]:
        return spec.shape[0] != 1 and shape[0] == spec.shape[0]
    return shape[2] in {1, 3, 4}


def _channel_layout(shape: tuple[int, ...], spec: InputSpec) -> Layout:
    (channels, height, width), (first, _, last) = spec.shape, shape[1:]
    evidence = (  # for nchw, for nhwc; the strongest first
        (shape[1:] == (channels, height, width), shape[1:] == (height, width, channels)),
        (first == channels, last == channels),
        (first in {1, 3}, last in {1, 3}),
    )
    for nchw, nhwc in evidence:
        if nchw != nhwc:
            return "nchw" if nchw else "nhwc"
        if nchw:
            break
    raise _unrecognised(shape, spec)


def _unrecognised(shape: tuple[int, ...], spec: InputSpec) -> ShapeError:
    channels = " or ".join(map(str, sorted({1, 3, spec.shape[0]})))
    return ShapeError(
        "DAT008",
        "data must have exactly one reading as (N, H, W, C), (N, C, H, W), (N, H, W) or"
        f" (N, {math.prod(spec.shape)}) with C of {channels}; got shape {shape}",
        fix=advice_on_layout(shape, spec),
    )
