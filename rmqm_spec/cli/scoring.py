"""One model through the full protocol, up to the files of its result; or the result as it was."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen

from rmqm_spec.cli.noticed import about_gradient, about_inputs, gradient_error
from rmqm_spec.cli.options import DataRequest, ModelRequest
from rmqm_spec.cli.output import note
from rmqm_spec.cli.progress import ProgressReport
from rmqm_spec.cli.protocol_options import ProtocolRequest
from rmqm_spec.cli.runs import Run, open_run
from rmqm_spec.findings import Finding

if TYPE_CHECKING:
    from rmqm_onnx import OnnxEncoder
    from rmqm_spec.alterations import PGD, WhiteNoise
    from rmqm_spec.cli.partial import Partial
    from rmqm_spec.evaluation import Evaluation
    from rmqm_spec.inputs.prepared import PreparedInputs
    from rmqm_spec.stored import StoredResult

__all__ = ["Scored", "score_model"]


@frozen(kw_only=True, eq=False)
class Scored:
    """
    A result, and what it was made with.

    Parameters
    ----------
    model : Path
        The model as it was given.
    folder : Path
        Where the files of the result are.
    stored : StoredResult
        The result as it is on disk.
    findings : tuple of Finding
        Everything that was noticed.
    reused : bool
        Whether it was there already, and nothing was computed.
    encodings_per_second : float, optional
        How fast it was computed; None where no input was left to do.
    encoder : OnnxEncoder
        The open model.
    prepared : PreparedInputs
        Its inputs.
    alteration : WhiteNoise or PGD
        The alteration.
    """

    model: Path
    folder: Path
    stored: StoredResult
    findings: tuple[Finding, ...]
    reused: bool
    encodings_per_second: float | None
    encoder: OnnxEncoder
    prepared: PreparedInputs
    alteration: WhiteNoise | PGD


def score_model(
    model: Path,
    options: ModelRequest,
    inputs: DataRequest,
    protocol: ProtocolRequest,
    *,
    out: Path | None = None,
    force: bool = False,
    label: str = "scoring",
    encoder: OnnxEncoder | None = None,
    name: str | None = None,
) -> Scored:
    """
    Score a model, or find the result of the same run.

    Parameters
    ----------
    model : Path
        The model.
    options, inputs, protocol : ModelRequest, DataRequest, ProtocolRequest
        What was typed.
    out : Path, optional
        Folder of the result; by default one below ``rmqm-results``, named by model and digest.
    force : bool
        Compute again what is there, and replace another result in the folder.
    label : str
        What progress calls the work.
    encoder : OnnxEncoder, optional
        The model, where it is open already: `options` are not looked at then.
    name : str, optional
        What the folder calls the model; by default the name of its file.
    """
    started = time.monotonic()
    run = open_run(model, options, inputs, protocol, out=out, encoder=encoder, name=name)
    stored = None if force else _stored(run)
    if stored is not None:
        findings = tuple(Finding(**one) for one in stored.document["findings"])
        return _scored(run, stored, findings, reused=True)
    return _compute(run, inputs, protocol, force=force, label=label, started=started)


def _stored(run: Run) -> StoredResult | None:
    from rmqm_spec.stored import find_run

    found = find_run(run.folder, run.sha256)
    if found is not None:
        note(
            f"  nothing has changed since {found.document['created']}: the result of then is in "
            f"{found.path.parent} (--force computes it again)"
        )
    return found


def _compute(
    run: Run,
    inputs: DataRequest,
    protocol: ProtocolRequest,
    *,
    force: bool,
    label: str,
    started: float,
) -> Scored:
    from rmqm_spec.encoders import as_differentiable
    from rmqm_spec.result import result_document
    from rmqm_spec.storage import check_writable, write_result
    from rmqm_spec.stored import read_result
    from rmqm_spec.trust import doubts

    error = None
    if not run.alteration.independent_levels:
        error = gradient_error(as_differentiable(run.graded), run.prepared)
    check_writable(run.folder)
    _announce(run, protocol)
    found, kept, speed = _evaluate(run, protocol, label)
    findings = [
        *run.encoder.findings,
        *about_inputs(inputs, run.prepared),
        *about_gradient(found.gradient_route, error),
        *doubts(found.characteristics, found.alteration),
    ]
    document = result_document(
        found,
        _described(run.encoder.description, gradient_error=error, encodings_per_second=speed),
        findings,
        data=run.source,
        seconds=time.monotonic() - started,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        run_sha256=run.sha256,
    )
    files = write_result(run.folder, document, found, force=force)
    kept.remove()
    if files[-1].parent != run.folder:
        findings.append(_elsewhere(run.folder, files[-1].parent))
    return _scored(run, read_result(files[-1]), tuple(findings), reused=False)


def _announce(run: Run, protocol: ProtocolRequest) -> None:
    from rmqm_spec.encoders import route_of

    note(f"  protocol: variant {protocol.variant}, {_told(run.alteration, route_of(run.graded))}")
    n_encodings = len(run.prepared) * run.encodings_per_input
    note(f"  {len(run.prepared)} inputs from {run.source}, {n_encodings:,} encodings")


def _evaluate(
    run: Run, protocol: ProtocolRequest, label: str
) -> tuple[Evaluation, Partial, float | None]:
    """Encode what is not done yet; returns also how many encodings a second that were."""
    from rmqm_spec.cli.partial import Partial
    from rmqm_spec.evaluation import evaluate

    kept = Partial(
        run.folder, run.sha256, n_levels=run.alteration.n_levels, n_inputs=len(run.prepared)
    )
    begun = time.monotonic()
    with ProgressReport(label, run.encodings_per_input, len(kept.known)) as progress, kept:
        found = evaluate(
            run.graded,
            run.prepared,
            alteration=run.alteration,
            variant=protocol.variant,  # type: ignore[arg-type]
            precision=protocol.precision,
            progress=progress,
            known=kept.known,
            keep=kept.keep,
        )
    n_encodings = (len(found.ids) - len(kept.known)) * run.encodings_per_input
    speed = n_encodings / (time.monotonic() - begun)
    return found, kept, round(speed, 1) if n_encodings > 0 else None


def _scored(
    run: Run, stored: StoredResult, findings: tuple[Finding, ...], *, reused: bool
) -> Scored:
    return Scored(
        model=run.model,
        folder=stored.path.parent,
        stored=stored,
        findings=findings,
        reused=reused,
        encodings_per_second=stored.document["runtime"].get("encodings_per_second"),
        encoder=run.encoder,
        prepared=run.prepared,
        alteration=run.alteration,
    )


def _described(description: Mapping[str, Any], **measured: float | None) -> Mapping[str, Any]:
    """Add what was measured to what is known about the runtime."""
    known = {key: value for key, value in measured.items() if value is not None}
    return {**description, "runtime": {**description["runtime"], **known}}


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
