"""A finding per check: what holds, or which values are wrong."""

from __future__ import annotations

from collections.abc import Sequence

from rmqm_spec.findings import Finding

__all__ = ["SCORE_AGAIN", "verdict"]

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
