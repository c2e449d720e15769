"""Which columns of a parquet file hold the images and the labels."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from rmqm_spec.errors import UsageError
from rmqm_spec.inputs.images import display_name
from rmqm_spec.inputs.missing_labels import as_label

__all__ = ["LABEL_COLUMNS", "image_column", "is_list", "label_column", "label_names"]

LABEL_COLUMNS = (
    "label", "labels", "fine_label", "class", "class_label", "class_name", "category", "target",
    "digit", "character",
)  # fmt: skip
"""Columns that hold labels if no column is named; the first that exists counts."""

_NO_CLASS = -1
"""How data sets with class names number an image without a label."""


def image_column(schema: Any, asked: str | None, name: str) -> str:
    """
    Return the path of the column with the images: ``image.bytes`` in a struct, or ``image``.

    A column of lists is a column of images too: each list may hold one image.

    Parameters
    ----------
    schema : pyarrow.Schema
        Columns.
    asked : str, optional
        The column that is meant.
    name : str
        What error messages call the file.

    Raises
    ------
    UsageError
        DAT023 if it is not clear which column is meant.
    """
    paths = {field.name: path for field in schema if (path := _bytes_path(field)) is not None}
    meant = [asked] if asked is not None else list(paths)
    if len(meant) == 1 and meant[0] in paths:
        return paths[meant[0]]
    listed = ", ".join(f"{display_name(field.name)} {field.type}" for field in schema)
    got = f"the column {asked!r}" if asked is not None else f"{len(paths)} columns of bytes"
    fix = "Write it again with a column of structs {bytes, path}, one image a row."
    if paths:
        fix = f"Name one of {', '.join(map(display_name, paths))}: {name}:COLUMN"
    raise UsageError(
        "DAT023",
        f"{name} must have one clear column of images; got {got} among: {listed}",
        fix=fix,
    )


def label_column(schema: Any) -> str | None:
    """Return the name of the column with the labels, if there are labels."""
    plain = {field.name for field in schema if _is_plain(field.type)}
    return next((name for name in LABEL_COLUMNS if name in plain), None)


def label_names(schema: Any, column: str) -> Callable[[Any], str | None]:
    """Return a function that names a value of the column by Hugging Face's class names."""
    names = _class_names(schema, column)

    def named(value: Any) -> str | None:
        if isinstance(value, int) and 0 <= value < len(names):
            return names[value]
        return None if names and value == _NO_CLASS else as_label(value)

    return named


def _class_names(schema: Any, column: str) -> Sequence[str]:
    with suppress(ValueError, TypeError, KeyError, AttributeError):
        feature = json.loads((schema.metadata or {})[b"huggingface"])["info"]["features"][column]
        names = feature["names"] if feature["_type"] == "ClassLabel" else ()
        if all(isinstance(name, str) for name in names):
            return tuple(names)
    return ()


def _bytes_path(field: Any) -> str | None:
    from pyarrow import types

    if _is_binary(field.type):
        return str(field.name)
    if types.is_struct(field.type):
        inner = [inner_field.name for inner_field in field.type if _is_binary(inner_field.type)]
        if "bytes" in inner:
            return f"{field.name}.bytes"
    if is_list(field.type) and _bytes_path(field.type.value_field) is not None:
        return str(field.name)
    return None


def is_list(kind: Any) -> bool:
    """Return whether cells of a type are lists."""
    from pyarrow import types

    return bool(types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind))


def _is_binary(kind: Any) -> bool:
    from pyarrow import types

    return bool(types.is_binary(kind) or types.is_large_binary(kind))


def _is_plain(kind: Any) -> bool:
    from pyarrow import types

    tests = (
        types.is_integer,
        types.is_string,
        types.is_large_string,
        types.is_boolean,
        types.is_floating,
    )
    inner = kind.value_type if types.is_dictionary(kind) else kind
    return any(test(inner) for test in tests)
