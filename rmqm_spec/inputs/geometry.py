"""Geometry of images: channels, resize and centre crop, as they are done on PIL images."""

from __future__ import annotations

import numpy as np
from PIL import Image

from rmqm_spec.arrays import AnyArray, FloatArray
from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.contracts.preprocessing import Fit, Preprocessing
from rmqm_spec.errors import ShapeError, UnreadableError
from rmqm_spec.inputs.images import MAX_PIXELS
from rmqm_spec.inputs.torch_resize import torch_resize

__all__ = ["fit_image"]

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
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)  # ITU-R BT.601


def fit_image(image: AnyArray, spec: InputSpec, preprocessing: Preprocessing) -> FloatArray:
    """
    Give an image the channels and the size that an encoder takes.

    Parameters
    ----------
    image : (H0, W0, C0) ndarray
        uint8, or float in [0, 1]. uint8 is resized as uint8, which is what torchvision and timm do
        with PIL images.
    spec : InputSpec
        What the encoder takes, (C, H, W).
    preprocessing : Preprocessing
        All of its geometry. Without `resize` and `crop` an image of the right size stays as it is;
        any other image is resized straight to (H, W).

    Returns
    -------
    (C, H, W) ndarray of float32
        Values in [0, 1], in C order, never a view of `image`.

    Raises
    ------
    ShapeError
        IMG007 if the channels cannot be adapted: only 3 to 1 (ITU-R BT.601 luma, as in Pillow)
        and 1 to 3 (repeated) can.
    UnreadableError
        IMG004 if an intermediate image would have too many pixels.

    Examples
    --------
    >>> spec = InputSpec(kind="image", shape=(1, 2, 2))
    >>> fit_image(np.full((4, 6, 3), 255, dtype=np.uint8), spec, Preprocessing())
    array([[[1., 1.], [1., 1.]]], dtype=float32)
    """
    channels, height, width = spec.shape
    image = _adapt_channels(image, channels)
    image = _crop_and_resize(image, (height, width), preprocessing)
    planes = np.broadcast_to(image.transpose(2, 0, 1), (channels, height, width))
    values = np.array(planes, dtype=np.float32, order="C")
    if image.dtype == np.uint8:
        values /= 255
    return values


def _adapt_channels(image: AnyArray, channels: int) -> AnyArray:
    """Reduce RGB to grey; grey is repeated only after the resize, to resize one channel only."""
    given = image.shape[2]
    if given == 3 and channels == 1:
        return _luma(image)
    if given == channels or (given == 1 and channels == 3):
        return image
    raise ShapeError(
        "IMG007",
        f"images must have {channels} channels, or be grey or RGB for an encoder of RGB or grey;"
        f" got {given} channels",
        fix="Give images of the encoder's channels, as an array if they are not grey or RGB.",
    )


def _luma(image: AnyArray) -> AnyArray:
    if image.dtype == np.uint8:
        return np.asarray(Image.fromarray(image).convert("L"))[..., np.newaxis]
    grey: AnyArray = np.clip(image.astype(np.float32, copy=False) @ _LUMA, 0, 1)
    return grey[..., np.newaxis]


def _crop_and_resize(image: AnyArray, size: Size, preprocessing: Preprocessing) -> AnyArray:
    if preprocessing.zoom is not None:
        image = _zoomed(image, preprocessing.zoom)
    if preprocessing.resize is not None:
        before_crop = _size_before_crop(image.shape, preprocessing.resize, preprocessing.fit)
        image = _resize(image, before_crop, preprocessing)
    if preprocessing.crop is not None:
        image = _centre_crop(image, preprocessing.crop, preprocessing)
    return _resize(image, size, preprocessing)


def _zoomed(image: AnyArray, shares: tuple[float, float]) -> AnyArray:
    """Cut out the centre, its sides being shares of the shorter side."""
    shorter = min(image.shape[:2])
    height, width = (max(1, int(share * shorter)) for share in shares)
    return _centre_crop(image, (height, width), Preprocessing(crop_rounding="floor"))


