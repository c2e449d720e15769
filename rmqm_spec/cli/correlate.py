"""``rmqm-spec correlate``: did the scores predict the probes?"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rmqm_spec.cli.correlate_table import correlation_columns, correlation_lines
from rmqm_spec.cli.requests import taken
from rmqm_spec.cli.table_files import TableFiles
from rmqm_spec.runs.correlate_request import CorrelateRequest
from rmqm_spec.runs.correlating import correlate
from rmqm_spec.screen.console import ConsoleListener
from rmqm_spec.screen.writing import finding_line, note, print_json

__all__ = ["run_correlate"]


def run_correlate(results: Sequence[Path], options: dict[str, Any], *, as_json: bool) -> int:
    """Correlate what is in some documents and tables."""
    tables = TableFiles(**taken(TableFiles, options))
    request = CorrelateRequest(results=tuple(results), **options)
    tables.check(as_json=as_json, inputs=results)
    correlated = correlate(request, ConsoleListener())
    for finding in correlated.findings:
        note(finding_line(finding, sys.stderr))
    if as_json:
        print_json({"ok": True, **correlated.document})
    else:
        for line in correlation_lines(correlated.correlations):
            tables.say(line)
    tables.write(correlation_columns(correlated.correlations))
    return 0
