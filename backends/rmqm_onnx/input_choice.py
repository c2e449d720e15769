"""Which input is altered, and what the other inputs are fed with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rmqm_onnx.signature import FLOATS, TensorInfo
from rmqm_spec.arrays import AnyArray
from rmqm_spec.errors import SubjectError, UnreadableError, UsageError

__all__ = ["choose_input", "read_feeds"]

ALTERABLE = (*FLOATS, "uint8")
"""Types whose values can be altered in small steps; uint8 holds pixels from 0 to 255."""


def choose_input(inputs: Sequence[TensorInfo], name: str | None) -> tuple[TensorInfo, str]:
    """
    Choose the input that is altered.

    Returns
    -------
    TensorInfo, str
        The input, and why it was chosen.

    Raises
    ------
    UsageError
        If the named input does not exist, or several could be meant.
    SubjectError
        If no input can be altered.
    """
    listed = "; ".join(str(info) for info in inputs)
    if name is not None:
        for info in inputs:
            if info.name == name:
                return _alterable(info), "as told (--input)"
        raise UsageError(
            "INP002",
            f"--input must name an input ({listed}); got {name!r}",
            fix="Correct it.",
        )
    possible = [info for info in inputs if info.type in ALTERABLE]
    if not possible:
        raise SubjectError(
            "INP003",
            f"one input must be of type {', '.join(ALTERABLE)}; got {listed or 'no input'}",
            fix="Alterations need a continuous input: score the part of the model behind its "
            "tokens or strings.",
        )
    if len(possible) == 1:
        return possible[0], "the only input that can be altered"
    images = [info for info in possible if info.dims is not None and len(info.dims) == 4]
    if len(images) == 1:
        return images[0], "the only input with the shape of images"
    raise UsageError(
        "INP002",
        f"one input must be chosen to be altered; got {len(possible)} candidates: "
        + "; ".join(str(info) for info in possible),
        fix="Choose one with --input NAME, and feed the others with --feed NAME=VALUE.",
    )


def _alterable(info: TensorInfo) -> TensorInfo:
    if info.type in ALTERABLE:
        return info
    raise SubjectError(
        "INP003",
        f"the altered input must have a type among {', '.join(ALTERABLE)}; got {info}",
        fix="Choose another --input: alterations need a continuous input.",
    )


def read_feeds(
    inputs: Sequence[TensorInfo], chosen: str, feeds: Sequence[tuple[str, str]]
) -> dict[str, AnyArray]:
    """
    Return what each other input is fed with, for one row of a batch.

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
                fix="Leave it out, or correct the name.",
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
        value: object = text if info.type == "string" else float(text)
    except ValueError:
        raise UsageError(
            "INP006", f"the value of {info} must be a number; got {text!r}", fix="Correct --feed."
        ) from None
    return np.full(shape, value, dtype=info.dtype)


def _from_file(info: TensorInfo, path: Path, shape: tuple[int, ...]) -> AnyArray:
    try:
        values = np.load(path, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise UnreadableError(
            "INP006", f"{path} must be a .npy file for {info}; got {error}", fix="Correct --feed."
        ) from error
    fits = info.dims is None or (
        values.ndim == len(shape)
        and all(want in (None, got) for want, got in zip(info.dims, values.shape, strict=True))
    )
    if not fits or values.dtype.kind in "OV":
        raise UsageError(
            "INP006",
            f"{path} must have the shape of {info}; got {values.dtype} {values.shape}",
            fix="Correct the array.",
        )
    return np.asarray(values.astype(info.dtype))
