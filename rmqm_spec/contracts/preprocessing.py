"""
What happens to an altered input before the network: the value map of an encoder's preprocessing.

Alterations act on inputs in their declared range, [0, 1] for images, in the layout (C, H, W).
Geometry (resize, crop) comes before the alteration, the value map after it:

    decode -> resize, crop -> x in [0, 1] -> alteration -> (scale * x - mean) / std -> network
"""

from __future__ import annotations

from typing import Literal

from attrs import asdict, field, fields_dict, frozen

__all__ = [
    "BILINEAR_ONLY",
    "LATER_GEOMETRY",
    "SWITCHED_OFF",
    "TORCH_FILTERS",
    "ChannelOrder",
    "CropRounding",
    "Fit",
    "FitRounding",
    "Interpolation",
    "Place",
    "Preprocessing",
    "ResizeBy",
]

ChannelOrder = Literal["rgb", "bgr"]
Interpolation = Literal["nearest", "bilinear", "bicubic", "lanczos", "box", "hamming"]
Fit = Literal["stretch", "cover", "contain"]
FitRounding = Literal["ratio", "share", "scale", "up", "down"]
CropRounding = Literal["even", "floor", "truncate"]
Place = Literal["centre", "corner"]
ResizeBy = Literal["pillow", "torch", "float", "sampled", "blurred", "torch_blurred"]

TORCH_FILTERS = ("nearest", "bilinear", "bicubic", "lanczos")
"""Filters that there are with PyTorch's arithmetic."""

BILINEAR_ONLY = ("sampled", "blurred", "torch_blurred")
"""Ways to resize that have no other filter."""

LATER_GEOMETRY = (
    "zoom",
    "fit",
    "resize_by",
    "crop_rounding",
    "fill",
    "fit_rounding",
    "at_least",
    "thumbnail",
    "trim",
    "turn",
    "square",
    "place",
)
"""Parts of the geometry that documents name only where they are not the default."""

_NOWHERE = "none"
"""The source of a preprocessing that nobody gave."""

SWITCHED_OFF = "none, as --preprocess none asks"
"""The source where what lies in or beside the model is not to be used."""


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
    resize : int or tuple of int, optional
        Size before cropping, in pixels: the length of the shorter side, or height and width, which
        `fit` interprets; without it an image is resized straight to the network's height and width.
    crop : tuple of int, optional
        Height and width of the centre crop, in pixels.
    interpolation : {"nearest", "bilinear", "bicubic", "lanczos", "box", "hamming"}
        Filter of the resize, Pillow's definition (antialiased).
    size : tuple of int, optional
        Height and width of the network's input, where the model leaves them open.
    zoom : tuple of float, optional
        Height and width of a centre crop before the resize, as shares of the shorter side.
    fit : {"stretch", "cover", "contain"}
        How an image meets a `resize` of height and width: it gets exactly these, or it keeps its
        aspect ratio and just covers them, or it keeps its aspect ratio and just fits into them.
    resize_by : {"pillow", "torch", "float", "sampled", "blurred", "torch_blurred"}
        Whose arithmetic the filter has on 8-bit images: Pillow's and PyTorch's differ by a few
        levels at edges; with floats nothing is rounded to levels. The last three are bilinear
        between neighbouring pixels alone, in floats: without antialiasing, or after a Gaussian blur
        as scikit-image or as torchvision has it.
    crop_rounding : {"even", "floor", "truncate"}
        How the offset of the crop, half of what an image is larger, loses half a pixel: to the even
        number (torchvision, timm), to the number below (transformers with NumPy), or to zero
        (transformers with tensors). The last two differ only for images smaller than the crop.
    fill : tuple of float, optional
        Colour in [0, 1] around an image that is smaller than the crop, one value, or one per
        channel in the order RGB; black without it.
    fit_rounding : {"ratio", "share", "scale", "up", "down"}
        How a side is rounded that keeps the aspect ratio. The first three round to the nearest
        number and differ where that is a matter of floating point: the side over a ratio (timm),
        its share of the longer side, or the side times a scale; "up" rounds a half up, "down"
        leaves out what is less than a pixel.
    at_least : int
        Pixels that a side has at least where the aspect ratio is kept.
    thumbnail : tuple of int, optional
        Height and width into which an image that is larger is shrunk after the resize, with the
        bicubic filter; it keeps its aspect ratio.
    trim : bool
        Whether light margins of a page are cut off first.
    turn : bool
        Whether an image is turned clockwise by a quarter where its longer side is the shorter side
        of the network's input.
    square : bool
        Whether an image is padded to a square before the resize.
    place : {"centre", "corner"}
        Where an image lies in what is padded: in the centre, or at the top and the left.
    source : str
        Where the values were found, or ``"none"``; `SWITCHED_OFF` where none is to be used.
    """

    scale: float = field(default=1.0, converter=float)
    mean: tuple[float, ...] | None = field(default=None, converter=_floats)
    std: tuple[float, ...] | None = field(default=None, converter=_floats)
    channel_order: ChannelOrder = "rgb"
    resize: int | tuple[int, int] | None = None
    crop: tuple[int, int] | None = None
    interpolation: Interpolation = "bilinear"
    size: tuple[int, int] | None = None
    zoom: tuple[float, float] | None = None
    fit: Fit = "stretch"
    resize_by: ResizeBy = "pillow"
    crop_rounding: CropRounding = "even"
    fill: tuple[float, ...] | None = field(default=None, converter=_floats)
    fit_rounding: FitRounding = "ratio"
    at_least: int = 1
    thumbnail: tuple[int, int] | None = None
    trim: bool = False
    turn: bool = False
    square: bool = False
    place: Place = "centre"
    source: str = _NOWHERE

    @property
    def is_identity(self) -> bool:
        """Whether values in [0, 1] go in as they are."""
        return self.scale == 1 and not any(self.mean or ()) and set(self.std or (1.0,)) == {1.0}

    @property
    def is_switched_off(self) -> bool:
        """Whether what lies in or beside the model is not to be used."""
        return self.source == SWITCHED_OFF

    def later_geometry(self) -> dict[str, object]:
        """Return the parts of the geometry in `LATER_GEOMETRY` that are not the default."""
        defaults = fields_dict(type(self))
        return {
            name: getattr(self, name)
            for name in LATER_GEOMETRY
            if getattr(self, name) != defaults[name].default
        }

    @property
    def is_known(self) -> bool:
        """Whether a value map was given or read, be it only that values in [0, 1] are right."""
        return self.source not in {_NOWHERE, SWITCHED_OFF} or not self.is_identity

    def to_dict(self) -> dict[str, object]:
        """Return the preprocessing as plain data, without `LATER_GEOMETRY` at its defaults."""
        later = self.later_geometry()
        return {
            name: value
            for name, value in asdict(self).items()
            if name not in LATER_GEOMETRY or name in later
        }
