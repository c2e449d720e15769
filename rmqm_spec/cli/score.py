"""``rmqm-spec score``: the full protocol on the user's inputs, written down."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rmqm_spec.cli.output import measure_line, null_line, score_line, used_line
from rmqm_spec.cli.reporting import check_report, report_on
from rmqm_spec.cli.requests import request_for, taken
from rmqm_spec.cli.score_table import ScoreTable
from rmqm_spec.cli.table_files import TableFiles
from rmqm_spec.runs.scores import Score
from rmqm_spec.runs.scoring import score
from rmqm_spec.screen.console import ConsoleListener
from rmqm_spec.screen.writing import finding_line, note, print_json

__all__ = ["run_score"]


def run_score(model: Path, options: dict[str, Any], *, report: Path | None, as_json: bool) -> int:
    """Score a model; returns 1 where the score is undefined."""
    check_report(report)
    tables = TableFiles(**taken(TableFiles, options))
    table = ScoreTable(**taken(ScoreTable, options))
    request = request_for(model, options)
    tables.check(as_json=as_json, inputs=(model, request.model, request.inputs.data))
    scored = score(request, ConsoleListener())
    for finding in scored.findings:
        if finding.level != "ok":
            note(finding_line(finding, sys.stderr))
    if missed := _missed_precision(scored):
        note(missed)
    is_defined = scored.status == "ok"
    if as_json:
        print_json({"ok": is_defined, **scored.stored.document})
        note(f"  -> {scored.path}")
    else:
        _print(scored, tables.say)
    tables.write(table.of(scored))
    report_on(report, {request.name or request.path.name: scored.stored})
    return 0 if is_defined else 1


def _missed_precision(scored: Score) -> str | None:
    """Say that the inputs ran out before the interval was as narrow as asked for."""
    asked, interval = scored.request.protocol.precision, scored.stored.document.get("interval")
    if asked is None or interval is None or (width := (interval[1] - interval[0]) / 2) <= asked:
        return None
    return (
        f"  --precision {asked:g} is not reached: with all inputs, the interval is "
        f"± {width:.2g}; more inputs would narrow it"
    )


def _print(scored: Score, say: Callable[[str], None]) -> None:
    document = scored.stored.document
    computed = f" (computed {document['created']})" if scored.reused else ""
    say(score_line(document))
    if scored.null:
        say(null_line(scored.null))
    of_null = (scored.null or {}).get("measures") or {}
    for name, measured in scored.measures.items():
        say(measure_line(measured, of_null.get(name)))
    say(f"{used_line(document)}   -> {scored.path}{computed}")
    for skipped in document["inputs"]["skipped"][:10]:
        note(f"  left out: {skipped['name']} ({skipped['code']}) {skipped['message']}")
