"""What reading an archive of arrays can raise, where its bytes are not what they should be."""

from __future__ import annotations

import lzma
import zlib
from zipfile import BadZipFile

__all__ = ["BROKEN_ARCHIVE"]

BROKEN_ARCHIVE: tuple[type[Exception], ...] = (
    OSError,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    EOFError,
    MemoryError,  # a header can promise any shape
    RuntimeError,  # a password, or a compression that is not known here
    BadZipFile,
    zlib.error,
    lzma.LZMAError,
)
"""A member can be cut, changed, locked, or compressed in a way that this Python does not know."""
