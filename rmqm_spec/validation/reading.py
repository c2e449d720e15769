"""Documents as they were written, and the schemas that describe them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from rmqm_spec.errors import UnreadableError

__all__ = ["read_document", "schema_of", "schema_problems"]


def read_document(path: Path) -> dict[str, Any]:
    """
    Read a JSON object, strictly: no key twice, no number that JSON does not have.

    Raises
    ------
    UnreadableError
        RES001.
    """
    try:
        text = path.read_text(encoding="utf-8")
        content = json.loads(
            text, object_pairs_hook=_once, parse_constant=_finite, parse_float=_finite
        )
    except (OSError, ValueError, RecursionError) as error:
        raise _unreadable(path, str(error)) from error
    if not isinstance(content, dict):
        raise _unreadable(path, type(content).__name__)
    return content


def schema_of(document: Mapping[str, Any], path: Path, packages: tuple[str, ...]) -> dict[str, Any]:
    """
    Return the JSON Schema that a document names under ``schema``.

    Parameters
    ----------
    document : mapping
        What was read.
    path : Path
        Where from.
    packages : tuple of str
        Packages with a folder ``schemas``.

    Raises
    ------
    UnreadableError
        RES003 if it names none that is known.
    """
    known = _schemas(packages)
    name = document.get("schema")
    if not isinstance(name, str) or name not in known:
        raise UnreadableError(
            "RES003",
            f"{path} must name one of the schemas {', '.join(known)}; got schema {name!r}",
            fix="Give a document that rmqm-spec wrote, or printed with --json.",
        )
    return known[name]


def schema_problems(document: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    """Say where a document breaks its schema, by JSON pointer."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    errors = sorted(
        Draft202012Validator(schema).iter_errors(document), key=lambda one: list(map(str, one.path))
    )
    found = []
    for error in errors:
        inner = best_match([error])
        pointer = "".join(f"/{part}" for part in inner.absolute_path)
        found.append(f"{pointer or 'the document'}: {_cut(inner.message)}")
    return found


@cache
def _schemas(packages: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    found = {}
    for package in packages:
        for file in files(package).joinpath("schemas").iterdir():
            schema = json.loads(file.read_text(encoding="utf-8"))
            name = schema.get("properties", {}).get("schema", {}).get("const")
            if name:
                found[name] = schema
    return dict(sorted(found.items()))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} twice in one object")
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text}, which is no finite number")
    return number


def _cut(text: str, length: int = 200) -> str:
    return text if len(text) <= length else f"{text[: length // 2]} ... {text[-length // 2 :]}"


def _unreadable(path: Path, got: str) -> UnreadableError:
    return UnreadableError(
        "RES001", f"{path} must be a JSON document; got {got}", fix="Check the path."
    )
