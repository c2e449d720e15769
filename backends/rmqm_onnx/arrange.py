"""From inputs in their declared range to what the network wants: values, channels, axes, type."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rmqm_onnx.layout import InputLayout
from rmqm_spec.arrays import AnyArray, FloatArray
from rmqm_spec.errors import UsageError
from rmqm_spec.preprocessing import Preprocessing

__all__ = ["Arrangement"]


class Arrangement:
    """
    The value map ``(scale * x - mean) / std``, then channel order, layout and type.

    Parameters
    ----------
    layout : InputLayout
        Order of axes in the network.
    preprocessing : Preprocessing
        Statistics, one value or one per channel.
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
        if not (std > 0).all():
            raise UsageError(
                "PRE005", f"std must be above 0; got {preprocessing.std}", fix="Correct --std."
            )
        scale = preprocessing.scale
        if self.dtype == np.uint8 and preprocessing.is_identity:
            scale = 255.0
        # One product and one sum, rounded to the network's type; float64 networks keep float64.
        kind = np.float64 if self.dtype == np.float64 else np.float32
        self._factor = (scale / std).astype(kind)
        self._offset = (-mean / std).astype(kind)
        self._maps_values = bool((self._factor != 1).any() or (self._offset != 0).any())

    def __call__(self, inputs: FloatArray) -> AnyArray:
        """Arrange inputs (N, *S); returns a new array or, where nothing changes, `inputs`."""
        values: AnyArray = inputs
        if self._maps_values:
            values = values * self._factor
            values += self._offset
        layout = self.layout.layout
        if layout != "array" and self.preprocessing.channel_order == "bgr":
            values = values[:, ::-1]
        if layout == "nhwc":
            values = values.transpose(0, 2, 3, 1)
        if self.dtype == np.uint8:
            values = np.clip(np.rint(values), 0, 255)
        values = np.ascontiguousarray(values, dtype=self.dtype)
        return values.reshape(len(inputs), *self.layout.network_shape)


def _column(
    name: str, values: tuple[float, ...] | None, channels: int, default: float, is_image: bool
) -> npt.NDArray[np.float64]:
    """Shape one value, or one per channel, to broadcast over (N, C, H, W)."""
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
