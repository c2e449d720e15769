"""Geometry of images: channels, and the steps from a photograph to the encoder's size."""

from __future__ import annotations

import numpy as np
from PIL import Image

from rmqm_spec.arrays import AnyArray, FloatArray
from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.contracts.preprocessing import BILINEAR_ONLY, Preprocessing
from rmqm_spec.errors import ShapeError
from rmqm_spec.inputs.framing import LUMA, centre_crop, squared, trimmed, turned, zoomed
from rmqm_spec.inputs.resizing import Size, before_crop, in_floats, resized, shrunk

__all__ = ["fit_image"]


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
    image = _framed(image, (height, width), preprocessing)
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
    grey: AnyArray = np.clip(image.astype(np.float32, copy=False) @ LUMA, 0, 1)
    return grey[..., np.newaxis]


def _framed(image: AnyArray, size: Size, preprocessing: Preprocessing) -> AnyArray:
    """Take an image through all steps of the geometry, in their order."""
    if preprocessing.trim:
        image = trimmed(image, preprocessing)
    if preprocessing.turn:
        image = turned(image, size)
    if preprocessing.zoom is not None:
        image = zoomed(image, preprocessing.zoom)
    if preprocessing.resize_by in BILINEAR_ONLY:  # what is padded, too, is no level
        image = in_floats(image)
    if preprocessing.square:
        image = squared(image, preprocessing)
    if preprocessing.resize is not None:
        wanted = before_crop(image.shape, preprocessing.resize, preprocessing)
        image = resized(image, wanted, preprocessing)
    if preprocessing.thumbnail is not None:
        image = shrunk(image, preprocessing.thumbnail, preprocessing)
    if preprocessing.crop is not None:
        image = centre_crop(image, preprocessing.crop, preprocessing)
    return resized(image, size, preprocessing)
