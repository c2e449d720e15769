"""The tables of a report: findings, what was left out, and where every number comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rmqm_spec.findings import Finding, catalogue
from rmqm_spec.reports.commands import command_of
from rmqm_spec.reports.content import ReportContent, ReportedEncoder
from rmqm_spec.results.comparison import leaves

__all__ = ["findings_of", "left_out", "origins", "shared_protocol", "warnings_of"]

_ORDER = {"fail": 0, "warn": 1, "ok": 2}
_NAMED = 20
"""How many of the inputs left out are named; the result names all of them."""


def findings_of(content: ReportContent) -> list[dict[str, Any]]:
    """Return every code, the most severe first, with its messages and the encoders they concern."""
    entries = catalogue()
    groups: dict[tuple[str, str], dict[str, Any]] = {}
    for key, finding in _all_findings(content):
        entry = entries.get(finding.code)
        row = groups.setdefault(
            (finding.code, finding.level),
            {
                "code": finding.code,
                "level": finding.level,
                "title": entry.title if entry else "",
                "why": entry.why if entry else "",
                "messages": {},
                "fixes": {},
            },
        )
        keys = row["messages"].setdefault(finding.message, [])
        keys += [key] if key is not None else []
        if finding.fix:
            row["fixes"][finding.fix] = None
    for group in groups.values():
        group["statements"] = [(keys, message) for message, keys in group["messages"].items()]
    return sorted(groups.values(), key=lambda group: (_ORDER[group["level"]], group["code"]))


def warnings_of(findings: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the findings that are warnings or failures."""
    return [finding for finding in findings if finding["level"] != "ok"]


def left_out(encoders: Sequence[ReportedEncoder]) -> list[dict[str, Any]]:
    """Return how many inputs each encoder left out, by reason, with the first names."""
    rows = []
    entries = catalogue()
    for encoder in encoders:
        counts = encoder.document["counts"]
        reasons: dict[str, list[Mapping[str, Any]]] = {}
        for skipped in encoder.document["inputs"]["skipped"]:
            reasons.setdefault(skipped["code"], []).append(skipped)
        for code, inputs in sorted(reasons.items()):
            title = entries[code].title if code in entries else ""
            rows.append(
                _row(encoder, code, title, len(inputs), inputs[:_NAMED], len(inputs) - _NAMED)
            )
        if counts["duplicates"]:
            rows.append(
                _row(encoder, "", "The same content as another input", counts["duplicates"])
            )
        if counts["left_out_of_spike_means"]:
            rows.append(
                _row(
                    encoder, "", "Left out of the means of D_RC and P_RC by the variant",
                    counts["left_out_of_spike_means"],
                )
            )  # fmt: skip
    return rows


def _row(
    encoder: ReportedEncoder,
    code: str,
    reason: str,
    count: int,
    inputs: Sequence[Mapping[str, Any]] = (),
    more: int = 0,
) -> dict[str, Any]:
    return {
        "encoder": encoder, "code": code, "reason": reason, "count": count, "inputs": inputs,
        "more": max(0, more),
    }  # fmt: skip


def shared_protocol(encoders: Sequence[ReportedEncoder]) -> list[tuple[str, str]]:
    """Return the fields of the protocol on which all encoders agree."""
    fields = [dict(leaves(encoder.document["protocol"])) for encoder in encoders]
    return [
        (name, _as_text(value))
        for name, value in fields[0].items()
        if all(other.get(name) == value for other in fields)
    ]


def origins(encoders: Sequence[ReportedEncoder]) -> list[dict[str, Any]]:
    """Return, for each encoder, the origin of its numbers and the command that computes them."""
    shared = {name for name, _ in shared_protocol(encoders)}
    return [
        {
            "encoder": encoder,
            "command": command_of(encoder.document),
            "fields": list(_origin(encoder.document, shared)),
        }
        for encoder in encoders
    ]


def _origin(document: Mapping[str, Any], shared: set[str]) -> Iterator[tuple[str, str]]:
    own = {name: value for name, value in leaves(document["protocol"]) if name not in shared}
    for name, value in own.items():
        yield f"protocol {name}", _as_text(value)
    sections = {
        name: {key: value for key, value in (document.get(name) or {}).items() if key != "skipped"}
        for name in ("model", "input", "output", "preprocessing", "inputs", "runtime", "versions")
    }
    for section, fields in sections.items():
        for name, value in leaves(fields):
            if value not in (None, [], {}):
                yield f"{section} {name}", _as_text(value)
    for name in ("created", "seconds", "protocol_sha256", "run_sha256", "result_sha256"):
        yield name, _as_text(document.get(name))


def _as_text(value: Any) -> str:
    if value is None:
        return "none"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _all_findings(content: ReportContent) -> Iterator[tuple[str | None, Finding]]:
    for note in content.notes:
        yield None, note
    for failure in content.failed:
        yield (
            None,
            Finding(
                code=failure["code"],
                level="fail",
                message=f"{failure['name']} could not be scored: {failure['message']}",
                fix=failure.get("fix", ""),
            ),
        )
    for encoder in content.encoders:
        null = encoder.document.get("null") or {}
        for finding in [*encoder.document["findings"], *null.get("findings", [])]:
            yield encoder.key, Finding(**finding)
