"""Weights in files of their own: every field that names them is checked before one is opened."""

from __future__ import annotations

import os
from pathlib import Path

from onnx import ModelProto, TensorProto

from rmqm_onnx.reading.graph import all_tensors
from rmqm_onnx.reading.wording import shortened
from rmqm_spec.errors import UnreadableError

__all__ = ["external_files"]

_LONGEST_NAME = 255
"""Bytes of a file name, on every usual file system."""

_MOST_DIGITS = 18
"""Digits of an offset or a length: no file is larger than 64 bits can say."""


def external_files(path: Path, proto: ModelProto) -> tuple[Path, ...]:
    """
    Return the external data files of all tensors of the model at `path`, sorted.

    Raises
    ------
    UnreadableError
        MOD005 if such a file is missing, too short, or declared wrongly; MOD006 if it lies outside
        the model's folder.
    """
    needed: dict[Path, int] = {}
    for tensor in all_tensors(proto):
        if tensor.data_location == TensorProto.EXTERNAL:
            entries = {entry.key: entry.value for entry in tensor.external_data}
            end = _end(path, tensor.name, entries)
            target = _inside(path, tensor.name, entries.get("location", ""))
            needed[target] = max(needed.get(target, 0), end)
    for target, end in needed.items():
        _require_bytes(path, target, end)
    return tuple(sorted(needed))


def _end(path: Path, tensor: str, entries: dict[str, str]) -> int:
    """Return where the data of a tensor ends in its file, as far as the model says."""
    numbers = [_number(path, tensor, key, entries.get(key, "0")) for key in ("offset", "length")]
    return sum(numbers)


def _number(path: Path, tensor: str, key: str, text: str) -> int:
    """Read a number of bytes; Python would take digits of any script, and so many at a cost."""
    if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS:
        return int(text)
    raise _wrong_field(path, tensor, key, "a whole number of bytes in plain digits", text)


def _inside(path: Path, tensor: str, location: str) -> Path:
    """
    Return the file with external data, refusing what lies elsewhere.

    In the cache of the Hugging Face hub a model and its data are links to another folder, so
    the folder in which the model's file really lies counts as its own too.
    """
    parts = Path(location).parts
    if "\0" in location or any(len(os.fsencode(part)) > _LONGEST_NAME for part in parts):
        rule = f"a path with names of at most {_LONGEST_NAME} bytes, none of them 0"
        raise _wrong_field(path, tensor, "location", rule, location)
    folders = {path.parent.resolve(), path.resolve().parent}
    target = path.parent / location
    is_relative = location and not Path(location).is_absolute()
    try:
        resolved = target.resolve()
        target.exists()
    except (OSError, RuntimeError) as error:  # links that lead in a circle, names that are refused
        raise UnreadableError(
            "MOD005",
            f"external data of tensor {shortened(tensor)} must lie in a file; got "
            f"{shortened(location)}, which leads nowhere: {_reason(error)}",
            fix=f"Put the data file itself into {path.parent}: the weights are in it.",
        ) from error
    if is_relative and any(resolved.is_relative_to(folder) for folder in folders):
        return target
    raise UnreadableError(
        "MOD006",
        f"external data of tensor {shortened(tensor)} must lie in the model's folder; got "
        f"{shortened(location)}",
        fix="Save the model with its data file beside it.",
    )


def _reason(error: Exception) -> str:
    return os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)


def _wrong_field(path: Path, tensor: str, key: str, rule: str, value: str) -> UnreadableError:
    return UnreadableError(
        "MOD005",
        f"{key} of the external data of tensor {shortened(tensor)} must be {rule}; got "
        f"{shortened(value)} in {path.name}",
        fix="Export the model again, with its data file beside it.",
    )


def _require_bytes(path: Path, target: Path, n_bytes: int) -> None:
    is_there = target.exists()
    size = target.stat().st_size if target.is_file() else None
    if size is not None and size >= n_bytes:
        return
    got = f"got {size}" if size is not None else "got no file" if is_there else "got no such file"
    rule = "" if size is None else f" with at least {n_bytes} bytes"
    raise UnreadableError(
        "MOD005",
        f"external data file {target.name} must exist beside {path.name}{rule}; {got}",
        fix=f"Put {target.name} into {path.parent}: the weights are in it.",
    )
