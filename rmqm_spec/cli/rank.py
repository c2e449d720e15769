"""``rmqm-spec rank``: several encoders on the same inputs, and which of them is better."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve

from rmqm_spec.cli.rank_table import ranking_columns, ranking_table
from rmqm_spec.cli.reporting import check_report, report_on
from rmqm_spec.cli.requests import taken
from rmqm_spec.cli.table_files import TableFiles
from rmqm_spec.cli.verdict import verdict
from rmqm_spec.findings import Finding
from rmqm_spec.runs.flat import request_of
from rmqm_spec.runs.ranking import RankedModels, RankRequest, rank
from rmqm_spec.screen.console import ConsoleListener
from rmqm_spec.screen.writing import finding_line, note, print_json

__all__ = ["run_rank"]


def run_rank(
    models: Sequence[str],
    options: dict[str, Any],
    *,
    settings: Path | None,
    report: Path | None,
    as_json: bool,
) -> int:
    """Rank models and results; returns 1 where one of them has no score."""
    check_report(report)
    tables = TableFiles(**taken(TableFiles, options))
    request = RankRequest(models=tuple(models), settings=settings, common=request_of("", options))
    tables.check(as_json=as_json, inputs=(*models, settings, request.common.inputs.data))
    ranked = rank(request, ConsoleListener())
    _print_findings(ranked)
    if as_json:
        print_json({"ok": ranked.is_complete, **ranked.document})
    else:
        _print(ranked.document, tables.say)
    tables.write(ranking_columns(ranked.document))
    note(f"  -> {ranked.path}")
    if ranked.results:
        report_on(
            report,
            ranked.results,
            failed=ranked.document["failed"],
            on_common_inputs=ranked.on_common_inputs,
        )
    return 0 if ranked.is_complete else 1


def _print_findings(ranked: RankedModels) -> None:
    """Print findings; those that several encoders share only once, with their names."""
    for finding in ranked.findings:
        note(finding_line(finding, sys.stderr))
    named: dict[Finding, list[str]] = {}
    for name, findings in ranked.findings_of.items():
        for finding in findings:
            if finding.level != "ok":
                named.setdefault(finding, []).append(name)
    known_fixes: set[str] = set()
    for finding, names in sorted(named.items(), key=lambda item: item[0].code):
        whose = "all" if len(names) == len(ranked.findings_of) > 1 else ", ".join(names)
        fix = "" if finding.fix in known_fixes else finding.fix
        known_fixes.add(finding.fix)
        shared = evolve(finding, message=f"{whose}: {finding.message}", fix=fix)
        note(finding_line(shared, sys.stderr))


def _print(document: Mapping[str, Any], say: Callable[[str], None]) -> None:
    for line in ranking_table(document["ranked"]) if document["ranked"] else []:
        say(line)
    for entry in document["unranked"]:
        say(f"  -  {entry['name']}: no score ({entry['status']})")
    for entry in document["failed"]:
        say(f"  -  {entry['name']}: failed, {entry['code']} {entry['message']}")
    say("")
    for sentence in verdict(document):
        say(f"  {sentence}")
