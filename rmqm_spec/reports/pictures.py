"""Small pictures inside the page: thumbnails as data, sparklines as points."""

from __future__ import annotations

import base64
import io

import numpy as np
import numpy.typing as npt

from rmqm_spec.arrays import Float64Array

__all__ = ["data_uri", "sparkline"]

_EXACT_SIDE = 48
"""Pictures up to this side are kept pixel by pixel; larger noise would weigh too much."""

_QUALITY = 85


def data_uri(picture: npt.NDArray[np.uint8]) -> str:
    """
    Return a picture (H, W, C) of bytes as a ``data:`` address, PNG if small, else JPEG.

    Examples
    --------
    >>> data_uri(np.zeros((2, 2, 1), np.uint8))[:22]
    'data:image/png;base64,'
    """
    from PIL import Image

    image = Image.fromarray(picture[..., 0] if picture.shape[2] == 1 else picture)
    is_small = max(picture.shape[:2]) <= _EXACT_SIDE
    stream = io.BytesIO()
    if is_small:
        image.save(stream, "PNG", optimize=True)
    else:
        image.save(stream, "JPEG", quality=_QUALITY)
    kind = "png" if is_small else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(stream.getvalue()).decode()}"


def sparkline(values: Float64Array, highest: float) -> str:
    """
    Return the points of a line from 0 over J values, in a field of 100 by 30.

    Examples
    --------
    >>> sparkline(np.array([0.5, 1.0]), 1.0)
    '0,30 50,15 100,0'
    """
    heights = np.concatenate([[0.0], values]) / (highest or 1.0)
    places = np.linspace(0, 100, len(heights))
    return " ".join(
        f"{round(float(x), 1):g},{round(float(30 - 30 * y), 1):g}"
        for x, y in zip(places, heights, strict=True)
    )
