"""Does an encoded image have pixels that are not opaque?"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image

from rmqm_spec.inputs.images import MAX_PIXELS, available_formats
from rmqm_spec.inputs.strict_pillow import strict_pillow

__all__ = ["has_transparent_pixels"]


def has_transparent_pixels(image: bytes | Path) -> bool:
    """
    Return whether the first frame has a pixel that is not opaque; False if it cannot be decoded.

    Pixels are decoded only where the file has transparency at all.

    Examples
    --------
    >>> file = io.BytesIO()
    >>> Image.new("LA", (1, 1), (0, 128)).save(file, "PNG")
    >>> has_transparent_pixels(file.getvalue())
    True
    """
    file = io.BytesIO(image) if isinstance(image, bytes) else image
    try:
        with strict_pillow(), Image.open(file, formats=available_formats()) as opened:
            if not opened.has_transparency_data or opened.width * opened.height > MAX_PIXELS:
                return False
            alpha = np.asarray(opened.convert("RGBA").getchannel("A"))
            return bool((alpha < 255).any())
    except Exception:  # whatever is wrong with the file is said where it is decoded
        return False
