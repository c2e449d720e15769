"""What ``check`` does to a model, step by step; runs in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import frozen

from rmqm_spec.arrays import FloatArray
from rmqm_spec.cli.noticed import about_derivative_rules, about_inputs
from rmqm_spec.cli.options import DataRequest, ModelRequest
from rmqm_spec.errors import RmqmError, UnreadableError, UsageError
from rmqm_spec.findings import Finding

if TYPE_CHECKING:
    from rmqm_onnx import OnnxEncoder
    from rmqm_spec.evaluation.evaluate import Evaluation
    from rmqm_spec.inputs.hashing import Progress
    from rmqm_spec.inputs.prepared import PreparedInputs

__all__ = ["CheckRequest", "check_model"]

Emit = Callable[[dict[str, Any]], None]
"""Takes one event: a stage, a finding, progress, or the result."""

_CONTRACT_INPUTS = 6
"""How many inputs the encoder contract is checked on."""

_MAX_LISTED = 8
"""How many unreadable inputs are named one by one."""


@frozen(kw_only=True)
class CheckRequest:
    """What to check, as it was typed."""

    model: str
    options: ModelRequest
    inputs: DataRequest


def check_model(request: CheckRequest, emit: Emit) -> None:
    """
    Look at a model from all sides, telling everything that is seen as it is seen.

    Parameters
    ----------
    request : CheckRequest
        What to check.
    emit : callable
        Takes events: ``{"stage": str}`` before each step, ``{"finding": dict}``,
        ``{"reading": [done, total]}`` and ``{"progress": [done, total]}``, and last
        ``{"document": dict}`` with the score or ``{"error": ...}`` where the subject could not be
        judged to the end.
    """
    try:
        _check(request, emit)
    except RmqmError as error:
        emit({"error": Finding.from_error(error).to_dict(), "exit_code": _exit_code(error)})


def _check(request: CheckRequest, emit: Emit) -> None:
    from rmqm_onnx import open_encoder
    from rmqm_spec.encoders.checks import check_encoder
    from rmqm_spec.results.document import plain

    def tell(findings: Iterable[Finding]) -> list[Finding]:
        return [_emitted(finding, emit) for finding in findings]

    emit({"stage": "opening the model"})
    encoder = open_encoder(request.model, request.options.open_options())
    findings = tell(encoder.findings)
    findings += tell([about_derivative_rules(request.model, encoder.input, encoder.output)])
    emit({"stage": "opening the inputs"})
    prepared = _open_inputs(request.inputs, encoder, emit)
    if prepared is None:
        findings += tell([_nothing_to_score(encoder)])
    else:
        findings += tell(about_inputs(request.inputs, prepared))
    emit({"stage": "checking the encoder"})
    sample = _sample(prepared, encoder)
    judged = tell(check_encoder(encoder, sample))
    findings += judged
    document: dict[str, Any] = plain(encoder.description)
    if prepared is not None and not any(one.level == "fail" for one in judged):
        emit({"stage": "scoring"})
        document = _score(request, encoder, prepared, findings, emit)
    emit({"document": document})


def _emitted(finding: Finding, emit: Emit) -> Finding:
    emit({"finding": finding.to_dict()})
    return finding


def _open_inputs(inputs: DataRequest, encoder: OnnxEncoder, emit: Emit) -> PreparedInputs | None:
    """Open the inputs; None where none were given and there is no default for such a model."""
    try:
        return inputs.open_inputs(
            encoder.spec,
            encoder.arrangement.preprocessing,
            _default_n(encoder),
            progress=_rarely(lambda done, total: emit({"reading": [done, total]})),
        )
    except UsageError as error:
        if error.code == "DAT003" and inputs.data is None:
            return None
        raise


def _rarely(progress: Progress) -> Progress:
    """Tell of every hundredth input only: each telling is a line through a pipe."""
    return lambda done, total: progress(done, total) if done % 100 == 1 else None


def _default_n(encoder: OnnxEncoder) -> int:
    """Return how many inputs a first score takes: fewer large ones, the same on every machine."""
    n_values = int(np.prod(encoder.spec.shape))
    return 32 if n_values <= 3 * 64 * 64 else 16 if n_values <= 3 * 128 * 128 else 8


def _nothing_to_score(encoder: OnnxEncoder) -> Finding:
    return Finding(
        code="DAT003",
        level="warn",
        message=f"no bundled inputs have the shape {encoder.spec.shape}: no score, and the encoder "
        "is checked on seeded uniform values",
        fix="Pass --data with an array of real inputs, and --range LOW,HIGH.",
    )


def _sample(prepared: PreparedInputs | None, encoder: OnnxEncoder) -> FloatArray:
    """Load a few inputs that can be read; uniform values where none were given."""
    if prepared is None:
        shape = (_CONTRACT_INPUTS, *encoder.spec.shape)
        return np.random.default_rng(0).random(shape, dtype=np.float32)
    loaded: list[FloatArray] = []
    first_error = "there is none"
    for index in range(len(prepared)):
        try:
            loaded.append(prepared.load(index).values)
        except UnreadableError as error:
            first_error = first_error if loaded else error.message
        if len(loaded) == _CONTRACT_INPUTS:
            break
    if not loaded:
        raise UnreadableError(
            "DAT018",
            f"at least one input must be readable; got 0 of {len(prepared)}, the first because "
            f"{first_error}",
            fix="Point --data at images or arrays that open.",
        )
    return np.stack(loaded)


def _score(
    request: CheckRequest,
    encoder: OnnxEncoder,
    prepared: PreparedInputs,
    findings: list[Finding],
    emit: Emit,
) -> dict[str, Any]:
    import time

    from rmqm_spec.evaluation.evaluate import evaluate
    from rmqm_spec.results.document import result_document
    from rmqm_spec.results.doubts import doubts

    started = time.monotonic()
    found = evaluate(
        encoder,
        prepared,
        seed=request.inputs.seed,
        progress=lambda done, total: emit({"progress": [done, total]}),
    )
    noticed = [*_unreadable(found), *doubts(found.characteristics)]
    findings += [_emitted(finding, emit) for finding in noticed]
    return result_document(
        found,
        encoder.description,
        findings,
        data=request.inputs.shown or prepared.source.label,
        seconds=time.monotonic() - started,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _unreadable(found: Evaluation) -> list[Finding]:
    """Name the inputs that were left out, the first of many."""
    listed = [
        Finding(code=one.code, level="warn", message=one.message, fix="It is left out.")
        for one in found.skipped[:_MAX_LISTED]
    ]
    if len(found.skipped) > _MAX_LISTED:
        message = f"{len(found.skipped)} inputs in all cannot be read"
        fix = "Every one is named in the document: --json."
        listed.append(Finding(code="DAT018", level="warn", message=message, fix=fix))
    return listed


def _exit_code(error: RmqmError) -> int:
    """Tell failures of the model, such as an open choice, from mistyped options."""
    about_the_model = error.code.startswith(("MOD", "INP", "OUT", "ENC"))
    return 1 if isinstance(error, UsageError) and about_the_model else error.exit_code
