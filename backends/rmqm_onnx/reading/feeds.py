"""The values of the inputs that are not altered."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rmqm_onnx.reading.signature import TensorInfo
from rmqm_spec.arrays import AnyArray
from rmqm_spec.errors import UnreadableError, UsageError
from rmqm_spec.regular_files import check_regular

__all__ = ["read_feeds"]

_BOOLS = {"true": True, "1": True, "false": False, "0": False}


def read_feeds(
    inputs: Sequence[TensorInfo], chosen: str, feeds: Sequence[tuple[str, str]]
) -> dict[str, AnyArray]:
    """
    Return the value of each input that is not altered, for a single row of a batch.

    Parameters
    ----------
    inputs : sequence of TensorInfo
        The inputs that the encodings depend on.
    chosen : str
        The input that is altered.
    feeds : sequence of (str, str)
        Name and value: a number, a text, or a path to a .npy file.

    Raises
    ------
    UsageError
        If an input has no value, or a value no input.
    """
    others = {info.name: info for info in inputs if info.name != chosen}
    given = dict(feeds)
    for name in given:
        if name not in others:
            raise UsageError(
                "INP006",
                f"--feed must name an input beside {chosen!r} that the encodings depend on "
                f"({', '.join(others) or 'there is none'}); got {name!r}",
                fix="Correct the name, or leave this --feed out.",
            )
    for name, info in others.items():
        if name not in given:
            raise UsageError(
                "INP006",
                f"every input that the encodings depend on must have a value; got none for {info}",
                fix=f"Add --feed {name}=VALUE (a number, a text, or a .npy file).",
            )
    return {name: _value(info, given[name]) for name, info in others.items()}


def _value(info: TensorInfo, text: str) -> AnyArray:
    """Spread a value over the declared shape, dynamic dimensions being 1."""
    shape = tuple(length or 1 for length in info.dims or ())
    if text.endswith(".npy"):
        return _from_file(info, Path(text), shape)
    try:
        return np.full(shape, _parsed(info.type, text), dtype=info.dtype)
    except (ValueError, KeyError, OverflowError, TypeError):
        raise UsageError(
            "INP006",
            f"the value of {info} must be a {_wanted(info.type)}; got {text!r}",
            fix="Correct --feed, or give a .npy file.",
        ) from None


def _parsed(kind: str, text: str) -> object:
    if kind == "string":
        return text
    if kind == "bool":
        return _BOOLS[text.lower()]
    return float(text) if "float" in kind else np.array(int(text), dtype=kind)


def _wanted(kind: str) -> str:
    if kind == "bool":
        return "truth value (true, false)"
    return "number" if "float" in kind else f"whole number of type {kind}"


def _from_file(info: TensorInfo, path: Path, shape: tuple[int, ...]) -> AnyArray:
    try:
        check_regular(path)
        values = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise UnreadableError(
            "INP006", f"{path} must be a .npy file for {info}; got {error}", fix="Correct --feed."
        ) from error
    fits = info.dims is None or (
        values.ndim == len(shape)
        and all(want in (None, got) for want, got in zip(info.dims, values.shape, strict=True))
    )
    of_type = (values.dtype.kind in "US") if info.type == "string" else values.dtype.kind in "fiub"
    if not fits or not of_type:
        raise UsageError(
            "INP006",
            f"{path} must have the shape and type of {info}; got {values.dtype} {values.shape}",
            fix="Correct the array.",
        )
    return np.asarray(values.astype(info.dtype))
