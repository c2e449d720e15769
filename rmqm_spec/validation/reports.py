"""Check documents of ``check`` and of the conformance kit for consistency."""

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
    """Check what ``check`` printed (``rmqm-check/1``)."""
    failed = [finding["code"] for finding in document["findings"] if finding["level"] == "fail"]
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
    """Check the report of a judge (``rmqm-conformance-report/1``)."""
    statuses = Counter(check["status"] for check in document["checks"])
    counts = {status: statuses[status] for status in document["counts"]}
    missing, selected = document["missing"], document["selected"]
    trouble = statuses["failed"] + statuses["errored"] + statuses["unexpected-pass"]
    trouble += len(document["unknown_expected_failures"])
    ran = len(document["checks"]) - statuses["not-claimed"]
    expected = {
        "counts": counts,
        "ran": ran,
        "expected_total": document["expected_total"]
        if selected
        else len(document["checks"]) + len(missing),
        "ok": not trouble and (selected or not missing),
        "verdict": "not-conformant"
        if trouble or statuses["expected-failure"]
        else "incomplete"
        if missing or not ran
        else "conformant",
    }
    stated = {key: document[key] for key in expected}
    problems = list(agreement(stated, expected).problems)
    ids = Counter(check["id"] for check in document["checks"])
    problems += [f"{name} stands there {count} times" for name, count in ids.items() if count > 1]
    yield verdict("VAL006", "the counts and the verdict follow from the checks", problems, _EDITED)
