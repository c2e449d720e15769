"""Pixels of an opened image: the same rules for every mode that Pillow knows."""

from __future__ import annotations

import numpy as np
from PIL import ExifTags, Image

from rmqm_spec.arrays import AnyArray
from rmqm_spec.contracts.inputs import Bounds
from rmqm_spec.errors import UnreadableError

__all__ = ["pixels_of"]

_BITS_PER_SAMPLE = ExifTags.Base.BitsPerSample
_PHOTOMETRIC = ExifTags.Base.PhotometricInterpretation
_WHITE_IS_ZERO = 0
_GREY_MODES = frozenset({"1", "L", "LA", "La"})


def pixels_of(image: Image.Image, name: str, value_range: Bounds | None = None) -> AnyArray:
    """
    Return the pixels of a loaded image, upright, as grey or RGB.

    Parameters
    ----------
    image : PIL.Image.Image
        A loaded image, as `PIL.Image.open` gave it.
    name : str
        What error messages call it.
    value_range : tuple of float, optional
        The values of (black, white) where neither the mode nor the format says.

    Returns
    -------
    (H, W, C) ndarray
        C is 1 or 3. uint8, or float32 in [0, 1] for modes of more than eight bits.

    Raises
    ------
    UnreadableError
        IMG005 if the range of the values cannot be known or is not kept.

    Examples
    --------
    >>> pixels_of(Image.new("LA", (1, 1), (0, 128)), "half transparent black")
    array([[[127]]], dtype=uint8)
    """
    deep = image.mode in {"I", "F"} or image.mode.startswith("I;16")
    pixels = _deep_grey(image, name, value_range) if deep else _eight_bit(image)
    return np.ascontiguousarray(_upright(pixels, _orientation(image)))


def _eight_bit(image: Image.Image) -> AnyArray:
    mode = "L" if image.mode in _GREY_MODES else "RGB"
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    pixels = np.asarray(image if image.mode == mode else image.convert(mode))
    return pixels[..., np.newaxis] if mode == "L" else pixels


def _deep_grey(image: Image.Image, name: str, value_range: Bounds | None) -> AnyArray:
    values = np.asarray(image)
    value_range = _fixed_range(image) or value_range or _usual_range(image)
    if value_range is None:
        raise _range_error(name, "have a known range", image.mode, values)
    low, high = value_range
    if not (low <= values.min() and values.max() <= high):  # also if a value is not a number
        raise _range_error(name, f"lie in [{low:g}, {high:g}]", image.mode, values)
    grey = ((values - low) / (high - low)).astype(np.float32)
    if getattr(image, "tag_v2", {}).get(_PHOTOMETRIC) == _WHITE_IS_ZERO:
        grey = 1 - grey
    if isinstance(image.info.get("transparency"), int):
        grey[values == image.info["transparency"]] = 1.0
    return grey[..., np.newaxis]


def _fixed_range(image: Image.Image) -> Bounds | None:
    """Return the full scale of mode and format. Pillow scales PGM and JPEG 2000 to 16 bits."""
    if image.mode.startswith("I;16"):
        bits = getattr(image, "tag_v2", {}).get(_BITS_PER_SAMPLE, (16,))
        return 0.0, 2.0 ** bits[0] - 1
    if image.mode == "I" and image.format in {"PNG", "PPM"}:
        return 0.0, 65535.0
    return None


def _usual_range(image: Image.Image) -> Bounds | None:
    """Return 0 to 1 for float images; 32-bit integers have no usual range."""
    return (0.0, 1.0) if image.mode == "F" else None


def _range_error(name: str, rule: str, mode: str, values: AnyArray) -> UnreadableError:
    return UnreadableError(
        "IMG005",
        f"values of {name} must {rule}; got mode {mode} with values from {values.min():g}"
        f" to {values.max():g}",
        fix="Say what black and white are: --range LOW,HIGH. Or save the image with 8 or 16 bits.",
    )


def _orientation(image: Image.Image) -> object:
    """Return the EXIF orientation; None if it is missing or its record is damaged."""
    try:
        return image.getexif().get(ExifTags.Base.Orientation)
    except Exception:  # a damaged record does not damage the picture
        return None


def _upright(pixels: AnyArray, orientation: object) -> AnyArray:
    if orientation in {5, 6, 7, 8}:
        pixels = pixels.swapaxes(0, 1)
    if orientation in {2, 3, 6, 7}:
        pixels = pixels[:, ::-1]
    if orientation in {3, 4, 7, 8}:
        pixels = pixels[::-1]
    return pixels
