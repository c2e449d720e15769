"""One model through the full protocol, up to the files of its result; or the result as it was."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from rmqm_spec.cli.computing import compute
from rmqm_spec.cli.options import DataRequest, ModelRequest
from rmqm_spec.cli.output import note
from rmqm_spec.cli.protocol_options import ProtocolRequest
from rmqm_spec.cli.runs import Run, open_run
from rmqm_spec.findings import Finding

if TYPE_CHECKING:
    from rmqm_onnx import OnnxEncoder
    from rmqm_spec.alterations import PGD, WhiteNoise
    from rmqm_spec.inputs.prepared import PreparedInputs
    from rmqm_spec.results.stored import StoredResult

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
    stored, findings = compute(run, inputs, protocol, force=force, label=label, started=started)
    return _scored(run, stored, findings, reused=False)


def _stored(run: Run) -> StoredResult | None:
    """Find the result of the same run; parts of it that a killed process left are in vain."""
    from rmqm_spec.evaluation.checkpoints import remove_checkpoints
    from rmqm_spec.results.stored import find_run

    found = find_run(run.folder, run.sha256)
    if found is not None:
        remove_checkpoints(run.folder, run.sha256)
        note(
            f"  nothing has changed since {found.document['created']}: the result of then is in "
            f"{found.path.parent} (--force computes it again)"
        )
    return found


def _scored(
    run: Run, stored: StoredResult, findings: tuple[Finding, ...], *, reused: bool
) -> Scored:
    _keep_examples(run, stored)
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


def _keep_examples(run: Run, stored: StoredResult) -> None:
    """Keep pictures for reports; a result is whole without them."""
    from rmqm_spec.errors import UsageError
    from rmqm_spec.reports.example_files import keep_examples

    try:
        keep_examples(stored, run.prepared, run.alteration)
    except UsageError as error:
        note(f"  no pictures are kept for reports: {error.message}")
