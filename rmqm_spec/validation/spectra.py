"""Spectra against their own digest, and against the columns that lie beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rmqm_spec.errors import UnreadableError
from rmqm_spec.findings import Finding
from rmqm_spec.identity import digest_of_ids
from rmqm_spec.results.document import plain
from rmqm_spec.spectra.archive import FILE, NULL_FILE, read_columns
from rmqm_spec.spectra.columns import Columns
from rmqm_spec.spectra.document import (
    NullOutcome,
    digest_of_spectrum,
    null_of,
    numbers_of_all,
    task_digest,
)
from rmqm_spec.spectra.sections import numbers_of
from rmqm_spec.validation.agreement import agreement
from rmqm_spec.validation.general import known_codes
from rmqm_spec.validation.verdicts import verdict

__all__ = ["check_spectrum"]

_AGAIN = "Run rmqm-spec spectrum again, with --force and the same --out."


def check_spectrum(path: Path, document: Mapping[str, Any]) -> Iterator[Finding]:
    """Check the spectra of a model (``rmqm-spectrum/1``) in every way that its files allow."""
    stated = document["spectrum_sha256"]
    name = digest_of_spectrum({key: value for key, value in document.items() if key != "ok"})
    wrong = [] if name == stated else [f"spectrum_sha256 is {stated[:12]}..., but should be {name}"]
    yield verdict("VAL002", "spectrum_sha256 is that of the document", wrong, _AGAIN)
    yield known_codes(document)
    try:
        sets = read_columns(path.with_name(FILE), stated)
    except UnreadableError as error:
        yield verdict("VAL016", "", [error.message], _AGAIN)
        return
    n_inputs = sum(map(len, sets.values()))
    holds = f"every number follows from the spectra of {n_inputs} inputs"
    yield verdict("VAL016", holds, [*_problems(document, sets)], _AGAIN)
    if document["null"] is not None and document["null"]["status"] == "ok":
        yield _check_null(path, document, sets)


def _problems(document: Mapping[str, Any], sets: Mapping[str, Columns]) -> Iterator[str]:
    stated = {one["name"]: one for one in document["sets"]}
    if [*stated] != [*sets]:
        yield f"the sets are {', '.join(stated)}, but should be {', '.join(sets)}"
        return
    for name, columns in sets.items():
        numbers = plain(numbers_of(columns))
        own = {key: stated[name][key] for key in numbers}
        yield from agreement({name: own}, {name: numbers}).problems
        if stated[name]["ids_sha256"] != digest_of_ids(columns.ids):
            yield f"ids_sha256 of {name} is not that of these inputs"
    of_all = plain(numbers_of_all(sets))
    yield from agreement({key: document[key] for key in of_all}, of_all).problems
    if document["task_sha256"] != task_digest(sets):
        yield "task_sha256 is not that of these inputs and labels"


def _check_null(path: Path, document: Mapping[str, Any], sets: Mapping[str, Columns]) -> Finding:
    stated = document["null"]
    try:
        null = read_columns(path.with_name(NULL_FILE), document["spectrum_sha256"])
        made = {name: stated[name] for name in ("seed", "tensors", "values") if name in stated}
        again = plain(null_of(sets, NullOutcome(sets=null, made=made)))
        problems = list(agreement(stated, again).problems)
    except UnreadableError as error:
        problems = [error.message]
    holds = "every number of the permuted weights follows from its spectra"
    return verdict("VAL016", holds, problems, _AGAIN)
