"""Requests as TOML files: the options of the command line, one per line."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rmqm_spec.errors import UnreadableError, UsageError
from rmqm_spec.regular_files import check_regular
from rmqm_spec.runs.flat import request_of
from rmqm_spec.runs.hub import is_hub_id
from rmqm_spec.runs.request import RunRequest
from rmqm_spec.runs.values import NO_FILE

__all__ = ["read_request"]

_BESIDE = ("data", "preprocess", "out", "save_encodings")
"""Paths that are meant from the file's own folder."""


def read_request(path: str | Path) -> RunRequest:
    """
    Read a request.

    Parameters
    ----------
    path : str or Path
        A TOML file with ``model`` and any options by name, such as ``n = 200``; paths are meant
        from the folder of the file.

    Raises
    ------
    UnreadableError
        RUN006 if it is no TOML file.
    UsageError
        ARG001, naming the file, if an option is unknown or breaks its rule.
    """
    path = Path(path)
    try:
        check_regular(path)
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnreadableError(
            "RUN006",
            f"a request must be a TOML file; got {path}: {error}",
            fix='Write options by name, such as model = "model.onnx" and n = 200.',
        ) from error
    model = table.pop("model", None)
    if not isinstance(model, str) or not model:
        raise UsageError(
            "ARG001",
            f'{path} must have a model = "..."; got {model!r}',
            fix="docs/python.md shows a request.",
        )
    for name in _beside(table):
        if _is_path(name, table.get(name)):
            table[name] = str(path.parent / table[name])
    try:
        return request_of(model if is_hub_id(model) else path.parent / model, table)
    except UsageError as error:
        raise UsageError(error.code, f"{path}: {error.message}", fix=error.fix) from error


def _is_path(name: str, value: object) -> bool:
    if name == "preprocess" and value == NO_FILE:
        return False
    return isinstance(value, str) and "://" not in value


def _beside(table: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of paths that are meant from the file's own folder."""
    from rmqm_spec.inputs.feature_ranges import OF_DATA, names_ranges

    yield from _BESIDE
    if names_ranges(table.get("range")) and table["range"] != OF_DATA:
        yield "range"
