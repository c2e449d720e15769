"""A finding per check: what holds, or which values are wrong."""

from __future__ import annotations

from collections.abc import Sequence

from rmqm_spec.errors import UnavailableError
from rmqm_spec.findings import Finding

__all__ = ["SCORE_AGAIN", "unchecked", "verdict"]

SCORE_AGAIN = (
    "Something was changed after the result was written: score the encoder again, with "
    "--force and the same --out."
)

_SHOWN = 3


def verdict(code: str, holds: str, problems: Sequence[str], fix: str = "") -> Finding:
    """
    Return a finding: `holds` where there is no problem, else the first problems.

    Examples
    --------
    >>> verdict("VAL006", "the counts add up", []).level
    'ok'
    >>> verdict("VAL006", "the counts add up", ["a", "b", "c", "d", "e"]).message
    'a; b; c; and 2 more'
    """
    if not problems:
        return Finding(code=code, level="ok", message=holds)
    more = len(problems) - _SHOWN
    shown = [*problems[:_SHOWN], *([f"and {more} more"] if more > 0 else [])]
    return Finding(code=code, level="fail", message="; ".join(shown), fix=fix)


def unchecked(code: str, what: str, error: UnavailableError) -> Finding:
    """
    Return a warning that something cannot be computed again: a package is missing, not a fault.

    Examples
    --------
    >>> error = UnavailableError("ENV014", "scikit-learn must be installed", fix="Install it.")
    >>> unchecked("VAL012", "CLID", error).message
    'CLID cannot be computed again here: scikit-learn must be installed'
    """
    message = f"{what} cannot be computed again here: {error.message}"
    return Finding(code=code, level="warn", message=message, fix=error.fix)
