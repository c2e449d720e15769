"""Archives of arrays, .npz: one array is chosen and read. Never a pickle."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Iterable
from pathlib import Path

from numpy.lib import format as npy_format

from rmqm_spec.arrays import AnyArray
from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.errors import RmqmError, UnreadableError, UsageError
from rmqm_spec.inputs.array_rows import fit_layout
from rmqm_spec.inputs.images import display_name
from rmqm_spec.inputs.layouts import Layout
from rmqm_spec.inputs.npy_files import Header, damaged_array, read_header, refuse_objects
from rmqm_spec.nearest import nearest_name

__all__ = ["MAX_UNPACKED_BYTES", "npz_array", "npz_shape", "read_npz", "split_key"]

MAX_UNPACKED_BYTES = 4 * 2**30

_ENDING = ".npy"
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


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
        DAT005 if the file is damaged, or the array is, holds Python objects, or is packed in a way
        that is not read; DAT013 if the array is too large to be unpacked into memory.

    Notes
    -----
    Members that are no arrays, and arrays that cannot be read, do no harm to the others.

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
            key = _choose(_read_members(archive), key, spec, layout, name)
            return key, _unpack(archive, key, f"{name}:{display_name(key)}")
    except RmqmError:
        raise
    except Exception as error:  # zipfile, zlib and NumPy raise many kinds on damaged files
        raise damaged_array(name, error) from error


def npz_shape(path: Path, key: str | None) -> tuple[int, ...] | None:
    """Return the shape of a row of an array: of the named array, or the only one with rows."""
    try:
        with zipfile.ZipFile(path) as archive:
            headers = _read_members(archive)
    except Exception:  # as for damaged files; said when the file is read
        return None
    shapes = [header[0] for name, header in headers.items() if header and key in {None, name}]
    with_rows = [shape for shape in shapes if len(shape) > 1]
    return with_rows[0][1:] if len(with_rows) == 1 else None


def npz_array(path: Path, key: str) -> AnyArray:
    """Read an array of an .npz file by its key; raises as `read_npz` does."""
    name = display_name(path)
    try:
        with zipfile.ZipFile(path) as archive:
            keys = list(_read_members(archive))
            if key in keys:
                return _unpack(archive, key, f"{name}:{key}")
    except RmqmError:
        raise
    except Exception as error:  # as for damaged files
        raise damaged_array(name, error) from error
    near = nearest_name(key, keys)
    raise UsageError(
        "DAT006",
        f"{name} must hold the array {key!r}; got {', '.join(map(display_name, keys)) or 'none'}",
        fix=f"Did you mean the array {near!r}? It must be called {key!r}."
        if near is not None
        else "Write it with numpy.savez.",
    )


def _read_members(archive: zipfile.ZipFile) -> dict[str, Header | None]:
    """Return shape and type of each array; None where a header cannot be read."""
    headers: dict[str, Header | None] = {}
    for member in archive.namelist():
        if not member.endswith(_ENDING):
            continue
        try:
            headers[member.removesuffix(_ENDING)] = _header(archive, member)
        except Exception:  # as for damaged files; it matters only if this array is meant
            headers[member.removesuffix(_ENDING)] = None
    return headers


def _header(archive: zipfile.ZipFile, member: str) -> Header:
    with archive.open(member) as file:
        return read_header(file)


def _choose(
    headers: dict[str, Header | None],
    key: str | None,
    spec: InputSpec,
    layout: Layout | None,
    name: str,
) -> str:
    candidates = [key] if key is not None else list(headers)
    if len(candidates) > 1:
        candidates = [key for key, header in headers.items() if _fits(header, spec, layout)]
    if len(candidates) == 1 and candidates[0] in headers:
        return candidates[0]
    listed = ", ".join(
        f"{display_name(key)} {'{} {}'.format(*header) if header else '(not readable)'}"
        for key, header in headers.items()
    )
    got = f"the key {display_name(key)!r}" if key is not None else f"{len(candidates)} that fit"
    fix = _name_it(name, key, headers)
    if not headers:
        fix = "Write the file with numpy.savez: arrays in it are members that end in .npy."
    elif not candidates:
        fix = f"Give an array of {spec.kind}s of shape {spec.shape}, one a row."
    raise UsageError(
        "DAT006",
        f"{name} must have one array that fits; got {got} among: {listed or 'none'}",
        fix=fix,
    )


def _name_it(name: str, key: str | None, keys: Iterable[str]) -> str:
    """Return the advice to name an array, with the one that a mistyped key may have meant."""
    near = None if key is None else nearest_name(key, keys)
    if near is not None:
        return f"Did you mean {name}:{display_name(near)}?"
    return f"Name the array: {name}:KEY"


def _fits(header: Header | None, spec: InputSpec, layout: Layout | None) -> bool:
    if header is None:
        return False
    try:
        fit_layout(*header, spec, layout)
    except UsageError:
        return False
    return True


def _unpack(archive: zipfile.ZipFile, key: str, name: str) -> AnyArray:
    member = f"{key}{_ENDING}"
    if archive.namelist().count(member) > 1:
        raise UnreadableError(
            "DAT005",
            f"{name} must be in the file once; got {archive.namelist().count(member)} arrays with"
            " that name",
            fix="Write the file again with numpy.savez.",
        )
    _check_packing(archive.getinfo(member), name)
    shape, dtype = _header(archive, member)
    refuse_objects(dtype, name)
    if math.prod(shape) * dtype.itemsize > MAX_UNPACKED_BYTES:
        raise UnreadableError(
            "DAT013",
            f"{name} must unpack to at most {MAX_UNPACKED_BYTES} bytes; got shape {shape} {dtype}",
            fix="Save the array as .npy, which is read row by row.",
        )
    with archive.open(member) as file:
        values: AnyArray = npy_format.read_array(file, allow_pickle=False)
    return values


def _check_packing(member: zipfile.ZipInfo, name: str) -> None:
    """Refuse what zipfile cannot unpack: other compressions than its own, and passwords."""
    encrypted = member.flag_bits & 1
    if member.compress_type in _COMPRESSIONS and not encrypted:
        return
    got = "a password" if encrypted else f"the compression method {member.compress_type} of ZIP"
    raise UnreadableError(
        "DAT005",
        f"{name} must be stored, or packed by deflate, bzip2 or lzma, without a password; got"
        f" {got}",
        fix="Write it again with numpy.savez or numpy.savez_compressed.",
    )
