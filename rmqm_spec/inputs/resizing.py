"""Resizing images: to which size, and with whose arithmetic."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image

from rmqm_spec.arrays import AnyArray, FloatArray
from rmqm_spec.contracts.preprocessing import FitRounding, Preprocessing
from rmqm_spec.errors import UnreadableError
from rmqm_spec.inputs.images import MAX_PIXELS
from rmqm_spec.inputs.torch_resize import torch_resize

__all__ = ["Size", "before_crop", "in_floats", "require_room", "resized", "shrunk"]

Size = tuple[int, int]
"""Height and width."""

_FILTERS = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
    "box": Image.Resampling.BOX,
    "hamming": Image.Resampling.HAMMING,
}


def before_crop(shape: tuple[int, ...], wanted: int | Size, preprocessing: Preprocessing) -> Size:
    """Return the size that an image gets by ``resize``: the shorter side, or height and width."""
    if isinstance(wanted, int):
        return _by_shorter_side(shape, wanted)
    if preprocessing.fit == "stretch":
        return wanted
    height, width = _in_proportion((shape[0], shape[1]), wanted, preprocessing)
    return max(preprocessing.at_least, height), max(preprocessing.at_least, width)


def _by_shorter_side(shape: tuple[int, ...], length: int) -> Size:
    height, width = shape[:2]
    longer = int(length * max(height, width) / min(height, width))
    return (length, longer) if height <= width else (longer, length)


def _in_proportion(sides: Size, wanted: Size, preprocessing: Preprocessing) -> Size:
    """Scale both sides so that they just cover `wanted`, or just fit into it."""
    tightest = min if preprocessing.fit == "cover" else max
    have, want = tightest(zip(sides, wanted, strict=True), key=lambda pair: pair[0] / pair[1])
    rounded: dict[FitRounding, Callable[[int], int]] = {
        "ratio": lambda side: round(side / (have / want)),
        "share": lambda side: round(side * want / have),
        "scale": lambda side: round(side * (want / have)),
        "up": lambda side: int(side * (want / have) + 0.5),
        "down": lambda side: int(side * (want / have)),
    }
    height, width = map(rounded[preprocessing.fit_rounding], sides)
    return height, width


def resized(image: AnyArray, size: Size, preprocessing: Preprocessing) -> AnyArray:
    """Resize an image, if it has not this size already."""
    if image.shape[:2] == size:
        return image
    require_room(image, size)
    if preprocessing.resize_by == "torch" and image.dtype == np.uint8:
        return torch_resize(image, size, preprocessing.interpolation)
    if preprocessing.resize_by == "sampled":
        return _sampled(in_floats(image), size)
    if preprocessing.resize_by == "blurred":
        return _blurred(in_floats(image), size)
    if preprocessing.resize_by == "torch_blurred":
        return _sampled(_blurred_by_torch(in_floats(image), size), size)
    if preprocessing.resize_by == "float":
        image = in_floats(image)
    return _by_pillow(image, size, _FILTERS[preprocessing.interpolation])


def shrunk(image: AnyArray, into: Size, preprocessing: Preprocessing) -> AnyArray:
    """Shrink a larger image until it fits, as ``thumbnail`` of transformers does."""
    height, width = (min(have, want) for have, want in zip(image.shape, into, strict=False))
    if (height, width) == image.shape[:2]:
        return image
    if image.shape[0] > image.shape[1]:
        width = max(1, int(image.shape[1] * height / image.shape[0]))
    elif image.shape[1] > image.shape[0]:
        height = max(1, int(image.shape[0] * width / image.shape[1]))
    if preprocessing.resize_by == "torch" and image.dtype == np.uint8:
        return torch_resize(image, (height, width), "bicubic")
    return _by_pillow(image, (height, width), Image.Resampling.BICUBIC, reducing_gap=2.0)


def require_room(image: AnyArray, size: Size) -> None:
    """
    Refuse a size of too many pixels.

    Raises
    ------
    UnreadableError
        IMG004.
    """
    height, width = size
    if height * width > MAX_PIXELS:
        raise UnreadableError(
            "IMG004",
            f"resized images must have at most {MAX_PIXELS} pixels; got {width} x {height}"
            f" from {image.shape[1]} x {image.shape[0]}",
            fix="Leave out images this long and narrow, or crop them.",
        )


def in_floats(image: AnyArray) -> AnyArray:
    """Return an image of bytes as floats in [0, 1]."""
    return image / np.float32(255) if image.dtype == np.uint8 else image


def _by_pillow(
    image: AnyArray, size: Size, resampling: Image.Resampling, reducing_gap: float | None = None
) -> AnyArray:
    height, width = size

    def plane_of(plane: AnyArray) -> AnyArray:
        is_bytes = plane.dtype == np.uint8
        picture = Image.fromarray(plane if is_bytes else plane.astype(np.float32, copy=False))
        values = np.asarray(picture.resize((width, height), resampling, reducing_gap=reducing_gap))
        return values if is_bytes else np.clip(values, 0, 1)

    if image.dtype == np.uint8 and image.shape[2] == 3:  # Pillow has a mode for all channels
        return plane_of(image)
    return np.stack([plane_of(plane) for plane in np.moveaxis(image, 2, 0)], axis=2)


def _sampled(image: FloatArray, size: Size) -> FloatArray:
    """Interpolate between the neighbouring pixels alone, as PyTorch without antialiasing."""
    for axis, length in enumerate(size):
        below, above, share = _neighbours(image.shape[axis], length)
        share = share.reshape(-1, *[1] * (2 - axis))
        image = image.take(below, axis) * (1 - share) + image.take(above, axis) * share
    return image


def _neighbours(have: int, want: int) -> tuple[AnyArray, AnyArray, FloatArray]:
    """Return the two pixels between which each place lies, and the share of the second."""
    scale = np.float32(have) / np.float32(want)
    places = (np.arange(want, dtype=np.float32) + np.float32(0.5)) * scale - np.float32(0.5)
    places = np.maximum(places, 0)
    below = np.minimum(places.astype(np.int64), have - 1)
    return below, np.minimum(below + 1, have - 1), (places - below).astype(np.float32)


def _blurred(image: FloatArray, size: Size) -> FloatArray:
    """Blur by how much an image is shrunk, then interpolate, as scikit-image does."""
    from scipy import ndimage

    factors = np.divide(image.shape, (*size, image.shape[2]))
    smooth = ndimage.gaussian_filter(image, np.maximum(0, (factors - 1) / 2), mode="mirror")
    zoomed = ndimage.zoom(smooth, 1 / factors, order=1, mode="mirror", grid_mode=True)
    return np.clip(zoomed, image.min(), image.max())


def _blurred_by_torch(image: FloatArray, size: Size) -> FloatArray:
    """Blur as Owlv2 does on tensors: to 3 deviations, and only where both sides shrink."""
    down, across = ((have / want - 1) / 2 for have, want in zip(image.shape, size, strict=False))
    if down <= 0 or across <= 0:
        return image
    from scipy import ndimage

    # torchvision has the width first, and gets the height first.
    sigmas = (across, down)
    for axis, sigma in enumerate(sigmas):
        radius = int(np.ceil(3 * np.float32(sigma)))
        image = ndimage.gaussian_filter1d(image, sigma, axis, mode="mirror", radius=radius)
    return image
