"""Scores, nulls, measures and counts as lines of a result."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from rmqm_spec.contracts.registry import facts_of
from rmqm_spec.findings import Finding

__all__ = [
    "WITHOUT_SCORE",
    "measure_line",
    "null_line",
    "score_line",
    "summary_line",
    "used_line",
]

WITHOUT_SCORE = {"ok": True, "rmqm": None, "interval": None}
"""What every document without a score holds."""


def summary_line(findings: Sequence[Finding], seconds: float) -> str:
    """Count findings by level."""
    n_failed = sum(finding.level == "fail" for finding in findings)
    n_warned = sum(finding.level == "warn" for finding in findings)
    n_passed = len(findings) - n_failed - n_warned
    warnings = "warning" if n_warned == 1 else "warnings"
    return f"  {n_failed} failed, {n_warned} {warnings}, {n_passed} passed in {seconds:.1f} s"


def score_line(document: Mapping[str, Any]) -> str:
    """Return score, interval and components of a result document as a line."""
    if document["rmqm"] is None:
        return f"  RMQM undefined ({document['status']})"
    parts = document["components"]
    rule = document["protocol"]["alteration"]
    kind = "" if facts_of(rule).is_default else f" ({rule['name']})"
    interval = document["interval"]
    width = f"  [{interval[0]:.3f}, {interval[1]:.3f}] 95 % CI" if interval else "  (no interval)"
    return f"  RMQM{kind} {document['rmqm']:.3f}{width}      " + "   ".join(
        f"{name} {_number(parts[name])}" for name in ("D", "D_RC", "P_RC")
    )


def null_line(null: Mapping[str, Any]) -> str:
    """Return what a null says as a line."""
    if null["rmqm"] is None:
        return f"  null undefined ({null['status']})"
    line = f"  null {null['rmqm']:.3f}"
    if null["interval"]:
        line += f"  [{null['interval'][0]:.3f}, {null['interval'][1]:.3f}] 95 % CI"
    line += "      the same network with permuted weights"
    if null["difference"] is None:
        return line
    low, high = null["difference_interval"]
    return f"{line}; score minus null {null['difference']:+.3f} [{low:+.3f}, {high:+.3f}]"


def measure_line(measured: Mapping[str, Any], of_null: Mapping[str, Any] | None = None) -> str:
    """Return the value of a further measure as a line, beside that of permuted weights."""
    if measured["value"] is None:
        return f"  {measured['title']} undefined ({measured['status']})"
    units = "" if measured["units"] == "1" else f" {measured['units']}"
    interval = measured["interval"]
    width = f"  [{interval[0]:.4g}, {interval[1]:.4g}] 95 % CI" if interval else "  (no interval)"
    null = ""
    if of_null is not None:
        value = of_null["value"]
        null = f"; null {'undefined' if value is None else format(value, '.4g')}"
    return f"  {measured['title']} {measured['value']:.4g}{units}{width}{null}"


def used_line(document: Mapping[str, Any], stopped_by: str = "at the requested precision") -> str:
    """Return how many inputs a result rests on, as a line, and why it took no more."""
    counts = document["counts"]
    left_out = "".join(
        f", {counts[reason]} {word}"
        for reason, word in (("unreadable", "that cannot be used"), ("duplicates", "repeated"))
        if counts[reason]
    )
    stopped = f", stopped {stopped_by}" if counts["stopped_early"] else ""
    return f"  used {counts['used']} of {counts['offered']} inputs{left_out}{stopped}"


def _number(value: float | None) -> str:
    return "-" if value is None or math.isnan(value) else f"{value:.3f}"
