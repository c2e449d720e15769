"""Whether a gradient can be taken, by the operators of the model's file alone."""

from __future__ import annotations

from pathlib import Path

from rmqm_onnx.gradients.coverage import operators_without_rule
from rmqm_onnx.reading.model_file import read_model
from rmqm_spec.findings import Finding

__all__ = ["gradient_outlook"]


def gradient_outlook(path: str | Path, input: str, output: str) -> Finding:  # noqa: A002
    """
    Say whether every operator from the input to the encodings has a derivative rule.

    Raises
    ------
    UnreadableError
        If the file is not a readable model.
    """
    missing = operators_without_rule(read_model(path).proto, input, output)
    if not missing:
        return Finding(
            code="GRA001",
            level="ok",
            message="every operator has a derivative rule: PGD is possible",
        )
    first = missing[0]
    names = ", ".join(sorted({node.operator for node in missing}))
    return Finding(
        code="GRA001",
        level="warn",
        message=f"no derivative rule for {names}, first where {first.output!r} is made: no PGD",
        fix="Nothing to do for the score under white noise.",
    )
