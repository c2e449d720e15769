"""A run, computed: encoded in groups that are kept, and written as the files of a result."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rmqm_spec.contracts.executor import OpenExecutor
from rmqm_spec.contracts.listener import Listener
from rmqm_spec.encoders.output_advice import naming_earlier
from rmqm_spec.errors import IncompleteError, UsageError
from rmqm_spec.evaluation.group import Group
from rmqm_spec.evaluation.walk import Walk, walk_groups
from rmqm_spec.findings import Finding
from rmqm_spec.runs.distributing import distributed_groups
from rmqm_spec.runs.opening import Run
from rmqm_spec.runs.outlook import outlook_of, say_outlooks
from rmqm_spec.runs.remarks import (
    folder_findings,
    gradient_error,
    gradient_findings,
    input_findings,
)

if TYPE_CHECKING:
    from rmqm_spec.evaluation.checkpoints import Checkpoints
    from rmqm_spec.evaluation.statistic import Evaluation
    from rmqm_spec.results.stored import StoredResult
    from rmqm_spec.runs.parts import Parts

__all__ = ["NULL", "announce", "compute", "kept", "written"]

NULL = "null"
"""Label of the score of permuted weights: its protocol and inputs are those of the score before."""

MANY_INPUTS = 2000
"""More are seldom worth the time: one contribution to RMQM spreads by about 0.17."""


def compute(
    run: Run,
    listener: Listener,
    *,
    label: str,
    started: float,
    pool: OpenExecutor | None = None,
) -> tuple[StoredResult, tuple[Finding, ...]]:
    """
    Encode all inputs that are not done yet, write the result, and say what is worth knowing.

    Parameters
    ----------
    run : Run
        What to compute.
    listener : Listener
        Hears of the progress.
    label : str
        What progress calls the work.
    started : float
        When all of it began, by the monotonic clock.
    pool : OpenExecutor, optional
        Workers that the caller keeps open; without them the threads of this process.
    """
    from rmqm_spec.documents.writing import check_writable

    error = gradient_error(run)
    check_writable(run.folder)
    if label != NULL:
        announce(run, listener)
    parts = _opened_parts(run, pool)
    with kept(run, listener) as checkpoints:
        if parts is not None:
            _take_parts(parts, checkpoints, listener)
        outlook = outlook_of(
            run, n_known=checkpoints.n_known, callers=None if pool is None else pool.workers
        )
        say_outlooks([outlook], listener)
        evaluation, speed = _evaluate(run, checkpoints, listener, label, pool)
        measured = {
            "gradient_error": error,
            "expected_seconds": outlook.seconds if outlook else None,
            "encodings_per_second": speed,
        }
        computed = written(run, evaluation, checkpoints, measured, started=started)
    if parts is not None:
        parts.remove()
    return computed


def written(
    run: Run,
    evaluation: Evaluation,
    checkpoints: Checkpoints,
    measured: Mapping[str, float | None],
    *,
    started: float,
) -> tuple[StoredResult, tuple[Finding, ...]]:
    """
    Write what was evaluated as a result, and remove its checkpoints.

    Parameters
    ----------
    run : Run
        What was computed.
    evaluation : Evaluation
        What came of it.
    checkpoints : Checkpoints
        What is kept of it until the result is on disk.
    measured : mapping of str to float or None
        What is known of the runtime by now.
    started : float
        When the work began, by the monotonic clock.
    """
    from rmqm_spec.results.document import result_document
    from rmqm_spec.results.doubts import doubts
    from rmqm_spec.results.stored import StoredResult

    findings = [
        *run.encoder.findings,
        *input_findings(run.request, run.backend, run.encoder, run.prepared),
        *gradient_findings(run.backend, evaluation.gradient_route, measured.get("gradient_error")),
        *doubts(evaluation.characteristics, evaluation.alteration),
    ]
    document = result_document(
        evaluation,
        _described(run.encoder.description, measured),
        findings,
        data=run.source,
        seconds=time.monotonic() - started,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        run_sha256=run.sha256,
    )
    if run.request.name is not None:
        document["given_name"] = run.request.name
    path = _write(run, document, evaluation, checkpoints)
    stored = StoredResult(
        path=path,
        document=document,
        ids=evaluation.ids,
        names=evaluation.names,
        displacements=evaluation.displacements,
        step_lengths=evaluation.step_lengths,
    )
    findings += folder_findings(run.folder, path.parent)
    return stored, tuple(findings)


def announce(run: Run, listener: Listener) -> None:
    """Say what is about to be computed."""
    request, n_inputs = run.request, len(run.prepared)
    listener.note(f"  protocol: variant {request.protocol.variant}, {run.words}")
    inputs_word = "input" if n_inputs == 1 else "inputs"
    n_encodings = n_inputs * run.encodings_per_input
    listener.note(f"  {n_inputs:,} {inputs_word} from {run.source}, {n_encodings:,} encodings")
    asked_for_many = request.inputs.n is not None or request.protocol.precision is not None
    if n_inputs > MANY_INPUTS and not asked_for_many:
        _say_that_fewer_would_do(listener.note)


@cache
def _say_that_fewer_would_do(note: Callable[[str], None]) -> None:
    """Say it once to a listener, however many models are scored, and their nulls."""
    note("  fewer inputs are enough: --n 1000 usually gives the score to within 0.01")


@contextmanager
def kept(run: Run, listener: Listener) -> Iterator[Checkpoints]:
    """Keep what is done while it is worked on, and say so."""
    from rmqm_spec.evaluation.checkpoints import Checkpoints

    checkpoints = Checkpoints(run.folder, run.sha256, n_inputs=len(run.prepared))
    for damage in checkpoints.damaged:
        listener.note(f"  {damage}")
    n_known, n_inputs = checkpoints.n_known, checkpoints.n_inputs
    if n_known and n_known == n_inputs:
        listener.note(f"  nothing left to encode: all inputs are done, in {checkpoints.folder}")
    elif n_known:
        listener.note(f"  resuming after {n_known} inputs that are done, from {checkpoints.folder}")
    try:
        with checkpoints:
            yield checkpoints
    except IncompleteError:
        raise
    except Exception:
        if checkpoints.n_kept:
            listener.note(
                f"  {checkpoints.n_kept} of {checkpoints.n_inputs} inputs are done, kept in "
                f"{checkpoints.folder}"
            )
        raise


def _evaluate(
    run: Run,
    checkpoints: Checkpoints,
    listener: Listener,
    label: str,
    pool: OpenExecutor | None,
) -> tuple[Evaluation, float | None]:
    """Encode what is not done yet; returns also how many encodings a second that were."""
    from rmqm_spec.evaluation.evaluate import evaluate

    begun = time.monotonic()
    work = listener.work(label, per_input=run.encodings_per_input, n_known=checkpoints.n_known)
    walker: Callable[[Walk, int], Generator[Group]] = walk_groups
    if pool is not None:
        walker = partial(_by_workers, run=run, pool=pool, listener=listener)
    with work as progress, naming_earlier(run.encoder):
        evaluation = evaluate(
            run.graded,
            run.prepared,
            alteration=run.alteration,
            variant=run.request.protocol.variant,
            precision=run.request.protocol.precision,
            measures=run.measures,
            progress=progress,
            known=checkpoints.known,
            keep=checkpoints.keep,
            walker=walker,
        )
    n_known = sum(len(group.ids) for group in checkpoints.known.values())
    n_new = evaluation.n_seen - len(evaluation.skipped) - n_known
    speed = n_new * run.encodings_per_input / (time.monotonic() - begun)
    return evaluation, round(speed, 1) if n_new > 0 else None


def _by_workers(
    walk: Walk, calls: int, *, run: Run, pool: OpenExecutor, listener: Listener
) -> Generator[Group]:
    return distributed_groups(walk, run.request, run.sha256, pool, calls=calls, note=listener.note)


def _opened_parts(run: Run, pool: OpenExecutor | None) -> Parts | None:
    """Open the storage of finished parts that was asked for, where workers write them."""
    url = run.request.parts
    if url is None or pool is None:
        return None
    from rmqm_spec.runs.parts import Parts

    return Parts(url, run.sha256)


def _take_parts(parts: Parts, checkpoints: Checkpoints, listener: Listener) -> None:
    """Count the parts that workers finished in an earlier attempt among what is known."""
    known, damaged = parts.read()
    for damage in damaged:
        listener.note(f"  {damage}")
    n_before = checkpoints.n_known
    checkpoints.learn(known.values(), parts.label)
    if checkpoints.n_known > n_before:
        n_taken = checkpoints.n_known - n_before
        listener.note(
            f"  resuming after {n_taken} inputs that workers finished, from {parts.label}"
        )


def _write(
    run: Run, document: dict[str, Any], evaluation: Evaluation, checkpoints: Checkpoints
) -> Path:
    """Write the result, and only then remove the checkpoints that it was made from."""
    from rmqm_spec.evaluation.checkpoints import remove_checkpoints
    from rmqm_spec.results.files import write_result

    try:
        files = write_result(run.folder, document, evaluation, force=run.request.force)
    except UsageError as error:
        checkpoints.write()
        raise checkpoints.refused(error) from error
    remove_checkpoints(checkpoints.folder.parent, run.sha256)
    return files[-1]


def _described(
    description: Mapping[str, Any], measured: Mapping[str, float | None]
) -> Mapping[str, Any]:
    """Add what was measured to what is known about the runtime."""
    known = {key: value for key, value in measured.items() if value is not None}
    return {**description, "runtime": {**description["runtime"], **known}}
