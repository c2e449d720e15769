"""A report as the document behind a badge of shields.io."""

from __future__ import annotations

from typing import Any

from rmqm_conformance.report import Report
from rmqm_spec.clauses import SPEC_VERSION

__all__ = ["badge"]


def badge(report: Report) -> dict[str, Any]:
    """
    Return the document of a shields.io endpoint.

    The message counts the passed checks among all checks of the suite, so that a small claim does
    not look large.
    """
    passed, total = report.counts["passed"], len(report.expected)
    colour = {"conformant": "brightgreen", "incomplete": "lightgrey", "not-conformant": "red"}
    message = f"{passed}/{total} {report.verdict.replace('-', ' ')}"
    if report.profile != "full":
        message += f" ({report.profile})"
    return {
        "schemaVersion": 1,
        "label": f"RMQM {SPEC_VERSION}",
        "message": message,
        "color": colour[report.verdict],
    }
