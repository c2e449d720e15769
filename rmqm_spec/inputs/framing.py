"""What is cut off an image, turned or padded before and after it is resized."""

from __future__ import annotations

import numpy as np
from PIL import Image

from rmqm_spec.arrays import AnyArray
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.inputs.resizing import Size, in_floats, require_room

__all__ = ["LUMA", "centre_crop", "squared", "trimmed", "turned", "zoomed"]

LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
"""Weights of RGB in grey, ITU-R BT.601."""

_TORCH_LUMA = np.array([0.2989, 0.587, 0.114], dtype=np.float32)

_PAPER = 200
"""From this level on, of the image's own range of grey, a pixel is paper, not print."""


def trimmed(image: AnyArray, preprocessing: Preprocessing) -> AnyArray:
    """Cut off margins in which nothing is printed."""
    levels = image if image.dtype == np.uint8 else np.rint(255 * image).astype(np.uint8)
    grey = _grey(levels, by_torch=preprocessing.resize_by == "torch")
    low, high = int(grey.min()), int(grey.max())
    if low == high:
        return image
    is_print = (grey - low) / (high - low) * 255 < _PAPER
    rows, columns = (np.flatnonzero(is_print.any(axis=axis)) for axis in (1, 0))
    return image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _grey(levels: AnyArray, *, by_torch: bool) -> AnyArray:
    """Return grey as Pillow has it, or torchvision, which cuts fractions off."""
    if levels.shape[2] != 3:
        return levels[..., 0]
    if by_torch:
        return (levels @ _TORCH_LUMA).astype(np.uint8)
    return np.asarray(Image.fromarray(levels).convert("L"))


def turned(image: AnyArray, size: Size) -> AnyArray:
    """Turn an image clockwise by a quarter where its longer side is the shorter of `size`."""
    height, width = image.shape[:2]
    is_across = (height - width) * (size[0] - size[1]) < 0
    return np.rot90(image, 3) if is_across else image


def zoomed(image: AnyArray, shares: tuple[float, float]) -> AnyArray:
    """Cut out the centre, its sides being shares of the shorter side."""
    shorter = min(image.shape[:2])
    height, width = (max(1, int(share * shorter)) for share in shares)
    return centre_crop(image, (height, width), Preprocessing(crop_rounding="floor"))


def squared(image: AnyArray, preprocessing: Preprocessing) -> AnyArray:
    """Pad an image to a square."""
    longer = max(image.shape[:2])
    require_room(image, (longer, longer))
    missing = [longer - length for length in image.shape[:2]]
    offset = [length // 2 for length in missing]
    return _padded(image, missing, offset, preprocessing) if any(missing) else image


def centre_crop(image: AnyArray, size: Size, preprocessing: Preprocessing) -> AnyArray:
    """Cut the centre out; a side that is too short is first padded with a colour."""
    missing = [max(0, want - have) for want, have in zip(size, image.shape[:2], strict=True)]
    if any(missing):
        # The odd row or column comes after the image, or before it by the floor of its offset.
        first = 1 if preprocessing.crop_rounding == "floor" else 0
        offset = [(length + first) // 2 for length in missing]
        image = _padded(image, missing, offset, preprocessing)
    spare = [have - want for want, have in zip(size, image.shape[:2], strict=True)]
    is_even = preprocessing.crop_rounding == "even"
    top, left = (round(length / 2) if is_even else length // 2 for length in spare)
    return image[top : top + size[0], left : left + size[1]]


def _padded(
    image: AnyArray, missing: list[int], offset: list[int], preprocessing: Preprocessing
) -> AnyArray:
    """Add rows and columns of one colour; the image begins at `offset`, or in the corner."""
    height, width, channels = image.shape
    colour = np.array(_fill(preprocessing.fill, channels))
    if image.dtype == np.uint8 and _is_of_levels(preprocessing.fill):
        colour = np.rint(255 * colour)
    else:
        image = in_floats(image)
    padded = np.empty((height + missing[0], width + missing[1], channels), image.dtype)
    padded[:] = colour
    top, left = (0, 0) if preprocessing.place == "corner" else offset
    padded[top : top + height, left : left + width] = image
    return padded


def _is_of_levels(fill: tuple[float, ...] | None) -> bool:
    """Whether a colour is of whole levels of 255, so that an image can stay as bytes."""
    levels = 255 * np.array(fill or 0.0)
    return bool(np.abs(levels - np.rint(levels)).max() < 1e-3)


def _fill(fill: tuple[float, ...] | None, channels: int) -> tuple[float, ...]:
    """Return a value per channel; a grey image gets the luma of a colour."""
    values = fill or (0.0,)
    if len(values) == 3 and channels == 1:
        return (float(np.dot(values, LUMA)),)
    return values if len(values) == channels else values[:1] * channels
