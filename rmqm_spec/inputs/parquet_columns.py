"""Which columns of a parquet file hold the images and the labels."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from rmqm_spec.errors import UsageError
from rmqm_spec.inputs.images import display_name

__all__ = ["LABEL_COLUMNS", "image_column", "label_column", "label_names"]

LABEL_COLUMNS = (
    "label", "labels", "fine_label", "class", "class_label", "class_name", "category", "target",
    "digit", "character",
)  # fmt: skip
"""Columns that are labels where none is named; the first that is there counts."""


def image_column(schema: Any, asked: str | None, name: str) -> str:
    """
    Return the path of the binary column with the images: ``image.bytes``, or ``image``.

    Parameters
    ----------
    schema : pyarrow.Schema
        Columns.
    asked : str, optional
        Which one is meant.
    name : str
        What error messages call the file.

    Raises
    ------
    UsageError
        DAT023 if it is not clear which one is meant.
    """
    found = {field.name: path for field in schema if (path := _bytes_path(field)) is not None}
    meant = [asked] if asked is not None else list(found)
    if len(meant) == 1 and meant[0] in found:
        return found[meant[0]]
    listed = ", ".join(f"{display_name(field.name)} {field.type}" for field in schema)
    got = f"the column {asked!r}" if asked is not None else f"{len(found)} columns of bytes"
    raise UsageError(
        "DAT023",
        f"{name} must have one clear column of images; got {got} among: {listed}",
        fix=f"Name a column of bytes, or of a struct with bytes: {name}:COLUMN",
    )


def label_column(schema: Any) -> str | None:
    """Return the name of the column with the labels, if there is one."""
    plain = {field.name for field in schema if _is_plain(field.type)}
    return next((one for one in LABEL_COLUMNS if one in plain), None)


def label_names(schema: Any, column: str) -> Callable[[Any], str | None]:
    """Return how a value of the column is called: by the class names that Hugging Face keeps."""
    names = _class_names(schema, column)

    def named(value: Any) -> str | None:
        if value is None:
            return None
        known = isinstance(value, int) and 0 <= value < len(names)
        return names[value] if known else str(value)

    return named


def _class_names(schema: Any, column: str) -> Sequence[str]:
    with suppress(ValueError, TypeError, KeyError, AttributeError):
        told = json.loads((schema.metadata or {})[b"huggingface"])["info"]["features"][column]
        if told["_type"] == "ClassLabel" and all(isinstance(one, str) for one in told["names"]):
            return tuple(told["names"])
    return ()


def _bytes_path(field: Any) -> str | None:
    from pyarrow import types

    if _is_binary(field.type):
        return str(field.name)
    if types.is_struct(field.type):
        inner = [one.name for one in field.type if _is_binary(one.type)]
        if "bytes" in inner:
            return f"{field.name}.bytes"
    return None


def _is_binary(kind: Any) -> bool:
    from pyarrow import types

    return bool(types.is_binary(kind) or types.is_large_binary(kind))


def _is_plain(kind: Any) -> bool:
    from pyarrow import types

    tests = (types.is_integer, types.is_string, types.is_large_string, types.is_boolean)
    inner = kind.value_type if types.is_dictionary(kind) else kind
    return any(test(inner) for test in tests)
