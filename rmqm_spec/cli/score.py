"""``rmqm-spec score``: the full protocol on the user's inputs, written down."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from rmqm_spec.cli.output import measure_line, null_line, score_line, used_line
from rmqm_spec.cli.reporting import check_report, report_on
from rmqm_spec.cli.requests import request_for
from rmqm_spec.runs.scores import Score
from rmqm_spec.runs.scoring import score
from rmqm_spec.screen.console import ConsoleListener
from rmqm_spec.screen.writing import finding_line, note, print_json, print_text

__all__ = ["run_score"]


def run_score(model: Path, options: dict[str, Any], *, report: Path | None, as_json: bool) -> int:
    """Score a model; returns 1 where the score is undefined."""
    check_report(report)
    request = request_for(model, options)
    scored = score(request, ConsoleListener())
    for finding in scored.findings:
        if finding.level != "ok":
            note(finding_line(finding, sys.stderr))
    is_defined = scored.status == "ok"
    if as_json:
        print_json({"ok": is_defined, **scored.stored.document})
        note(f"  -> {scored.path}")
    else:
        _print(scored)
    report_on(report, {request.name or request.path.name: scored.stored})
    return 0 if is_defined else 1


def _print(scored: Score) -> None:
    document = scored.stored.document
    computed = f" (computed {document['created']})" if scored.reused else ""
    print_text(score_line(document))
    if scored.null:
        print_text(null_line(scored.null))
    for measured in scored.measures.values():
        print_text(measure_line(measured))
    print_text(f"{used_line(document)}   -> {scored.path}{computed}")
    for skipped in document["inputs"]["skipped"][:10]:
        note(f"  left out: {skipped['name']} ({skipped['code']}) {skipped['message']}")
