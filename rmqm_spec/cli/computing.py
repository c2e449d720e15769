"""A run, computed: encoded in parts that are kept, and written as the files of a result."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rmqm_spec.cli.noticed import about_folders, about_gradient, about_inputs, gradient_error
from rmqm_spec.cli.options import DataRequest
from rmqm_spec.cli.output import note
from rmqm_spec.cli.progress import ProgressReport
from rmqm_spec.cli.protocol_options import ProtocolRequest
from rmqm_spec.cli.runs import Run
from rmqm_spec.errors import IncompleteError, UsageError
from rmqm_spec.findings import Finding

if TYPE_CHECKING:
    from rmqm_spec.evaluation.checkpoints import Checkpoints
    from rmqm_spec.evaluation.evaluate import Evaluation
    from rmqm_spec.results.stored import StoredResult

__all__ = ["compute"]


MANY_INPUTS = 2000
"""More are seldom worth the time: one contribution to RMQM spreads by about 0.17."""


def compute(
    run: Run,
    inputs: DataRequest,
    protocol: ProtocolRequest,
    *,
    force: bool,
    label: str,
    started: float,
) -> tuple[StoredResult, tuple[Finding, ...]]:
    """
    Encode all inputs that are not done yet, write the result, and tell what was noticed.

    Parameters
    ----------
    run : Run
        What to compute.
    inputs, protocol : DataRequest, ProtocolRequest
        What was typed.
    force : bool
        Replace another result in the folder.
    label : str
        What progress calls the work.
    started : float
        When all of it began, by the monotonic clock.
    """
    from rmqm_spec.contracts.encoder import as_differentiable
    from rmqm_spec.documents.writing import check_writable
    from rmqm_spec.results.document import result_document
    from rmqm_spec.results.doubts import doubts
    from rmqm_spec.results.stored import StoredResult

    error = None
    if not run.alteration.independent_levels:
        error = gradient_error(as_differentiable(run.graded), run.prepared)
    check_writable(run.folder)
    note(f"  protocol: variant {protocol.variant}, {run.told}")
    n_inputs = len(run.prepared)
    n_encodings = n_inputs * run.encodings_per_input
    inputs_word = "input" if n_inputs == 1 else "inputs"
    note(f"  {n_inputs:,} {inputs_word} from {run.source}, {n_encodings:,} encodings")
    if n_inputs > MANY_INPUTS and inputs.n is None and protocol.precision is None:
        _say_that_fewer_would_do()
    with _kept(run) as parts:
        found, speed = _evaluate(run, protocol, parts, label)
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
        path = _write(run, document, found, parts, force=force)
    stored = StoredResult(
        path=path,
        document=document,
        ids=found.ids,
        names=found.names,
        displacements=found.displacements,
        step_lengths=found.step_lengths,
    )
    findings += about_folders(run.folder, path.parent)
    return stored, tuple(findings)


@cache
def _say_that_fewer_would_do() -> None:
    """Say it once, however many models are scored, and their nulls."""
    note("  fewer would do: --n 1000 mostly tells a score to 0.01, and takes the same everywhere")


@contextmanager
def _kept(run: Run) -> Iterator[Checkpoints]:
    """Keep what is done while it is worked on, and tell of it."""
    from rmqm_spec.evaluation.checkpoints import Checkpoints

    parts = Checkpoints(run.folder, run.sha256, n_inputs=len(run.prepared))
    for damage in parts.damaged:
        note(f"  {damage}")
    if parts.known:
        note(f"  going on after {parts.n_known} inputs that are done, from {parts.folder}")
    try:
        with parts:
            yield parts
    except IncompleteError:
        raise
    except Exception:
        if parts.n_kept:
            note(f"  {parts.n_kept} of {parts.n_inputs} inputs are done, kept in {parts.folder}")
        raise


def _evaluate(
    run: Run, protocol: ProtocolRequest, parts: Checkpoints, label: str
) -> tuple[Evaluation, float | None]:
    """Encode what is not done yet; returns also how many encodings a second that were."""
    from rmqm_spec.evaluation.evaluate import evaluate

    begun = time.monotonic()
    with ProgressReport(label, run.encodings_per_input, parts.n_known) as progress:
        found = evaluate(
            run.graded,
            run.prepared,
            alteration=run.alteration,
            variant=protocol.variant,  # type: ignore[arg-type]
            precision=protocol.precision,
            progress=progress,
            known=parts.known,
            keep=parts.keep,
        )
    n_known = sum(len(one.ids) for one in parts.known.values())
    n_new = found.n_seen - len(found.skipped) - n_known
    speed = n_new * run.encodings_per_input / (time.monotonic() - begun)
    return found, round(speed, 1) if n_new > 0 else None


def _write(
    run: Run, document: dict[str, Any], found: Evaluation, parts: Checkpoints, *, force: bool
) -> Path:
    """Write the result, and only then remove the parts that it was made from."""
    from rmqm_spec.evaluation.checkpoints import remove_checkpoints
    from rmqm_spec.results.files import write_result

    try:
        files = write_result(run.folder, document, found, force=force)
    except UsageError as error:
        parts.write()
        raise parts.refused(error) from error
    remove_checkpoints(run.folder, run.sha256)
    return files[-1]


def _described(description: Mapping[str, Any], **measured: float | None) -> Mapping[str, Any]:
    """Add what was measured to what is known about the runtime."""
    known = {key: value for key, value in measured.items() if value is not None}
    return {**description, "runtime": {**description["runtime"], **known}}
