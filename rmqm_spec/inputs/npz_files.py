"""Archives of arrays, .npz: one array is chosen and read. Never a pickle."""

from __future__ import annotations

import math
import zipfile
from pathlib import Path

from numpy.lib import format as npy_format

from rmqm_spec.arrays import AnyArray
from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.errors import RmqmError, UnreadableError, UsageError
from rmqm_spec.inputs.array_rows import fit_layout
from rmqm_spec.inputs.images import display_name
from rmqm_spec.inputs.layouts import Layout
from rmqm_spec.inputs.npy_files import Header, damaged_array, read_header, refuse_objects

__all__ = ["MAX_UNPACKED_BYTES", "read_npz", "split_key"]

MAX_UNPACKED_BYTES = 4 * 2**30


def split_key(data: str) -> tuple[str, str | None]:
    """
    Split ``file.npz:key`` into the file and the key of an array in it.

    Examples
    --------
    >>> split_key("mnist.npz:test_images"), split_key("mnist.npz")
    (('mnist.npz', 'test_images'), ('mnist.npz', None))
    """
    stem, separator, key = data.rpartition(".npz:")
    return (f"{stem}.npz", key) if separator else (data, None)


def read_npz(
    path: Path, spec: InputSpec, *, key: str | None = None, layout: Layout | None = None
) -> tuple[str, AnyArray]:
    """
    Read an array of an .npz file.

    Parameters
    ----------
    path : Path
        An existing file.
    spec : InputSpec
        What the encoder takes, by which images differ from labels.
    key : str, optional
        Which array. Without it, the only array that can be given to the encoder.
    layout : {"nhwc", "nchw", "nhw", "array"}, optional
        Meaning of the axes; without it, it is recognised.

    Returns
    -------
    key : str
        The key that was read.
    values : ndarray
        Its array.

    Raises
    ------
    UsageError
        DAT006 if no array has the key, or if several arrays could be meant; all keys are listed.
    UnreadableError
        DAT005 if the file is damaged or the array holds Python objects, DAT013 if the array is too
        large to be unpacked into memory.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> spec = InputSpec(kind="image", shape=(1, 8, 8))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     np.savez(Path(folder) / "a.npz", images=np.ones((2, 8, 8)), labels=np.zeros(2))
    ...     read_npz(Path(folder) / "a.npz", spec)[0]
    'images'
    """
    name = display_name(path)
    try:
        with zipfile.ZipFile(path) as archive:
            headers = _read_headers(archive)
            key = _choose(headers, key, spec, layout, name)
            return key, _unpack(archive, key, headers[key], f"{name}:{key}")
    except RmqmError:
        raise
    except Exception as error:  # zipfile, zlib and NumPy raise many kinds on damaged files
        raise damaged_array(name, error) from error


def _read_headers(archive: zipfile.ZipFile) -> dict[str, Header]:
    headers = {}
    for member in archive.namelist():
        if member.endswith(".npy"):
            with archive.open(member) as file:
                headers[member.removesuffix(".npy")] = read_header(file)
    return headers


def _choose(
    headers: dict[str, Header], key: str | None, spec: InputSpec, layout: Layout | None, name: str
) -> str:
    candidates = [key] if key is not None else list(headers)
    if len(candidates) > 1:
        candidates = [key for key in headers if _fits(headers[key], spec, layout)]
    if len(candidates) == 1 and candidates[0] in headers:
        return candidates[0]
    listed = ", ".join(f"{key} {shape} {dtype}" for key, (shape, dtype) in headers.items())
    got = f"the key {key!r}" if key is not None else f"{len(candidates)} arrays that fit"
    raise UsageError(
        "DAT006",
        f"{name} must have one array that fits; got {got} among: {listed or 'none'}",
        fix=f"Name the array: {name}:KEY",
    )


def _fits(header: Header, spec: InputSpec, layout: Layout | None) -> bool:
    try:
        fit_layout(*header, spec, layout)
    except UsageError:
        return False
    return True


def _unpack(archive: zipfile.ZipFile, key: str, header: Header, name: str) -> AnyArray:
    shape, dtype = header
    refuse_objects(dtype, name)
    if math.prod(shape) * dtype.itemsize > MAX_UNPACKED_BYTES:
        raise UnreadableError(
            "DAT013",
            f"{name} must unpack to at most {MAX_UNPACKED_BYTES} bytes; got shape {shape} {dtype}",
            fix="Save the array as .npy, which is read row by row.",
        )
    with archive.open(f"{key}.npy") as file:
        values: AnyArray = npy_format.read_array(file, allow_pickle=False)
    return values
