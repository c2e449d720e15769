"""What is to be said of inputs that are left out, and of how a linear probe was fitted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rmqm_spec.findings import Finding

if TYPE_CHECKING:
    from rmqm_spec.probes import LinearProbe
    from rmqm_spec.probes.encoding import LeftOutInput

__all__ = ["left_out_findings", "linear_findings"]


def left_out_findings(entries: Sequence[LeftOutInput], document: str) -> Iterator[Finding]:
    """Count the inputs that are left out; `document` is the file that names them."""
    left_out = set(entries)
    if left_out:
        codes = sorted({entry.code for entry in left_out})
        counted = ", ".join(
            f"{code} {sum(entry.code == code for entry in left_out)}" for code in codes
        )
        first = min(left_out, key=lambda entry: (entry.code, entry.name))
        yield Finding(
            code="PRB009",
            level="warn",
            message=f"{len(left_out)} input(s) are left out ({counted}); one is: {first.message}",
            fix=f"{document} names all of them; rmqm-spec explain says what a code means.",
        )


def linear_findings(linear: LinearProbe | None) -> Iterator[Finding]:
    """Say where the linear probe did not converge, or may be better with another C."""
    if linear is None:
        return
    if not linear.converged:
        yield Finding(
            code="PRB008",
            level="warn",
            message=f"the linear probe stopped after {linear.iterations} iterations at a gradient "
            f"of {linear.gradient:.1e}",
            fix="Its accuracy may still rise or fall: give a smaller --C.",
        )
    if linear.held_out and linear.C in (min(linear.held_out), max(linear.held_out)):
        end = "smallest" if min(linear.held_out) == linear.C else "largest"
        yield Finding(
            code="PRB013",
            level="warn",
            message=f"the linear probe was best at C {linear.C:g}, the {end} that was tried",
            fix="Another C may be better still: give more candidates with --C.",
        )
