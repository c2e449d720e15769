"""Documents of ``check`` and of the conformance kit, held against themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from rmqm_spec.findings import Finding
from rmqm_spec.validation.agreement import agreement
from rmqm_spec.validation.general import (
    counts_add_up,
    known_codes,
    protocol_digest,
    score_of_components,
)
from rmqm_spec.validation.verdicts import verdict

__all__ = ["check_check", "check_conformance"]

_EDITED = "The document was changed after it was written: make it again."


def check_check(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Look at what ``check`` printed (``rmqm-check/1``)."""
    failed = [one["code"] for one in document["findings"] if one["level"] == "fail"]
    yield known_codes(document)
    if "protocol" in document:
        wrong = protocol_digest(document)
        yield verdict("VAL002", "the digest names the protocol", wrong, _EDITED)
        yield counts_add_up(document)
        yield score_of_components(document)
    problems = []
    if document["ok"] == bool(failed or document["error"]):
        problems.append(f"ok is {document['ok']}, with {len(failed)} failed findings")
    if document["rmqm"] is not None and "protocol" not in document:
        problems.append("a score must come with its protocol; got the score alone")
    yield verdict("VAL009", "ok says what the findings say", problems, _EDITED)


def check_conformance(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Look at the report of a judge (``rmqm-conformance-report/1``)."""
    found = Counter(one["status"] for one in document["checks"])
    counts = {status: found[status] for status in document["counts"]}
    missing, selected = document["missing"], document["selected"]
    trouble = found["failed"] + found["errored"] + found["unexpected-pass"]
    trouble += len(document["unknown_expected_failures"])
    ran = len(document["checks"]) - found["not-claimed"]
    expected = {
        "counts": counts,
        "ran": ran,
        "expected_total": document["expected_total"]
        if selected
        else len(document["checks"]) + len(missing),
        "ok": not trouble and (selected or not missing),
        "verdict": "not-conformant"
        if trouble or found["expected-failure"]
        else "incomplete"
        if missing or not ran
        else "conformant",
    }
    told = {key: document[key] for key in expected}
    problems = list(agreement(told, expected).problems)
    ids = Counter(one["id"] for one in document["checks"])
    problems += [f"{name} stands there {count} times" for name, count in ids.items() if count > 1]
    yield verdict("VAL006", "the counts and the verdict follow from the checks", problems, _EDITED)
