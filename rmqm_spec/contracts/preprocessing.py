"""
What happens to an altered input before the network: the value map of an encoder's preprocessing.

Alterations act on inputs in their declared range, [0, 1] for images, in the layout (C, H, W).
Geometry (resize, crop) comes before the alteration, the value map after it:

    decode -> resize, crop -> x in [0, 1] -> alteration -> (scale * x - mean) / std -> network
"""

from __future__ import annotations

from typing import Literal

from attrs import asdict, field, frozen

__all__ = ["ChannelOrder", "Interpolation", "Preprocessing"]

ChannelOrder = Literal["rgb", "bgr"]
Interpolation = Literal["nearest", "bilinear", "bicubic", "lanczos"]

_NOWHERE = "none"
"""The source of a preprocessing that nobody gave."""


def _floats(values: object) -> tuple[float, ...] | None:
    if values is None:
        return None
    if isinstance(values, int | float):
        return (float(values),)
    return tuple(float(value) for value in values)  # type: ignore[attr-defined]


@frozen(kw_only=True)
class Preprocessing:
    """
    Geometry and value map of an encoder: ``network_input = (scale * x - mean) / std``.

    Parameters
    ----------
    scale : float
        Factor on values in [0, 1]; 255 for networks that expect 0 to 255.
    mean, std : tuple of float, optional
        One value, or one per channel, in units after `scale`, in the network's channel order.
    channel_order : {"rgb", "bgr"}
        Order in which the network expects colour channels.
    resize : int, optional
        Length of the shorter side before cropping, in pixels; without it an image is resized
        straight to the network's height and width.
    crop : tuple of int, optional
        Height and width of the centre crop, in pixels.
    interpolation : {"nearest", "bilinear", "bicubic", "lanczos"}
        Filter of the resize, Pillow's definition (antialiased).
    size : tuple of int, optional
        Height and width of the network's input, where the model leaves them open.
    source : str
        Where the values were found, or ``"none"``.
    """

    scale: float = field(default=1.0, converter=float)
    mean: tuple[float, ...] | None = field(default=None, converter=_floats)
    std: tuple[float, ...] | None = field(default=None, converter=_floats)
    channel_order: ChannelOrder = "rgb"
    resize: int | None = None
    crop: tuple[int, int] | None = None
    interpolation: Interpolation = "bilinear"
    size: tuple[int, int] | None = None
    source: str = _NOWHERE

    @property
    def is_identity(self) -> bool:
        """Whether values in [0, 1] go in as they are."""
        return self.scale == 1 and not any(self.mean or ()) and set(self.std or (1.0,)) == {1.0}

    @property
    def is_known(self) -> bool:
        """Whether a value map was given or read, be it only that values in [0, 1] are right."""
        return self.source != _NOWHERE or not self.is_identity

    def to_dict(self) -> dict[str, object]:
        """Return the preprocessing as plain data."""
        return asdict(self)
