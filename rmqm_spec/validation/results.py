"""A result against its own distances, digests and table."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np

from rmqm_spec.arrays import Float64Array
from rmqm_spec.characteristics import Characteristics
from rmqm_spec.contracts.registry import available
from rmqm_spec.errors import RmqmError
from rmqm_spec.findings import Finding
from rmqm_spec.results.document import NOT_IDENTITY, digest_of_result, numbers_of, plain
from rmqm_spec.results.files import per_input_table
from rmqm_spec.results.stored import StoredResult, read_result
from rmqm_spec.validation.agreement import agreement
from rmqm_spec.validation.examples import examples_belong
from rmqm_spec.validation.general import (
    counts_add_up,
    known_codes,
    protocol_digest,
    score_of_components,
)
from rmqm_spec.validation.measures import measures_follow
from rmqm_spec.validation.null import has_null, null_follows
from rmqm_spec.validation.verdicts import SCORE_AGAIN, verdict

__all__ = ["check_result"]

_ROUNDING = 1e-9


def check_result(path: Path, document: Mapping[str, Any]) -> Iterator[Finding]:
    """Check a result in every way that its files allow."""
    written = {key: value for key, value in document.items() if key != "ok"}
    yield _digests(written)
    yield counts_add_up(document)
    yield known_codes(document)
    yield score_of_components(document)
    yield from _alteration_is_known(document)
    try:
        stored = read_result(path)
        characteristics = stored.characteristics()
    except RmqmError as error:
        yield verdict("VAL003", "", [error.message], "Keep the three files of a result together.")
        return
    yield _belonging(stored)
    yield _possible(stored.displacements, stored.step_lengths, characteristics.resolution)
    yield _numbers(document, characteristics)
    yield _table(path.with_name("per_input.csv"), stored, characteristics)
    yield from examples_belong(stored)
    if document.get("measures"):
        yield from measures_follow(path, document, len(stored.ids))
    if has_null(document):
        yield null_follows(stored)


def _alteration_is_known(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Warn where the alteration is not installed, so that its parameters are unknown."""
    name = document["protocol"]["alteration"]["name"]
    if name not in available("alteration"):
        yield Finding(
            code="VAL013",
            level="warn",
            message=f"the alteration {name} is not installed here: its parameters cannot be judged",
            fix="Install the package that brings it; rmqm-spec doctor lists what there is.",
        )


def _digests(document: Mapping[str, Any]) -> Finding:
    problems = protocol_digest(document)
    name, stated = digest_of_result(document), document["result_sha256"]
    if name != stated:
        problems.append(f"result_sha256 is {stated[:12]}..., but should be {name}")
    outside = ", ".join(key for key in NOT_IDENTITY if key != "result_sha256")
    holds = f"protocol and result have the content that their digests name (not: {outside})"
    return verdict("VAL002", holds, problems, SCORE_AGAIN)


def _belonging(stored: StoredResult) -> Finding:
    problems = []
    if list(stored.ids) != sorted(set(stored.ids)):
        problems.append("distances.npz must hold every id once, in order; it does not")
    if len(stored.ids) != stored.document["counts"]["used"]:
        stated = stored.document["counts"]["used"]
        problems.append(
            f"distances.npz holds {len(stored.ids)} inputs, but counts.used is {stated}"
        )
    holds = f"distances.npz holds the {len(stored.ids)} inputs that ids_sha256 names"
    return verdict("VAL003", holds, problems, SCORE_AGAIN)


def _possible(d: Float64Array, s: Float64Array, resolution: float) -> Finding:
    """Check distances by the triangle inequality; below the resolution they were set to 0."""
    before = np.concatenate([np.zeros((len(d), 1)), d[:, :-1]], axis=1)
    slack = 3 * resolution + _ROUNDING
    wrong = (s > before + d + slack) | (s < np.abs(d - before) - slack)
    places = [f"input {row}, level {level + 1}" for row, level in np.argwhere(wrong)]
    problems = [f"{place} breaks the triangle inequality" for place in places]
    return verdict(
        "VAL004", "the distances can be distances of unit vectors", problems, SCORE_AGAIN
    )


def _numbers(document: Mapping[str, Any], characteristics: Characteristics) -> Finding:
    """Compute every number of the document again from the distances."""
    expected = plain(numbers_of(characteristics))
    expected["counts"] = {
        "undefined_terms": characteristics.undefined_terms,
        "left_out_of_spike_means": int((~characteristics.per_input.kept).sum()),
    }
    stated = {key: document[key] for key in expected if key != "counts"}
    stated["counts"] = {key: document["counts"][key] for key in expected["counts"]}
    compared = agreement(stated, expected)
    return verdict(
        "VAL005",
        f"every number follows from the distances, {compared.how}",
        compared.problems,
        SCORE_AGAIN,
    )


def _table(path: Path, stored: StoredResult, characteristics: Characteristics) -> Finding:
    """Compare per_input.csv with the table that the distances give."""
    table = per_input_table(stored.ids, stored.names, characteristics.per_input)
    expected = table.encode("utf-8", "backslashreplace").decode()
    try:
        stored_table = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        problem = f"per_input.csv must lie beside the result; got {error}"
        return verdict("VAL008", "", [problem], "Keep the three files of a result together.")
    compared = agreement(_rows(stored_table), _rows(expected))
    return verdict(
        "VAL008", f"per_input.csv agrees, {compared.how}", compared.problems, SCORE_AGAIN
    )


def _rows(table: str) -> dict[str, dict[str, str | float]]:
    rows = csv.DictReader(StringIO(table))
    return {
        f"per_input.csv line {line}": {key: _value(cell) for key, cell in row.items()}
        for line, row in enumerate(rows, 2)
    }


def _value(cell: Any) -> Any:
    try:
        return float(cell)
    except (TypeError, ValueError):
        return cell
