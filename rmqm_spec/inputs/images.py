"""
Image files as arrays.

=========================  ================================================================
the file holds             the array
=========================  ================================================================
grey, 1 bit (black/white)  (H, W, 1) uint8
RGB, palette               (H, W, 3) uint8; also of a palette that holds only greys
CMYK, YCbCr, Lab, HSV      (H, W, 3) uint8, converted by Pillow; embedded profiles are not used
alpha, transparent colour  laid on white, because that is the picture people see: the colours
                           under transparent pixels are arbitrary, and dropping alpha shows them
16-bit grey                (H, W, 1) float32 in [0, 1], divided by 65535 (12-bit: by 4095)
16-bit colour              (H, W, 3) uint8: Pillow keeps the upper eight bits
float                      (H, W, 1) float32, if the values lie in [0, 1] or a range is declared
32-bit integer             (H, W, 1) float32 where the format fixes the range (PGM) or a range is
                           declared
animation, several pages   the first frame or page
EXIF orientation           applied
=========================  ================================================================
"""

from __future__ import annotations

import io
import os
import stat
from functools import cache
from pathlib import Path
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from rmqm_spec.arrays import AnyArray
from rmqm_spec.contracts.inputs import Bounds
from rmqm_spec.errors import UnreadableError
from rmqm_spec.inputs.pixels import pixels_of
from rmqm_spec.inputs.strict_pillow import strict_pillow

__all__ = [
    "FORMATS",
    "MAX_FILE_BYTES",
    "MAX_PIXELS",
    "available_formats",
    "check_file_size",
    "decode_bytes",
    "decode_image",
    "display_name",
    "read_image_file",
]

MAX_PIXELS = 89_478_485
"""Pillow's own limit, at which it begins to warn of decompression bombs: 256 MiB of RGB pixels."""

MAX_FILE_BYTES = 2**30

FORMATS = (
    "PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM", "AVIF", "JPEG2000", "ICO", "QOI",
)  # fmt: skip
"""Formats that are decoded. EPS is not: Pillow would run Ghostscript. TGA is not: it has no magic
number, so that any damaged file may pass for TGA."""


def decode_image(
    path: str | os.PathLike[str], *, value_range: Bounds | None = None, name: str | None = None
) -> AnyArray:
    """
    Decode the first frame of an image file, upright, as the table of this module says.

    Parameters
    ----------
    path : str or path
        An image file in any of the `FORMATS`, recognised by content, not by name.
    value_range : tuple of float, optional
        The values of (black, white) in files whose format does not say: 32-bit integers and floats.
    name : str, optional
        What error messages call the file; by default its path.

    Returns
    -------
    (H, W, C) ndarray
        C is 1 or 3. uint8, or float32 in [0, 1].

    Raises
    ------
    UnreadableError
        IMG001 if the file cannot be opened, IMG002 if it is not an image, IMG003 if it is damaged,
        IMG004 if it has too many pixels, IMG005 if the range of its values is unknown, IMG006 if it
        has too many bytes.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Image.new("CMYK", (4, 2)).save(Path(folder) / "white.tif")
    ...     pixels = decode_image(Path(folder) / "white.tif")
    >>> pixels.shape, pixels.dtype.name, pixels.min().item()
    ((2, 4, 3), 'uint8', 255)
    """
    name = name or display_name(path)
    with _open_file(Path(path), name) as file:
        return _decode(file, name, value_range)


def decode_bytes(data: bytes, name: str, *, value_range: Bounds | None = None) -> AnyArray:
    """
    Decode the bytes of an image file, like `decode_image`.

    Parameters
    ----------
    data : bytes
        All of the file.
    name : str
        What error messages call the file.
    value_range : tuple of float, optional
        See `decode_image`.

    Raises
    ------
    UnreadableError
        IMG002 to IMG006.

    Examples
    --------
    >>> decode_bytes(b"P5 2 1 255 " + bytes([0, 9]), "two.pgm").tolist()
    [[[0], [9]]]
    """
    check_file_size(len(data), name)
    return _decode(io.BytesIO(data), name, value_range)


def read_image_file(path: str | os.PathLike[str]) -> bytes:
    """
    Read an image file without decoding it.

    Raises
    ------
    UnreadableError
        IMG001 if it cannot be opened, IMG006 if it has too many bytes.
    """
    name = display_name(path)
    with _open_file(Path(path), name) as file:
        try:
            return file.read()
        except OSError as error:
            raise _not_openable(name, error.strerror or str(error)) from error


def check_file_size(n_bytes: int, name: str) -> None:
    """Raise IMG006 if a file is larger than any that is opened as an image."""
    if n_bytes > MAX_FILE_BYTES:
        raise UnreadableError(
            "IMG006",
            f"{name} must have at most {MAX_FILE_BYTES} bytes; got {n_bytes}",
            fix="Save the image smaller or compressed.",
        )


def _decode(file: BinaryIO, name: str, value_range: Bounds | None) -> AnyArray:
    try:
        with strict_pillow(), Image.open(file, formats=available_formats()) as image:
            _check_size(image.size, name)
            image.load()
            return pixels_of(image, name, value_range)
    except UnreadableError:
        raise
    except Exception as error:  # decoders raise anything on damaged files
        raise _translated(error, name) from error


def display_name(path: str | os.PathLike[str]) -> str:
    r"""
    Return a path as printable text, also where its bytes are not UTF-8 or are control characters.

    Examples
    --------
    >>> display_name(Path("images") / "caf\udce9\x1b.png")
    'images/caf\\udce9\\x1b.png'
    """
    text = os.fspath(path)
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


@cache
def available_formats() -> tuple[str, ...]:
    """Return those of the formats that this build of Pillow has."""
    Image.init()
    return tuple(name for name in FORMATS if name in Image.OPEN)


def _open_file(path: Path, name: str) -> BinaryIO:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise _not_openable(name, "something that is not a file")
        check_file_size(status.st_size, name)
        return path.open("rb")
    except (OSError, ValueError) as error:
        raise _not_openable(name, getattr(error, "strerror", None) or str(error)) from error


def _not_openable(name: str, reason: str) -> UnreadableError:
    return UnreadableError(
        "IMG001",
        f"{name} must be a file that can be opened; got {reason!r}",
        fix="Check the path, the permissions and, for a link, where it leads.",
    )


def _check_size(size: tuple[int, int], name: str) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise UnreadableError(
            "IMG003",
            f"{name} must have at least one pixel; got {width} x {height}",
            fix="Leave the file out, or write it again from its source.",
        )
    if width * height > MAX_PIXELS:
        raise _too_many_pixels(name, f"{width} x {height}")


def _too_many_pixels(name: str, size: str) -> UnreadableError:
    return UnreadableError(
        "IMG004",
        f"{name} must have at most {MAX_PIXELS} pixels; got {size}",
        fix="Save it smaller. If you do not know the file, it may be a decompression bomb.",
    )


def _translated(error: Exception, name: str) -> UnreadableError:
    if isinstance(error, Image.DecompressionBombError):
        return _too_many_pixels(name, f"more than {2 * MAX_PIXELS}")
    if isinstance(error, UnidentifiedImageError):
        return UnreadableError(
            "IMG002",
            f"{name} must be an image in one of the formats {', '.join(available_formats())};"
            " got content in none of them",
            fix="If it is a picture, save it as PNG or JPEG; otherwise leave it out.",
        )
    return UnreadableError(
        "IMG003",
        f"{name} must decode completely; got {type(error).__name__}: {error}",
        fix="Fetch or write the file again, or leave it out.",
    )