def _size_before_crop(shape: tuple[int, ...], wanted: int | Size, fit: Fit) -> Size:
    if isinstance(wanted, int):
        return _size_by_shorter_side(shape, wanted)
    if fit == "stretch":
        return wanted
    sides = shape[0], shape[1]
    ratios = [have / want for have, want in zip(sides, wanted, strict=True)]
    ratio = min(ratios) if fit == "cover" else max(ratios)
    height, width = (max(1, round(length / ratio)) for length in sides)
    return height, width


def _size_by_shorter_side(shape: tuple[int, ...], length: int) -> Size:
    height, width = shape[:2]
    longer = int(length * max(height, width) / min(height, width))
    return (length, longer) if height <= width else (longer, length)


def _resize(image: AnyArray, size: Size, preprocessing: Preprocessing) -> AnyArray:
    height, width = size
    if image.shape[:2] == size:
        return image
    if height * width > MAX_PIXELS:
        raise UnreadableError(
            "IMG004",
            f"resized images must have at most {MAX_PIXELS} pixels; got {width} x {height}"
            f" from {image.shape[1]} x {image.shape[0]}",
            fix="Leave out images this long and narrow, or crop them.",
        )
    if preprocessing.resize_by == "torch" and image.dtype == np.uint8:
        return torch_resize(image, size, preprocessing.interpolation)
    if preprocessing.resize_by == "float" and image.dtype == np.uint8:
        image = image / np.float32(255)
    interpolation = _FILTERS[preprocessing.interpolation]
    planes = [image] if _is_rgb(image) else np.moveaxis(image, 2, 0)
    resized = [_resize_plane(plane, (width, height), interpolation) for plane in planes]
    return resized[0] if _is_rgb(image) else np.stack(resized, axis=2)


def _is_rgb(image: AnyArray) -> bool:
    """Whether Pillow has a mode for all channels at once."""
    return image.dtype == np.uint8 and image.shape[2] == 3


def _resize_plane(
    plane: AnyArray, width_height: tuple[int, int], interpolation: Image.Resampling
) -> AnyArray:
    if plane.dtype == np.uint8:
        return np.asarray(Image.fromarray(plane).resize(width_height, interpolation))
    picture = Image.fromarray(plane.astype(np.float32, copy=False))
    resized: AnyArray = np.clip(np.asarray(picture.resize(width_height, interpolation)), 0, 1)
    return resized


def _centre_crop(image: AnyArray, size: Size, preprocessing: Preprocessing) -> AnyArray:
    """Cut the centre out; a side that is too short is first padded with a colour."""
    missing = [max(0, want - have) for want, have in zip(size, image.shape[:2], strict=True)]
    if any(missing):
        image = _padded(image, missing, preprocessing)
    spare = [have - want for want, have in zip(size, image.shape[:2], strict=True)]
    is_even = preprocessing.crop_rounding == "even"
    top, left = (round(length / 2) if is_even else length // 2 for length in spare)
    return image[top : top + size[0], left : left + size[1]]


def _padded(image: AnyArray, missing: list[int], preprocessing: Preprocessing) -> AnyArray:
    """Add `missing` rows and columns around the image; the odd one at the end, or by the floor."""
    height, width, channels = image.shape
    colour = np.array(_fill(preprocessing.fill, channels))
    if image.dtype == np.uint8:
        colour = np.rint(255 * colour)
    padded = np.empty((height + missing[0], width + missing[1], channels), image.dtype)
    padded[:] = colour
    first = 1 if preprocessing.crop_rounding == "floor" else 0
    top, left = ((length + first) // 2 for length in missing)
    padded[top : top + height, left : left + width] = image
    return padded


def _fill(fill: tuple[float, ...] | None, channels: int) -> tuple[float, ...]:
    """Return a value per channel; a grey image gets the luma of a colour."""
    values = fill or (0.0,)
    if len(values) == 3 and channels == 1:
        return (float(np.dot(values, _LUMA)),)
    return values if len(values) == channels else values[:1] * channels
