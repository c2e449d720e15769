"""
Resizing 8-bit images as PyTorch does, which is not what Pillow does, bit by bit.

``torch.nn.functional.interpolate(..., antialias=True)`` on uint8, and torchvision with it, filter
the width first and then the height, as Pillow; but their weights have 16 bits, not 22 and more, so
that pixels differ by one level in smooth areas and by a few at edges. Image processors of
transformers that work on tensors resize this way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from rmqm_spec.arrays import AnyArray, Float64Array

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["torch_resize"]


def _triangle(x: Float64Array) -> Float64Array:
    return np.where(np.abs(x) < 1, 1 - np.abs(x), 0.0)


def _cubic(x: Float64Array) -> Float64Array:
    a, x = -0.5, np.abs(x)
    inner = ((a + 2) * x - (a + 3)) * x * x + 1
    outer = (((x - 5) * x + 8) * x - 4) * a
    return np.where(x < 1, inner, np.where(x < 2, outer, 0.0))


def _lanczos(x: Float64Array) -> Float64Array:
    return np.where(np.abs(x) < 3, np.sinc(x) * np.sinc(x / 3), 0.0)


_FILTERS: dict[str, tuple[Callable[[Float64Array], Float64Array], float]] = {
    "bilinear": (_triangle, 1.0),
    "bicubic": (_cubic, 2.0),
    "lanczos": (_lanczos, 3.0),
}
"""Each filter with half its width, in pixels of the smaller image."""

_VALUES_AT_A_TIME = 1 << 22
"""Limits the memory that a large photograph takes while it is resized."""

_MAX_PRECISION = 22
_MAX_WEIGHT = 1 << 15


def torch_resize(image: AnyArray, size: tuple[int, int], interpolation: str) -> AnyArray:
    """
    Resize an image of bytes as PyTorch does.

    Parameters
    ----------
    image : (H0, W0, C) ndarray of uint8
        An image.
    size : tuple of int
        Height and width that it gets.
    interpolation : {"nearest", "bilinear", "bicubic", "lanczos"}
        The filter.

    Returns
    -------
    (H, W, C) ndarray of uint8
        The resized image.

    Examples
    --------
    >>> image = np.array([[0, 255]], dtype=np.uint8)[..., None]
    >>> torch_resize(image, (1, 4), "bilinear")[..., 0].tolist()
    [[0, 64, 191, 255]]
    """
    height, width = size
    if interpolation == "nearest":
        rows, columns = (
            _nearest(have, want) for have, want in zip(image.shape, size, strict=False)
        )
        return image[rows][:, columns]
    image = _resize_rows(image.transpose(1, 0, 2), width, interpolation).transpose(1, 0, 2)
    return _resize_rows(image, height, interpolation)


def _nearest(have: int, want: int) -> AnyArray:
    """Return the index of the nearest pixel, in float32 as PyTorch has it ("nearest-exact")."""
    scale = np.float32(have) / np.float32(want)
    places = (np.arange(want, dtype=np.float32) + np.float32(0.5)) * scale
    return np.minimum(places.astype(np.int64), have - 1)


def _resize_rows(image: AnyArray, length: int, interpolation: str) -> AnyArray:
    """Resize the first axis."""
    if image.shape[0] == length:
        return image
    weights, precision = _weights(image.shape[0], length, interpolation)
    columns = image.reshape(image.shape[0], -1)
    resized = np.empty((length, columns.shape[1]), np.uint8)
    block = max(1, _VALUES_AT_A_TIME // image.shape[0])
    for start in range(0, columns.shape[1], block):
        part = slice(start, start + block)
        sums = weights @ columns[:, part].astype(np.int32)  # below 2**31: bytes times 2**22
        levels = (sums + (1 << (precision - 1))) >> precision
        resized[:, part] = np.clip(levels, 0, 255)
    return resized.reshape(length, *image.shape[1:])


def _weights(have: int, want: int, interpolation: str) -> tuple[csr_array, int]:
    """Return the weights of each pixel as whole numbers, and their number of binary places."""
    from scipy.sparse import csr_array

    kernel, radius = _FILTERS[interpolation]
    scale = have / want
    radius, shrink = (radius * scale, 1 / scale) if scale >= 1 else (radius, 1.0)
    centres = scale * (np.arange(want) + 0.5)
    first = np.maximum((centres - radius + 0.5).astype(np.int64), 0)
    last = np.minimum((centres + radius + 0.5).astype(np.int64), have)
    columns = first[:, None] + np.arange((last - first).max())
    exact = kernel((columns - centres[:, None] + 0.5) * shrink)
    exact = np.where(columns < last[:, None], exact, 0.0)
    exact /= exact.sum(axis=1, keepdims=True)
    precision = _precision(exact.max())
    scaled = exact * (1 << precision)
    whole = np.trunc(scaled + np.where(scaled < 0, -0.5, 0.5))
    inside = columns < last[:, None]
    rows = np.broadcast_to(np.arange(want)[:, None], columns.shape)
    entries = whole[inside].astype(np.int32), (rows[inside], columns[inside])
    return csr_array(entries, shape=(want, have)), precision


def _precision(largest: float) -> int:
    """Return how many binary places the largest weight leaves in 16 bits."""
    for precision in range(_MAX_PRECISION):
        if int(0.5 + largest * (1 << (precision + 1))) >= _MAX_WEIGHT:
            return precision
    return _MAX_PRECISION
