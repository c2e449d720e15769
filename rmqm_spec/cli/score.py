"""``rmqm-spec score``: the full protocol on the user's inputs, written down."""

from __future__ import annotations

import sys
from pathlib import Path

from rmqm_spec.cli.null import null_line, with_null
from rmqm_spec.cli.options import DataRequest, ModelRequest
from rmqm_spec.cli.output import finding_line, note, print_json, print_text, score_line, used_line
from rmqm_spec.cli.protocol_options import ProtocolRequest
from rmqm_spec.cli.reporting import check_report, report_on
from rmqm_spec.cli.scoring import Scored, score_model

__all__ = ["run_score"]


def run_score(
    model: Path,
    options: ModelRequest,
    inputs: DataRequest,
    protocol: ProtocolRequest,
    *,
    out: Path | None,
    force: bool,
    null: bool = True,
    report: Path | None = None,
    as_json: bool,
) -> int:
    """Score a model; returns 1 where the score is undefined."""
    check_report(report)
    scored = score_model(model, options, inputs, protocol, out=out, force=force)
    if null:
        scored = with_null(scored, options, inputs, protocol, force=force)
    document = scored.stored.document
    for finding in scored.findings:
        if finding.level != "ok":
            note(finding_line(finding, sys.stderr))
    is_defined = document["status"] == "ok"
    if as_json:
        print_json({"ok": is_defined, **document})
        note(f"  -> {scored.stored.path}")
    else:
        _print(scored)
    report_on(report, {model.name: scored.stored})
    return 0 if is_defined else 1


def _print(scored: Scored) -> None:
    document = scored.stored.document
    computed = f" (computed {document['created']})" if scored.reused else ""
    print_text(score_line(document))
    if document.get("null"):
        print_text(null_line(document["null"]))
    print_text(f"{used_line(document)}   -> {scored.stored.path}{computed}")
    for one in document["inputs"]["skipped"][:10]:
        note(f"  left out: {one['name']} ({one['code']}) {one['message']}")
