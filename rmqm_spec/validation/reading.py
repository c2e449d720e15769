"""The schemas that describe documents, and where a document breaks its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from rmqm_spec.documents.schema import schema_of_record
from rmqm_spec.errors import UnreadableError
from rmqm_spec.validation.kinds import KINDS

__all__ = ["schema_of", "schema_problems"]


def schema_of(document: Mapping[str, Any], path: Path, packages: tuple[str, ...]) -> dict[str, Any]:
    """
    Return the JSON Schema that a document names under ``schema``.

    Parameters
    ----------
    document : mapping
        The document as it was read.
    path : Path
        Where from.
    packages : tuple of str
        Packages with a folder ``schemas``.

    Raises
    ------
    UnreadableError
        RES003 if it names no known schema.
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
        Draft202012Validator(schema).iter_errors(document),
        key=lambda error: list(map(str, error.path)),
    )
    problems = []
    for error in errors:
        inner = best_match([error])
        pointer = "".join(f"/{part}" for part in inner.absolute_path)
        problems.append(f"{pointer or 'the document'}: {_cut(inner.message)}")
    return problems


def _schemas(packages: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Return the schemas of this package, made from its records, and those that others ship."""
    own = {name: schema_of_record(kind.record, name) for name, kind in KINDS.items()}
    return dict(sorted({**own, **_shipped(packages)}.items()))


@cache
def _shipped(packages: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    schemas: dict[str, dict[str, Any]] = {}
    for package in packages:
        for file in files(package).joinpath("schemas").iterdir():
            schema = json.loads(file.read_text(encoding="utf-8"))
            name = schema.get("properties", {}).get("schema", {}).get("const")
            if name:
                schemas[name] = schema
    return schemas


def _cut(text: str, length: int = 200) -> str:
    return text if len(text) <= length else f"{text[: length // 2]} ... {text[-length // 2 :]}"
