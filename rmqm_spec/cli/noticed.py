"""What is worth knowing about the inputs, and about the gradient, of a score."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rmqm_spec.cli.options import DataRequest
from rmqm_spec.findings import Finding

if TYPE_CHECKING:
    from rmqm_spec.inputs.prepared import PreparedInputs

__all__ = ["about_gradient", "about_inputs"]


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


def about_gradient(route: str | None) -> Iterator[Finding]:
    """Tell where a gradient is no derivative."""
    if route == "finite differences":
        yield Finding(
            code="GRA015",
            level="warn",
            message="the gradient was taken by finite differences: where it is near zero its sign "
            "can be wrong",
            fix="Nothing to do where the model has no gradient of its own.",
        )
