"""One picture with an input at several levels side by side, each with a caption."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np

from rmqm_spec.arrays import AnyArray
from rmqm_spec.contracts.inputs import Bounds

__all__ = ["contact_sheet"]

_SIDE = 256
"""Small pictures are enlarged, by whole factors and without a filter, up to this side."""

_GAP = 8
_LINE = 18
_PAPER, _INK = (255, 255, 255), (32, 32, 32)


def contact_sheet(pictures: AnyArray, bounds: Bounds, title: str, captions: Sequence[str]) -> bytes:
    """
    Draw pictures side by side.

    Parameters
    ----------
    pictures : (L, C, H, W) ndarray
        Pictures within bounds; C is 1 or 3, RGB.
    bounds : tuple of two floats
        Black and white.
    title : str
        Line above them.
    captions : sequence of str
        Line below each.

    Returns
    -------
    bytes
        A PNG file. Every pixel of every picture is in it.
    """
    from PIL import Image, ImageDraw, ImageFont

    font: Any = ImageFont.load_default(13)
    tiles = [_tile(one, bounds) for one in pictures]
    width, height = tiles[0].size
    column = max(width, *(int(font.getlength(one)) + 1 for one in captions))
    size = (
        _GAP + (column + _GAP) * len(tiles),
        2 * _GAP + 2 * _LINE + height,
    )
    sheet = Image.new("RGB", size, _PAPER)
    draw = ImageDraw.Draw(sheet)
    draw.text((_GAP, _GAP // 2), _shortened(title, font, size[0] - 2 * _GAP), _INK, font=font)
    for k, (tile, caption) in enumerate(zip(tiles, captions, strict=True)):
        left = _GAP + k * (column + _GAP)
        sheet.paste(tile, (left, _GAP + _LINE))
        draw.text((left, _GAP + _LINE + height + 2), caption, _INK, font=font)
    stream = io.BytesIO()
    sheet.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _tile(picture: AnyArray, bounds: Bounds) -> Any:
    from PIL import Image

    low, high = bounds
    unit = np.clip((picture - low) / (high - low), 0, 1)
    pixels = np.rint(unit * 255).astype(np.uint8).transpose(1, 2, 0)
    image = Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    factor = max(1, _SIDE // max(image.size))
    return image.resize((image.width * factor, image.height * factor), Image.Resampling.NEAREST)


def _shortened(text: str, font: Any, width: int) -> str:
    """Keep the end of a name: it tells more than the beginning."""
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"...{text}") > width:
        text = text[1:]
    return f"...{text}"
