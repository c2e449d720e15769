"""``rmqm-spec score``: the full protocol on the user's inputs, written down."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rmqm_spec.cli.noticed import about_gradient, about_inputs, gradient_error
from rmqm_spec.cli.options import DataRequest, ModelRequest
from rmqm_spec.cli.output import finding_line, note, print_json, print_text, score_line, used_line
from rmqm_spec.cli.progress import ProgressReport
from rmqm_spec.cli.protocol_options import ProtocolRequest
from rmqm_spec.findings import Finding

if TYPE_CHECKING:
    from rmqm_spec.alterations import PGD, WhiteNoise

__all__ = ["run_score"]


def run_score(
    model: Path,
    options: ModelRequest,
    inputs: DataRequest,
    protocol: ProtocolRequest,
    *,
    out: Path | None,
    force: bool,
    as_json: bool,
) -> int:
    """Score a model; returns 1 where the score is undefined."""
    from rmqm_onnx import open_encoder
    from rmqm_spec.cli.partial import Partial
    from rmqm_spec.encoders import as_differentiable, route_of
    from rmqm_spec.evaluation import evaluate
    from rmqm_spec.identity import digest_of_json
    from rmqm_spec.result import plain, protocol_of, result_document, versions
    from rmqm_spec.storage import check_writable, write_result
    from rmqm_spec.trust import doubts

    started = time.monotonic()
    protocol.check()
    encoder = open_encoder(model, options.open_options())
    protocol.check_gradient(encoder, prod(encoder.spec.shape))
    prepared = inputs.open_inputs(encoder.spec, encoder.arrangement.preprocessing)
    rule = protocol.alteration_of(prepared.bounds, inputs.seed)
    graded = protocol.with_gradient(encoder, model, prepared.bounds)
    error = None
    if not rule.independent_levels:
        error = gradient_error(as_differentiable(graded), prepared)
    source = inputs.data or prepared.source.label
    asked = [source, inputs.n, inputs.range, inputs.data_layout, protocol.precision]
    if not rule.independent_levels:
        asked.append(route_of(graded))
    names = protocol_of(
        protocol.variant, rule.to_dict(), encoder.traits.resolution, encoder.description
    )
    digest = digest_of_json(plain([encoder.description["model"]["sha256"], names, asked]))
    folder = out or Path("rmqm-results") / f"{_name_of(model)}-{digest[:8]}"
    check_writable(folder)
    note(f"  protocol: variant {protocol.variant}, {_told(rule, route_of(graded))}")
    n_encodings = len(prepared) * (rule.n_levels + 1)
    note(f"  {len(prepared)} inputs from {source}, {n_encodings:,} encodings")
    kept = Partial(
        folder,
        digest_of_json(plain([digest, encoder.description, versions()["rmqm-spec"]])),
        n_levels=rule.n_levels,
        n_inputs=len(prepared),
    )
    with ProgressReport("scoring", rule.n_levels + 1, len(kept.known)) as progress, kept:
        found = evaluate(
            graded,
            prepared,
            alteration=rule,
            variant=protocol.variant,  # type: ignore[arg-type]
            precision=protocol.precision,
            progress=progress,
            known=kept.known,
            keep=kept.keep,
        )
    findings = [
        *encoder.findings,
        *about_inputs(inputs, prepared),
        *about_gradient(found.gradient_route, error),
        *doubts(found.characteristics, found.alteration),
    ]
    document = result_document(
        found,
        _described(encoder.description, error),
        findings,
        data=source,
        seconds=time.monotonic() - started,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    files = write_result(folder, document, found, force=force)
    kept.remove()
    if files[-1].parent != folder:
        findings.append(_elsewhere(folder, files[-1].parent))
    for finding in findings:
        if finding.level != "ok":
            note(finding_line(finding, sys.stderr))
    if as_json:
        print_json({"ok": found.status == "ok", **document})
        note(f"  -> {files[-1]}")
    else:
        _print(document, files)
    return 0 if found.status == "ok" else 1


def _described(description: Mapping[str, Any], error: float | None) -> Mapping[str, Any]:
    """Add what the gradient's check said to what is known about the run."""
    if error is None:
        return description
    return {**description, "runtime": {**description["runtime"], "gradient_error": error}}


def _told(rule: WhiteNoise | PGD, route: str) -> str:
    if rule.name == "white-noise":
        return f"white noise of {rule.n_levels} levels, seed {rule.seed}"
    parameters = rule.to_dict()
    return (
        f"PGD of {rule.n_levels} levels, steps of {parameters['alpha']:.3g}, "
        f"loss {parameters['loss']}, seed {rule.seed}; gradient: {route}"
    )


def _elsewhere(wanted: Path, taken: Path) -> Finding:
    return Finding(
        code="ARG004",
        level="warn",
        message=f"{wanted} holds another result: this one is in {taken}",
        fix="Choose another --out, or pass --force to replace the old result.",
    )


def _print(document: dict[str, Any], files: list[Path]) -> None:
    print_text(score_line(document))
    print_text(f"{used_line(document)}   -> {files[-1]}")
    for one in document["inputs"]["skipped"][:10]:
        note(f"  left out: {one['name']} ({one['code']}) {one['message']}")


def _name_of(model: Path) -> str:
    return model.stem if model.suffix == ".onnx" else model.resolve().name
