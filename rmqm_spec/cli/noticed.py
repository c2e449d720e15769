"""What is worth knowing about the inputs, and about the gradient, of a score."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from rmqm_spec.cli.options import DataRequest
from rmqm_spec.contracts.encoder import route_of
from rmqm_spec.errors import UnreadableError
from rmqm_spec.findings import Finding

if TYPE_CHECKING:
    from rmqm_spec.contracts.encoder import DifferentiableEncoder
    from rmqm_spec.inputs.prepared import PreparedInputs

__all__ = [
    "about_derivative_rules",
    "about_folders",
    "about_gradient",
    "about_inputs",
    "elsewhere",
    "gradient_error",
]


def about_inputs(request: DataRequest, prepared: PreparedInputs) -> Iterator[Finding]:
    """Tell what stood in for the user's inputs, what was left out, and what was missing."""
    if request.data is None:
        yield Finding(
            code="SCO007",
            level="warn",
            message="the bundled images are used: the score is a smoke test, not a ranking of "
            "encoders",
            fix="Pass --data with images like those the encoder will see.",
        )
    if prepared.ignored:
        message = f"{prepared.ignored} file(s) without the name of an image were not opened"
        yield Finding(code="DAT019", level="ok", message=message)
    if request.data is not None and prepared.duplicates:
        yield Finding(
            code="DAT020",
            level="warn",
            message=f"{prepared.duplicates} input(s) repeat another one and are left out",
            fix="Nothing to do: equal inputs count once.",
        )
    if request.n is not None and len(prepared) < request.n:
        yield Finding(
            code="DAT021",
            level="warn",
            message=f"--n asks for {request.n} inputs; there are {len(prepared)} different ones",
            fix="Give more inputs, or leave --n out.",
        )


def gradient_error(encoder: DifferentiableEncoder, inputs: PreparedInputs) -> float | None:
    """Hold the gradient against a difference on the first input that can be read."""
    from rmqm_onnx.gradients import self_check, staircase_check

    check = staircase_check if _is_straight_through(route_of(encoder)) else self_check
    for index in range(len(inputs)):
        with suppress(UnreadableError):
            return check(encoder, inputs.load(index).values[None])
    return None


def about_derivative_rules(model: str | Path, input_name: str, output: str) -> Finding:
    """Tell whether every operator between input and output has a derivative: PGD needs it."""
    from rmqm_onnx.gradients import operators_without_rule
    from rmqm_onnx.reading.model_file import read_model

    missing = operators_without_rule(read_model(model).proto, input_name, output)
    if not missing:
        return Finding(
            code="GRA001",
            level="ok",
            message="every operator has a derivative rule: PGD is possible",
        )
    first = missing[0]
    names = ", ".join(sorted({one.operator for one in missing}))
    return Finding(
        code="GRA001",
        level="warn",
        message=f"no derivative rule for {names}, first where {first.output!r} is made: no PGD",
        fix="Nothing to do for the score under white noise.",
    )


def about_gradient(route: str | None, error: float | None) -> Iterator[Finding]:
    """Tell where a gradient is no derivative, and how well it agrees with a difference."""
    from rmqm_onnx.gradients import gradient_finding, staircase_finding

    if error is not None and _is_straight_through(route):
        yield staircase_finding(error)
    elif error is not None and (finding := gradient_finding(error)).level != "ok":
        yield finding
    if route == "finite differences":
        yield Finding(
            code="GRA015",
            level="warn",
            message="the gradient was taken by finite differences: where it is near zero its sign "
            "can be wrong",
            fix="Nothing to do where the model has no gradient of its own.",
        )


def _is_straight_through(route: str | None) -> bool:
    """Tell whether rounding counts as the identity: no difference quotient can judge that."""
    return route is not None and "straight through" in route


def about_folders(wanted: Path, taken: Path) -> Iterator[Finding]:
    """Tell where the result is not where it was to be, and where nobody is kept out."""
    from rmqm_spec.documents.writing import can_lock

    if taken != wanted:
        yield elsewhere(wanted, taken, "result")
    if not can_lock(taken):
        yield Finding(
            code="ARG006",
            level="warn",
            message=f"the file system of {taken} has no locks",
            fix="Let one process at a time write there.",
        )


def elsewhere(wanted: Path, taken: Path, kind: str) -> Finding:
    """Tell that a folder was left alone, and which one was taken instead."""
    return Finding(
        code="ARG004",
        level="warn",
        message=f"{wanted} holds another {kind}: this one is in {taken}",
        fix=f"Choose another --out, or pass --force to replace the old {kind}.",
    )
