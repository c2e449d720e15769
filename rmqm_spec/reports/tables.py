"""The tables of a report: findings, what was left out, and where every number comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rmqm_spec.findings import Finding, catalogue
from rmqm_spec.reports.commands import command_of
from rmqm_spec.reports.subjects import Subject, Subjects
from rmqm_spec.results.comparison import leaves

__all__ = ["findings_of", "left_out", "origins", "shared_protocol", "warnings_of"]

_ORDER = {"fail": 0, "warn": 1, "ok": 2}
_NAMED = 20
"""Inputs left out that are named; the result names all."""


def findings_of(subjects: Subjects) -> list[dict[str, Any]]:
    """Return every code that was met, the gravest first, with what it said of which encoders."""
    entries = catalogue()
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for whose, one in _all_findings(subjects):
        entry = entries.get(one.code)
        place = found.setdefault(
            (one.code, one.level),
            {
                "code": one.code,
                "level": one.level,
                "title": entry.title if entry else "",
                "why": entry.why if entry else "",
                "messages": {},
                "fixes": {},
            },
        )
        keys = place["messages"].setdefault(one.message, [])
        keys += [whose] if whose is not None else []
        if one.fix:
            place["fixes"][one.fix] = None
    for group in found.values():
        group["said"] = [(keys, message) for message, keys in group["messages"].items()]
    return sorted(found.values(), key=lambda one: (_ORDER[one["level"]], one["code"]))


def warnings_of(findings: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what is not fine."""
    return [one for one in findings if one["level"] != "ok"]


def left_out(encoders: Sequence[Subject]) -> list[dict[str, Any]]:
    """Return how many inputs each encoder left out, by reason, with the first names."""
    rows = []
    entries = catalogue()
    for one in encoders:
        counts = one.document["counts"]
        reasons: dict[str, list[Mapping[str, Any]]] = {}
        for skipped in one.document["inputs"]["skipped"]:
            reasons.setdefault(skipped["code"], []).append(skipped)
        for code, inputs in sorted(reasons.items()):
            title = entries[code].title if code in entries else ""
            rows.append(_row(one, code, title, len(inputs), inputs[:_NAMED], len(inputs) - _NAMED))
        if counts["duplicates"]:
            rows.append(_row(one, "", "The same content as another input", counts["duplicates"]))
        if counts["left_out_of_spike_means"]:
            rows.append(
                _row(
                    one, "", "Left out of the means of D_RC and P_RC by the variant",
                    counts["left_out_of_spike_means"],
                )
            )  # fmt: skip
    return rows


def _row(
    one: Subject,
    code: str,
    reason: str,
    count: int,
    inputs: Sequence[Mapping[str, Any]] = (),
    more: int = 0,
) -> dict[str, Any]:
    return {
        "encoder": one, "code": code, "reason": reason, "count": count, "inputs": inputs,
        "more": max(0, more),
    }  # fmt: skip


def shared_protocol(encoders: Sequence[Subject]) -> list[tuple[str, str]]:
    """Return the fields of the protocol on which all encoders agree."""
    fields = [dict(leaves(one.document["protocol"])) for one in encoders]
    return [
        (name, _told(value))
        for name, value in fields[0].items()
        if all(other.get(name) == value for other in fields)
    ]


def origins(encoders: Sequence[Subject]) -> list[dict[str, Any]]:
    """Return, for each encoder, where its numbers come from, and the command that asks again."""
    shared = {name for name, _ in shared_protocol(encoders)}
    return [
        {
            "encoder": one,
            "command": command_of(one.document),
            "fields": list(_origin(one.document, shared)),
        }
        for one in encoders
    ]


def _origin(document: Mapping[str, Any], shared: set[str]) -> Iterator[tuple[str, str]]:
    own = {name: value for name, value in leaves(document["protocol"]) if name not in shared}
    for name, value in own.items():
        yield f"protocol {name}", _told(value)
    sections = {
        name: {key: value for key, value in (document.get(name) or {}).items() if key != "skipped"}
        for name in ("model", "input", "output", "preprocessing", "inputs", "runtime", "versions")
    }
    for section, fields in sections.items():
        for name, value in leaves(fields):
            if value not in (None, [], {}):
                yield f"{section} {name}", _told(value)
    for name in ("created", "seconds", "protocol_sha256", "run_sha256", "result_sha256"):
        yield name, _told(document.get(name))


def _told(value: Any) -> str:
    if value is None:
        return "none"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _all_findings(subjects: Subjects) -> Iterator[tuple[str | None, Finding]]:
    for note in subjects.notes:
        yield None, note
    for one in subjects.failed:
        yield (
            None,
            Finding(
                code=one["code"],
                level="fail",
                message=f"{one['name']} could not be scored: {one['message']}",
                fix=one.get("fix", ""),
            ),
        )
    for encoder in subjects.encoders:
        null = encoder.document.get("null") or {}
        for one in [*encoder.document["findings"], *null.get("findings", [])]:
            yield encoder.key, Finding(**one)
