"""What ``check`` does to a model, step by step, in the process that calls it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from attrs import evolve

from rmqm_spec.arrays import FloatArray
from rmqm_spec.contracts.backend import Backend, GradientGiving, ModelEncoder
from rmqm_spec.contracts.encoder import traits_of
from rmqm_spec.contracts.listener import Listener, Progress
from rmqm_spec.errors import RmqmError, UnreadableError, UsageError
from rmqm_spec.findings import Finding
from rmqm_spec.runs.budget import Plan, plan_check
from rmqm_spec.runs.isolation.trials import silence_of
from rmqm_spec.runs.models import backend_of, open_model
from rmqm_spec.runs.opening import check_request, open_inputs
from rmqm_spec.runs.ranged import for_inputs
from rmqm_spec.runs.remarks import input_findings
from rmqm_spec.runs.request import RunRequest

if TYPE_CHECKING:
    from rmqm_spec.evaluation.statistic import Evaluation
    from rmqm_spec.inputs.prepared import PreparedInputs

__all__ = ["Emit", "check_model"]

Emit: TypeAlias = Callable[[dict[str, Any]], None]
"""Takes an event: a stage, a finding, progress, or the result; all of it plain data."""

_ENCODINGS_PER_INPUT = 100

_MAX_LISTED = 8
"""How many unreadable inputs are named one by one."""

_NO_ENCODINGS = ("OUT006", "OUT008", "ENC007")
"""Codes of outputs that are no encodings: a score of these would be of something else."""

_OF_THE_MODEL = ("MOD", "INP", "OUT", "ENC")
"""Codes of what is wrong with a model, such as a choice that it leaves open."""


def check_model(request: RunRequest, emit: Emit) -> None:
    """
    Look at a model from all sides, and say everything as it is seen.

    Parameters
    ----------
    request : RunRequest
        What to check.
    emit : callable
        Takes events: ``{"stage": str}`` before each step, ``{"finding": dict}``,
        ``{"reading": [done, total]}`` and ``{"progress": [done, total]}``, and last
        ``{"document": dict}`` with the score, or ``{"error": ...}`` where the model could not be
        judged to the end.
    """
    try:
        _check(request, emit)
    except RmqmError as error:
        emit({"error": Finding.from_error(error).to_dict(), "exit_code": _exit_code(error)})


class _Reading(Listener):
    """Passes on how far the reading of inputs is, every hundredth only: each is a line."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit

    def work(self, what: str, **_: Any) -> Any:  # noqa: ARG002
        """Report all work as reading: nothing else is long before the score."""
        return nullcontext(self._report)

    def _report(self, done: int, total: int) -> None:
        if done % 100 == 1:
            self._emit({"reading": [done, total]})


def _check(request: RunRequest, emit: Emit) -> None:
    from rmqm_spec.encoders.checks import check_encoder
    from rmqm_spec.results.document import plain

    def say(findings: Iterable[Finding]) -> list[Finding]:
        return [_emitted(finding, emit) for finding in findings]

    emit({"stage": "opening the model"})
    check_request(request)
    backend = backend_of(request)
    encoder = open_model(request, backend)
    findings = say(encoder.findings)
    if isinstance(backend, GradientGiving):
        findings += say([backend.gradient_outlook(request.path, encoder)])
    judged = say(_against_reference(request, backend, encoder, emit))
    emit({"stage": "timing the model"})
    plan = plan_check(request, encoder)
    emit({"stage": "opening the inputs"})
    prepared = _open_inputs(request, encoder, emit, plan)
    if prepared is None:
        findings += say([_nothing_to_score(encoder)])
    else:
        findings += say(input_findings(request, backend, encoder, prepared))
        encoder = for_inputs(encoder, prepared)
    emit({"stage": "checking the encoder"})
    own = request.inputs.data is not None
    judged += say(
        check_encoder(encoder, _sample(prepared, encoder, plan.n_contract), own_inputs=own)
    )
    findings += judged
    document: dict[str, Any] = plain(encoder.description)
    if prepared is not None and not any(finding.level == "fail" for finding in judged):
        advice = list(_at_the_advice(request, findings))
        findings += say(advice or plan.findings)
        if plan.n_scored is not None and not advice:
            emit({"stage": "scoring", "patience": _patience(request, encoder, plan)})
            document = _score(request, encoder, prepared, findings, emit, plan)
    emit({"document": document})


def _against_reference(
    request: RunRequest, backend: Backend, encoder: ModelEncoder, emit: Emit
) -> Iterator[Finding]:
    """Compare the encoder with what its framework gives, if that is known."""
    from rmqm_spec.runs.reference import read_reference, reference_findings

    if request.reference is not None:
        emit({"stage": "comparing the model with its reference"})
        reference = read_reference(request.reference)
        yield from reference_findings(reference, request.inputs, backend, encoder)


