"""``rmqm-spec rank``: several encoders on the same inputs, and which of them is better."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import evolve, field, frozen

from rmqm_spec.cli.candidates import Candidate, find_candidates
from rmqm_spec.cli.noticed import elsewhere
from rmqm_spec.cli.null import with_null
from rmqm_spec.cli.options import DataRequest, ModelRequest
from rmqm_spec.cli.output import finding_line, note, print_json, print_text
from rmqm_spec.cli.protocol_options import ProtocolRequest
from rmqm_spec.cli.rank_table import ranking_table
from rmqm_spec.cli.reporting import check_report, report_on
from rmqm_spec.cli.scoring import score_model
from rmqm_spec.cli.verdict import verdict
from rmqm_spec.errors import IncompleteError, RmqmError, UsageError
from rmqm_spec.findings import Finding

if TYPE_CHECKING:
    from rmqm_spec.results.stored import StoredResult

__all__ = ["run_rank"]


@frozen(eq=False)
class _Outcome:
    """What became of the candidates, by name."""

    results: dict[str, StoredResult] = field(factory=dict)
    speeds: dict[str, float | None] = field(factory=dict)
    failed: dict[str, RmqmError] = field(factory=dict)
    findings: dict[str, tuple[Finding, ...]] = field(factory=dict)


def run_rank(
    models: Sequence[str],
    options: ModelRequest,
    inputs: DataRequest,
    protocol: ProtocolRequest,
    *,
    settings: Path | None,
    out: Path | None,
    force: bool,
    null: bool,
    report: Path | None = None,
    as_json: bool,
) -> int:
    """Rank models and results; returns 1 where one of them has no score."""
    _check(protocol)
    check_report(report)
    candidates = find_candidates(models, options, settings)
    found = _Outcome()
    for number, one in enumerate(candidates, 1):
        note(f"[{number}/{len(candidates)}] {one.name}: {one.path}")
        try:
            _take(one, inputs, protocol, found, out=out, force=force, null=null)
        except IncompleteError:
            raise
        except RmqmError as error:
            found.failed[one.name] = error
            note(f"  {error.code}: {error.message}")
    _raise_what_all_failed_by(found)
    scored_here = not any(one.is_result for one in candidates)
    document, findings = _ranked(found, on_common_inputs=scored_here)
    path = _write(document, out, force=force)
    _tell(findings, found)
    if as_json:
        print_json({"ok": _is_good(document), **document})
    else:
        _print(document)
    note(f"  -> {path}")
    if found.results:
        failed = document["failed"]
        report_on(report, found.results, failed=failed, on_common_inputs=scored_here)
    return 0 if _is_good(document) else 1


def _check(protocol: ProtocolRequest) -> None:
    protocol.check()
    if protocol.alteration == "pgd":
        raise UsageError(
            "GRA016",
            "rank must rest on white noise; got --alteration pgd: its scores do not rank encoders "
            "of different training methods",
            fix="Rank without it; rmqm-spec score --alteration pgd gives a score to report beside.",
        )
    if protocol.precision is not None:
        raise UsageError(
            "ARG001",
            f"rank must use the same inputs for all; got --precision {protocol.precision:g}, by "
            "which each would stop at its own number",
            fix="Say how many inputs: --n 1000.",
        )


def _take(
    one: Candidate,
    inputs: DataRequest,
    protocol: ProtocolRequest,
    found: _Outcome,
    *,
    out: Path | None,
    force: bool,
    null: bool,
) -> None:
    """Score a candidate, or read its result."""
    if one.is_result:
        from rmqm_spec.results.stored import read_result

        stored = read_result(one.path)
        found.results[one.name] = stored
        found.findings[one.name] = _noticed(stored)
        found.speeds[one.name] = (stored.document["runtime"] or {}).get("encodings_per_second")
        return
    folder = None if out is None else out / one.name.replace("/", "-")
    scored = score_model(one.path, one.options, inputs, protocol, out=folder, force=force)
    if null:
        scored = with_null(scored, one.options, inputs, protocol, force=force)
    found.results[one.name] = scored.stored
    found.speeds[one.name] = scored.encodings_per_second
    found.findings[one.name] = scored.findings


def _noticed(stored: StoredResult) -> tuple[Finding, ...]:
    null = stored.document.get("null") or {"findings": []}
    return tuple(Finding(**one) for one in (*stored.document["findings"], *null["findings"]))


def _raise_what_all_failed_by(found: _Outcome) -> None:
    """Where all models failed in one way, it is an error of the data or the environment."""
    if not found.results:
        errors = list(found.failed.values())
        if len({(one.code, one.message) for one in errors}) == 1:
            raise errors[0]


def _ranked(found: _Outcome, *, on_common_inputs: bool) -> tuple[dict[str, Any], list[Finding]]:
    from rmqm_spec.ranking import NOTHING_RANKED, rank_results, ranking_document

    ranking, findings = NOTHING_RANKED, list[Finding]()
    if found.results:
        ranking, findings = rank_results(found.results, on_common_inputs=on_common_inputs)
    document = ranking_document(
        ranking, found.results, findings, failed=found.failed, speeds=found.speeds
    )
    return document, findings


def _is_good(document: Mapping[str, Any]) -> bool:
    return not document["unranked"] and not document["failed"]


def _write(document: Mapping[str, Any], out: Path | None, *, force: bool) -> Path:
    from rmqm_spec.ranking.storing import write_ranking

    folder = out or Path("rmqm-results") / f"rank-{document['ranking_sha256'][:8]}"
    path = write_ranking(folder, document, force=force)
    if path.parent != folder:
        note(finding_line(elsewhere(folder, path.parent, "ranking"), sys.stderr))
    return path


def _tell(findings: Sequence[Finding], found: _Outcome) -> None:
    """Print what was noticed; what was noticed of several encoders once, with their names."""
    for finding in findings:
        note(finding_line(finding, sys.stderr))
    named: dict[Finding, list[str]] = {}
    for name, noticed in found.findings.items():
        for finding in noticed:
            if finding.level != "ok":
                named.setdefault(finding, []).append(name)
    known_fixes: set[str] = set()
    for finding, names in sorted(named.items(), key=lambda item: item[0].code):
        whose = "all" if len(names) == len(found.findings) > 1 else ", ".join(names)
        fix = "" if finding.fix in known_fixes else finding.fix
        known_fixes.add(finding.fix)
        told = evolve(finding, message=f"{whose}: {finding.message}", fix=fix)
        note(finding_line(told, sys.stderr))


def _print(document: Mapping[str, Any]) -> None:
    for line in ranking_table(document["ranked"]) if document["ranked"] else []:
        print_text(line)
    for one in document["unranked"]:
        print_text(f"  -  {one['name']}: no score ({one['status']})")
    for one in document["failed"]:
        print_text(f"  -  {one['name']}: failed, {one['code']} {one['message']}")
    print_text()
    for sentence in verdict(document):
        print_text(f"  {sentence}")
