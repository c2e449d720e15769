"""Geometries against their own digest, and against the neighbourhoods that lie beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rmqm_spec.errors import UnreadableError
from rmqm_spec.findings import Finding
from rmqm_spec.geometries.columns import FILE, NULL_FILE, Columns, read_columns
from rmqm_spec.geometries.document import (
    NullOutcome,
    digest_of_geometry,
    null_of,
    task_digest,
)
from rmqm_spec.geometries.sections import numbers_of
from rmqm_spec.identity import digest_of_ids
from rmqm_spec.results.document import plain
from rmqm_spec.validation.agreement import agreement
from rmqm_spec.validation.general import known_codes
from rmqm_spec.validation.verdicts import verdict

__all__ = ["check_geometry"]

_AGAIN = "Run rmqm-spec geometry again, with --force and the same --out."


def check_geometry(path: Path, document: Mapping[str, Any]) -> Iterator[Finding]:
    """Check the geometry of an encoder (``rmqm-geometry/1``) in every way that its files allow."""
    stated = document["geometry_sha256"]
    name = digest_of_geometry({key: value for key, value in document.items() if key != "ok"})
    wrong = [] if name == stated else [f"geometry_sha256 is {stated[:12]}..., but should be {name}"]
    yield verdict("VAL002", "geometry_sha256 is that of the document", wrong, _AGAIN)
    yield known_codes(document)
    try:
        columns = read_columns(path.with_name(FILE), stated)
    except UnreadableError as error:
        yield verdict("VAL015", "", [error.message], _AGAIN)
        return
    holds = f"every number follows from the neighbourhoods of {len(columns.ids)} inputs"
    yield verdict("VAL015", holds, [*_problems(document, columns)], _AGAIN)
    if document["null"] is not None and document["null"]["status"] == "ok":
        yield _check_null(path, document, columns)


def _problems(document: Mapping[str, Any], columns: Columns) -> Iterator[str]:
    numbers = plain(numbers_of(columns))
    numbers["neighbourhoods"]["kernel"] = document["neighbourhoods"]["kernel"]
    stated = {name: document[name] for name in numbers}
    yield from agreement(stated, numbers).problems
    if document["task_sha256"] != task_digest(columns):
        yield "task_sha256 is not that of these inputs and labels"
    if document["inputs"]["ids_sha256"] != digest_of_ids(columns.ids):
        yield "inputs.ids_sha256 is not that of these inputs"


def _check_null(path: Path, document: Mapping[str, Any], columns: Columns) -> Finding:
    stated = document["null"]
    try:
        null = read_columns(path.with_name(NULL_FILE), document["geometry_sha256"])
        made = {name: stated[name] for name in ("seed", "tensors", "values") if name in stated}
        again = plain(null_of(columns, NullOutcome(columns=null, made=made)))
        problems = list(agreement(stated, again).problems)
    except UnreadableError as error:
        problems = [error.message]
    holds = "every number of the permuted weights follows from its neighbourhoods"
    return verdict("VAL015", holds, problems, _AGAIN)