def _at_the_advice(request: RunRequest, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Stop where the output cannot be what is wanted, unless it was named."""
    if request.opening.output is not None:
        return
    for finding in findings:
        if finding.code in _NO_ENCODINGS and finding.level == "warn":
            yield Finding(
                code="RUN007",
                level="warn",
                message=f"there is no first score: the output holds no encodings ({finding.code})",
                fix=f"{finding.fix.rstrip('.')}. To score it all the same, name it with --output.",
            )
            return


def _patience(request: RunRequest, encoder: ModelEncoder, plan: Plan) -> float:
    """Return how long scoring may be silent: it reports after each group of inputs."""
    group = plan.pace * _ENCODINGS_PER_INPUT * (traits_of(encoder).batch_size or 1)
    return max(silence_of(request), 4 * group)


def _emitted(finding: Finding, emit: Emit) -> Finding:
    emit({"finding": finding.to_dict()})
    return finding


def _open_inputs(
    request: RunRequest, encoder: ModelEncoder, emit: Emit, plan: Plan
) -> PreparedInputs | None:
    """Open the inputs; None where none were given and there is no default for such a model."""
    try:
        inputs = evolve(request.inputs, n=plan.n_scored or plan.n_contract)
        return open_inputs(inputs, encoder, _Reading(emit))
    except UsageError as error:
        if error.code == "DAT003" and request.inputs.data is None:
            return None
        raise


def _nothing_to_score(encoder: ModelEncoder) -> Finding:
    return Finding(
        code="DAT003",
        level="warn",
        message=f"no bundled inputs have the shape {encoder.spec.shape}: no score, and the encoder "
        "is checked on seeded uniform values",
        fix="Pass --data with an array of real inputs, and --range LOW,HIGH.",
    )


def _sample(prepared: PreparedInputs | None, encoder: ModelEncoder, n: int) -> FloatArray:
    """Load a few inputs that can be read; uniform values where none were given."""
    if prepared is None:
        shape = (n, *encoder.spec.shape)
        return np.random.default_rng(0).random(shape, dtype=np.float32)
    loaded: list[FloatArray] = []
    first_error = "there is none"
    for index in range(len(prepared)):
        try:
            loaded.append(prepared.load(index).values)
        except UnreadableError as error:
            first_error = first_error if loaded else error.message
        if len(loaded) == n:
            break
    if not loaded:
        raise UnreadableError(
            "DAT018",
            f"at least one input must be readable; got 0 of {len(prepared)}, the first because "
            f"{first_error}",
            fix="Point --data at images or arrays that can be opened.",
        )
    return np.stack(loaded)


def _score(
    request: RunRequest,
    encoder: ModelEncoder,
    prepared: PreparedInputs,
    findings: list[Finding],
    emit: Emit,
    plan: Plan,
) -> dict[str, Any]:
    from rmqm_spec.encoders.output_advice import naming_earlier
    from rmqm_spec.evaluation.evaluate import evaluate
    from rmqm_spec.results.document import result_document
    from rmqm_spec.results.doubts import doubts

    started = time.monotonic()
    progress: Progress = lambda done, total: emit({"progress": [done, total]})  # noqa: E731
    with naming_earlier(encoder):
        evaluation = evaluate(
            encoder, prepared, seed=request.inputs.seed, enough=plan.is_spent, progress=progress
        )
    cut = [plan.cut_short(evaluation.n_seen)] if evaluation.stopped_early else []
    noticed = [*_unreadable(evaluation), *cut, *doubts(evaluation.characteristics)]
    findings += [_emitted(finding, emit) for finding in noticed]
    return result_document(
        evaluation,
        encoder.description,
        findings,
        data=request.inputs.shown or prepared.source.label,
        seconds=time.monotonic() - started,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _unreadable(evaluation: Evaluation) -> list[Finding]:
    """Name the inputs that were left out, the first of many."""
    skipped = evaluation.skipped
    listed = [
        Finding(code=entry.code, level="warn", message=entry.message, fix="It is left out.")
        for entry in skipped[:_MAX_LISTED]
    ]
    if len(skipped) > _MAX_LISTED:
        message = f"{len(skipped)} inputs in all cannot be read"
        fix = "Every one is named in the document: --json."
        listed.append(Finding(code="DAT018", level="warn", message=message, fix=fix))
    return listed


def _exit_code(error: RmqmError) -> int:
    """Return 1 for faults of the model, and for others their own exit code."""
    about_the_model = error.code.startswith(_OF_THE_MODEL)
    return 1 if isinstance(error, UsageError) and about_the_model else error.exit_code
