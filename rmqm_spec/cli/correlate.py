"""``rmqm-spec correlate``: did the scores predict the probes?"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rmqm_spec.cli.correlate_table import correlation_lines
from rmqm_spec.runs.correlate_request import CorrelateRequest
from rmqm_spec.runs.correlating import correlate
from rmqm_spec.screen.console import ConsoleListener
from rmqm_spec.screen.writing import finding_line, note, print_json, print_text

__all__ = ["run_correlate"]


def run_correlate(results: Sequence[Path], options: dict[str, Any], *, as_json: bool) -> int:
    """Correlate what is in some documents and tables."""
    correlated = correlate(CorrelateRequest(results=tuple(results), **options), ConsoleListener())
    for finding in correlated.findings:
        note(finding_line(finding, sys.stderr))
    if as_json:
        print_json({"ok": True, **correlated.document})
    else:
        for line in correlation_lines(correlated.correlations):
            print_text(line)
    return 0
