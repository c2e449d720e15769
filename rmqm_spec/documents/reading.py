"""The one reader of documents: what it returns follows its record, or it says where it does not."""

from __future__ import annotations

import json
import math
import shlex
from pathlib import Path
from typing import Any, TypeVar

from rmqm_spec.documents.converter import Misfit
from rmqm_spec.documents.kind import Kind
from rmqm_spec.errors import UnreadableError
from rmqm_spec.regular_files import check_regular

__all__ = ["read_document", "read_json", "record_of"]

R = TypeVar("R")

_NO_DOCUMENT = (
    "If this is the right file, it is damaged: run the command that wrote it again, with --force "
    "and the same --out, or restore it."
)


def read_json(path: Path) -> dict[str, Any]:
    """
    Read a JSON object, strictly: no key twice, no number that JSON does not have.

    Raises
    ------
    UnreadableError
        RES001 if it is missing, or no JSON object.
    """
    try:
        check_regular(path)
        text = path.read_text(encoding="utf-8")
        content = json.loads(
            text,
            object_pairs_hook=_once,
            parse_constant=_finite,
            parse_float=_finite,
            parse_int=_whole,
        )
    except FileNotFoundError as error:
        raise UnreadableError(
            "RES001", f"{path} must be a file; there is none", fix="Check the path."
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        raise UnreadableError(
            "RES001", f"{path} must be a JSON document; got {error}", fix=_NO_DOCUMENT
        ) from error
    if not isinstance(content, dict):
        raise UnreadableError(
            "RES001",
            f"{path} must hold a JSON object; got {type(content).__name__}",
            fix=_NO_DOCUMENT,
        )
    return content


def read_document(path: Path, kind: Kind[R]) -> tuple[dict[str, Any], R]:
    """
    Read a document of a kind.

    Parameters
    ----------
    path : Path
        Its file.
    kind : Kind
        What it must be.

    Returns
    -------
    dict, record
        Its content as it is written, and as a record.

    Raises
    ------
    UnreadableError
        RES001 if there is no such document; RES002, by place and rule, if it is of another kind or
        breaks a rule of its own.
    """
    document = read_json(path)
    return document, record_of(path, document, kind)


def record_of(path: Path, document: dict[str, Any], kind: Kind[R]) -> R:
    """Return the record of a document that was read; raises RES002 as `read_document` does."""
    try:
        return kind.structured(document)
    except Misfit as error:
        see = f"rmqm-spec validate {shlex.quote(str(path))}"
        raise UnreadableError(
            "RES002",
            f"{path} must follow {kind.schema}; {error}",
            fix=f"See all that is wrong with it: {see}. Make it again, with --force and the same "
            "--out.",
        ) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} twice in one object")
    return content


def _whole(text: str) -> int:
    _finite(text)  # whatever is computed from it is a float
    return int(text)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text}, which is no finite number")
    return number
