"""``rmqm-spec rank``: several encoders on the same inputs, and which of them is better."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve

from rmqm_spec.cli.probe import probes_document
from rmqm_spec.cli.rank_table import ranking_columns, ranking_table
from rmqm_spec.cli.reporting import check_report, report_on
from rmqm_spec.cli.requests import taken
from rmqm_spec.cli.table_files import TableFiles
from rmqm_spec.cli.verdict import verdict
from rmqm_spec.errors import UsageError
from rmqm_spec.findings import Finding
from rmqm_spec.ranking.by_rows import in_order
from rmqm_spec.runs.flat import request_of
from rmqm_spec.runs.probe_request import RankProbes
from rmqm_spec.runs.race_request import RaceSettings
from rmqm_spec.runs.ranked import RankedModels, RankRequest
from rmqm_spec.runs.ranking import rank
from rmqm_spec.screen.console import ConsoleListener
from rmqm_spec.screen.writing import finding_line, note, print_json

__all__ = ["run_rank"]


def run_rank(
    models: Sequence[str],
    options: dict[str, Any],
    *,
    settings: Path | None,
    by: str,
    report: Path | None,
    as_json: bool,
) -> int:
    """Rank models and results; returns 1 where one of them has no score."""
    check_report(report)
    tables = TableFiles(**taken(TableFiles, options))
    probes = RankProbes(**taken(RankProbes, options))
    race = RaceSettings(**taken(RaceSettings, options))
    if race.is_on and report is not None:
        raise UsageError(
            "ARG001",
            "--report must come without a race, whose encoders have different numbers of inputs; "
            "got both",
            fix="Leave --report out; afterwards rmqm-spec report FOLDER reports a single result.",
        )
    request = RankRequest(
        models=tuple(models),
        settings=settings,
        common=request_of("", options),
        labels=probes.labels,
        probe=probes.probe,
        by=by,
        race=race,
    )
    read = (*models, settings, request.common.inputs.data, probes.labels)
    tables.check(as_json=as_json, inputs=read)
    ranked = rank(request, ConsoleListener())
    _print_findings(ranked)
    if as_json:
        probed = {} if ranked.probed is None else {"probes": probes_document(ranked.probed)}
        if (refused := ranked.probes_refused) is not None:
            error = {"code": refused.code, "message": refused.message, "fix": refused.fix}
            probed = {"probes": {"ok": False, "error": error}}
        print_json({"ok": ranked.is_complete, **ranked.document, **probed})
    else:
        _print(ranked, tables.say)
    tables.write(ranking_columns(ranked.document, ranked.probed))
    note(f"  -> {ranked.path}")
    for name, model in ranked.probed.models.items() if ranked.probed else ():
        note(f"  probes of {name} -> {model.path}")
    if ranked.results:
        report_on(
            report,
            ranked.results,
            failed=ranked.document["failed"],
            on_common_inputs=ranked.on_common_inputs,
            ranked_by=ranked.document,
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


def _print(ranked: RankedModels, say: Callable[[str], None]) -> None:
    document = ranked.document
    rows = in_order(document)
    for line in ranking_table(rows, probed=ranked.probed, by=document.get("by")) if rows else []:
        say(line)
    for entry in document["unranked"]:
        say(f"  -  {entry['name']}: no score ({entry['status']})")
    for entry in document["failed"]:
        say(f"  -  {entry['name']}: failed, {entry['code']} {entry['message']}")
    say("")
    for sentence in verdict(document, ranked.probed):
        say(f"  {sentence}")
    if (refused := ranked.probes_refused) is not None:
        say(f"  There are no probes: {refused.code} {refused.message}")
        say(f"  {'Type instead:' if ranked.probe_command else refused.fix}")
    elif ranked.probe_command is not None:
        too = " and these --labels" if " --labels" in ranked.probe_command else ""
        say(f"  The inputs have labels. Add --probe{too} for accuracies in this table, or type:")
    if ranked.probe_command is not None:
        say(f"  {ranked.probe_command}")
