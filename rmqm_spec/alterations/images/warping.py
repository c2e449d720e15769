"""Affine maps of images, sampled bilinearly as Pillow does in floats (clause RMQM-IMG-003)."""

from __future__ import annotations

import numpy as np

from rmqm_spec.arrays import AnyArray, BoolArray, Float64Array

__all__ = ["Affine", "warped"]

Affine = tuple[float, float, float, float, float, float]
"""(a, b, c, d, e, f): the place (x, y) of the result shows the place (ax + by + c, dx + ey + f)."""


def warped(images: Float64Array, affine: Affine, fill: str, low: float) -> Float64Array:
    """
    Return images as they appear through an affine map.

    Parameters
    ----------
    images : (n, C, H, W) ndarray of float64
        Images.
    affine : tuple of six floats
        From places of the result to places of the images, in pixels; the pixel in column x and row
        y has its centre at (x + 1/2, y + 1/2). The same order as in ``PIL.Image.transform``.
    fill : {"low", "mean", "edge"}
        What lies outside the frame: `low`, the mean of each channel, or the nearest pixel.
    low : float
        Lower bound of the images.

    Returns
    -------
    (n, C, H, W) ndarray of float64

    Examples
    --------
    >>> row = np.array([[[[1.0, 2.0, 3.0, 4.0]]]])
    >>> warped(row, (1, 0, 0.5, 0, 1, 0), "low", 0.0)[0, 0, 0].tolist()
    [1.5, 2.5, 3.5, 0.0]
    """
    height, width = images.shape[2:]
    planes = images.reshape(-1, height * width)
    u, v, outside = _places(affine, height, width)
    left, right, across = _neighbours(u, width)
    above, below, down = _neighbours(v, height)
    upper = _between(planes, above * width + left, above * width + right, across)
    lower = _between(planes, below * width + left, below * width + right, across)
    made = upper + (lower - upper) * down
    if fill == "low":
        made[:, outside] = low
    elif fill == "mean":
        # Plane by plane: sums over a batch may be ordered by its size.
        made[:, outside] = np.array([[plane.mean()] for plane in planes])
    return made.reshape(images.shape)


def _places(
    affine: Affine, height: int, width: int
) -> tuple[Float64Array, Float64Array, BoolArray]:
    """Return where each pixel of the result lies in the image, and whether that is outside."""
    a, b, c, d, e, f = affine
    x, y = np.arange(width) + 0.5, (np.arange(height) + 0.5)[:, None]
    u, v = (a * x + b * y + c).ravel(), (d * x + e * y + f).ravel()
    return u, v, (u < 0) | (u >= width) | (v < 0) | (v >= height)


def _neighbours(places: Float64Array, length: int) -> tuple[AnyArray, AnyArray, Float64Array]:
    """Return the two pixels between whose centres each place lies, and the share of the second."""
    places = np.clip(places - 0.5, 0, length - 1)
    first = np.floor(places).astype(np.intp)
    return first, np.minimum(first + 1, length - 1), places - first


def _between(
    planes: Float64Array, first: AnyArray, second: AnyArray, share: Float64Array
) -> Float64Array:
    values = planes[:, first]
    return values + (planes[:, second] - values) * share
