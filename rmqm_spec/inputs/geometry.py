"""Geometry of images: channels, resize and centre crop, as torchvision does them on PIL images."""

from __future__ import annotations

import numpy as np
from PIL import Image

from rmqm_spec.arrays import AnyArray, FloatArray
from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.errors import ShapeError, UnreadableError
from rmqm_spec.inputs.images import MAX_PIXELS

__all__ = ["fit_image"]

Size = tuple[int, int]
"""Height and width."""

_FILTERS = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
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
        `resize`, `crop` and `interpolation`. Without `resize` and `crop` an image of the right
        size stays as it is; any other image is resized straight to (H, W).

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
    interpolation = _FILTERS[preprocessing.interpolation]
    if preprocessing.resize is not None:
        shorter = _size_by_shorter_side(image.shape, preprocessing.resize)
        image = _resize(image, shorter, interpolation)
    if preprocessing.crop is not None:
        image = _centre_crop(image, preprocessing.crop)
    return _resize(image, size, interpolation)


def _size_by_shorter_side(shape: tuple[int, ...], length: int) -> Size:
    height, width = shape[:2]
    longer = int(length * max(height, width) / min(height, width))
    return (length, longer) if height <= width else (longer, length)


def _resize(image: AnyArray, size: Size, interpolation: Image.Resampling) -> AnyArray:
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


def _centre_crop(image: AnyArray, size: Size) -> AnyArray:
    """Cut the centre out; a side that is too short is first padded with black."""
    missing = [max(0, want - have) for want, have in zip(size, image.shape[:2], strict=True)]
    image = np.pad(image, [(n // 2, n - n // 2) for n in missing] + [(0, 0)])
    top, left = (round((have - want) / 2) for want, have in zip(size, image.shape[:2], strict=True))
    return image[top : top + size[0], left : left + size[1]]
