"""From inputs in their declared range to the network's input: channels, values, axes, type."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rmqm_onnx.choices.input_layout import InputLayout
from rmqm_spec.arrays import AnyArray, Float64Array, FloatArray
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.encoders.value_map import ValueMap
from rmqm_spec.errors import UsageError

__all__ = ["Arrangement"]


class Arrangement:
    """
    Channel order, then the value map ``(scale * x - mean) / std``, layout and type.

    Parameters
    ----------
    layout : InputLayout
        Order of axes in the network.
    preprocessing : Preprocessing
        Statistics, a single value or a value per channel, in the network's channel order.
    dtype : dtype-like
        Type of the network's input; for uint8, values are rounded to 0..255.

    Raises
    ------
    UsageError
        If the statistics do not fit the channels, or a deviation is zero.
    """

    def __init__(
        self, layout: InputLayout, preprocessing: Preprocessing, dtype: npt.DTypeLike
    ) -> None:
        self.layout = layout
        self.preprocessing = preprocessing
        self.dtype = np.dtype(dtype)
        is_image = layout.spec.kind == "image"
        mean = _column("mean", preprocessing.mean, layout.spec.shape[0], 0.0, is_image)
        std = _column("std", preprocessing.std, layout.spec.shape[0], 1.0, is_image)
        scale = preprocessing.scale
        if not (np.isfinite([scale, *mean.flat, *std.flat]).all() and (std > 0).all()):
            raise UsageError(
                "PRE005",
                "scale, mean and std must be finite, and std above 0; got "
                f"{scale:g}, {preprocessing.mean} and {preprocessing.std}",
                fix="Correct --scale, --mean or --std.",
            )
        if self.dtype == np.uint8 and preprocessing.is_identity:
            scale = 255.0
        if self.dtype == np.uint8:
            _require_bytes(-mean / std, (scale - mean) / std, preprocessing.source)
        self._map = ValueMap(scale, mean, std, self.dtype)

    def __call__(self, inputs: FloatArray) -> AnyArray:
        """Arrange inputs (N, *S); returns a new array or, where nothing changes, `inputs`."""
        values: AnyArray = inputs
        layout = self.layout.layout
        if layout != "array" and self.preprocessing.channel_order == "bgr":
            values = values[:, ::-1]
        values = self._map(values)
        if layout == "nhwc":
            values = values.transpose(0, 2, 3, 1)
        values = np.ascontiguousarray(values)
        return values.reshape(len(inputs), *self.layout.network_shape)

    def restore(self, arranged: AnyArray) -> Float64Array:
        """
        Undo all of it: return the network's input as inputs (N, *S) in their declared range.

        Equal to the inputs up to the rounding of the network's type, see `rounding`, unless a value
        was clipped on the way.
        """
        values: Float64Array = arranged.astype(np.float64)
        if self.layout.layout == "nhwc":
            values = values.reshape(len(values), *self.layout.network_shape).transpose(0, 3, 1, 2)
        values = values.reshape(len(values), *self.layout.spec.shape)
        if self._map.changes_values:
            values = (values - self._map.offset.astype(np.float64)) / self._map.factor.astype(
                np.float64
            )
        if self.layout.layout != "array" and self.preprocessing.channel_order == "bgr":
            values = values[:, ::-1]
        return values

    @property
    def changes_values(self) -> bool:
        """Whether values are rescaled on their way to the network."""
        return self._map.changes_values

    def restore_direction(self, arranged: AnyArray) -> FloatArray:
        """Carry directions of the network's input to the inputs: `restore` without the offset."""
        values: AnyArray = arranged
        if self.layout.layout == "nhwc":
            values = values.reshape(len(values), *self.layout.network_shape).transpose(0, 3, 1, 2)
        values = values.reshape(len(values), *self.layout.spec.shape)
        if self._map.changes_values:
            values = values / self._map.factor
        if self.layout.layout != "array" and self.preprocessing.channel_order == "bgr":
            values = values[:, ::-1]
        return np.ascontiguousarray(values)

    def pull_back_restored(self, cotangent: FloatArray) -> FloatArray:
        """Carry cotangents of what `restore` returns back to the network's input."""
        values: AnyArray = cotangent
        if self.layout.layout != "array" and self.preprocessing.channel_order == "bgr":
            values = values[:, ::-1]
        if self._map.changes_values:
            values = values / self._map.factor
        if self.layout.layout == "nhwc":
            values = values.transpose(0, 2, 3, 1)
        return np.ascontiguousarray(values).reshape(len(values), *self.layout.network_shape)

    def rounding(self, arranged: AnyArray) -> float:
        """Return the largest error in the inputs that the network's type explains."""
        if self.dtype == np.uint8:
            step = 0.5
        else:
            kind = np.float32 if self.dtype.itemsize > 4 else self.dtype
            largest = max(float(np.abs(arranged).max()), float(np.abs(self._map.offset).max()), 1.0)
            step = 4 * float(np.finfo(kind).eps) * largest
        factor = np.abs(self._map.factor).min() if self._map.changes_values else 1.0
        return step / float(factor) + 1e-6

    def push_forward(self, tangents: FloatArray) -> AnyArray:
        """
        Carry directions of the inputs forward to directions of the network's input.

        All steps but the offset are linear; rounding to another type counts as the identity.
        """
        values: AnyArray = tangents
        layout = self.layout.layout
        if layout != "array" and self.preprocessing.channel_order == "bgr":
            values = values[:, ::-1]
        if self._map.changes_values:
            values = values * self._map.factor
        if layout == "nhwc":
            values = values.transpose(0, 2, 3, 1)
        values = np.ascontiguousarray(values)
        return values.reshape(len(tangents), *self.layout.network_shape)

    def pull_back(self, gradient: FloatArray) -> FloatArray:
        """
        Carry a gradient of the network's input back to the inputs: each step in reverse.

        Rounding to another type counts as the identity.
        """
        layout, shape = self.layout.layout, self.layout.spec.shape
        if layout == "nhwc":
            gradient = gradient.reshape(len(gradient), *self.layout.network_shape)
            gradient = gradient.transpose(0, 3, 1, 2)
        values: AnyArray = gradient.reshape(len(gradient), *shape)
        if self._map.changes_values:
            values = values * self._map.factor
        if layout != "array" and self.preprocessing.channel_order == "bgr":
            values = values[:, ::-1]
        return np.ascontiguousarray(values)


def _require_bytes(low: AnyArray, high: AnyArray, source: str) -> None:
    """Refuse statistics that would leave only two or three values of an image of bytes."""
    if low.min() >= 0 and high.max() <= 255 and (high - low).min() > 1:
        return
    raise UsageError(
        "PRE005",
        f"a network that takes bytes must get 0 to 255; got {low.min():g} to {high.max():g} after "
        f"the preprocessing from {source}",
        fix="If the graph itself normalises, pass --scale 255 alone.",
    )


def _column(
    name: str, values: tuple[float, ...] | None, channels: int, default: float, is_image: bool
) -> npt.NDArray[np.float64]:
    """Shape a single value, or a value per channel, to broadcast over (N, C, H, W)."""
    if values is None:
        return np.array([default])
    if len(values) == 1:
        return np.array(values)
    if not is_image or len(values) != channels:
        wanted = f"1 value or one for each of {channels} channels" if is_image else "1 value"
        raise UsageError(
            "PRE005",
            f"{name} must have {wanted}; got {len(values)} values",
            fix=f"Correct --{name}.",
        )
    return np.array(values).reshape(channels, 1, 1)
