"""Array files, .npy: mapped into memory and read row by row. Never a pickle."""

from __future__ import annotations

import io
from pathlib import Path
from typing import IO

import numpy as np
from numpy.lib import format as npy_format

from rmqm_spec.arrays import AnyArray
from rmqm_spec.errors import RmqmError, UnreadableError
from rmqm_spec.inputs.images import display_name

__all__ = ["Header", "damaged_array", "read_header", "read_npy", "refuse_objects"]

_MAX_HEADER_BYTES = 2**16
_HEADER_READERS = {
    (1, 0): npy_format.read_array_header_1_0,
    (2, 0): npy_format.read_array_header_2_0,
}

Header = tuple[tuple[int, ...], np.dtype[np.generic]]
"""Shape and type."""


def read_npy(path: Path) -> AnyArray:
    """
    Map an .npy file into memory, read-only, without loading it.

    Parameters
    ----------
    path : Path
        An existing file.

    Returns
    -------
    ndarray
        Of the shape and type that the file states.

    Raises
    ------
    UnreadableError
        DAT005 if it is damaged, is not an .npy file, or holds Python objects.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     np.save(Path(folder) / "images.npy", np.ones((2, 3)))
    ...     read_npy(Path(folder) / "images.npy").sum().item()
    6.0
    """
    name = display_name(path)
    try:
        with path.open("rb") as file:
            _, dtype = read_header(file)
        refuse_objects(dtype, name)
        return npy_format.open_memmap(path, mode="r")
    except RmqmError:
        raise
    except Exception as error:  # NumPy raises many kinds on damaged files
        raise damaged_array(name, error) from error


def read_header(file: IO[bytes]) -> Header:
    """
    Read shape and type of an array, and nothing else, from an open .npy file.

    Raises
    ------
    ValueError
        If the file does not begin with such a header of at most 64 KiB.

    Examples
    --------
    >>> file = io.BytesIO()
    >>> np.save(file, np.ones((2, 3)))
    >>> _ = file.seek(0)
    >>> read_header(file)
    ((2, 3), dtype('float64'))
    """
    head = io.BytesIO(file.read(_MAX_HEADER_BYTES))
    version = npy_format.read_magic(head)
    if version not in _HEADER_READERS:
        raise ValueError(f"version {version} of the .npy format is not for plain numbers")
    shape, _, dtype = _HEADER_READERS[version](head)
    return tuple(shape), dtype


def refuse_objects(dtype: np.dtype[np.generic], name: str) -> None:
    """Raise DAT005 if a type needs a pickle."""
    if dtype.hasobject:
        raise UnreadableError(
            "DAT005",
            f"{name} must hold numbers; got Python objects (a pickle)",
            fix="Save it as an array of numbers. Pickles are never opened: they can run code.",
        )


def damaged_array(name: str, error: Exception) -> UnreadableError:
    """Return a DAT005 that says what went wrong while a file was read."""
    reason = " ".join(str(error).split())
    return UnreadableError(
        "DAT005",
        f"{name} must be a complete .npy or .npz file; got {type(error).__name__}: {reason}",
        fix="Write it again with numpy.save or numpy.savez.",
    )
