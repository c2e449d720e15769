"""``rmqm-spec check``: is it a usable encoder?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from attrs import evolve

from rmqm_spec.cli.output import score_line, summary_line, used_line
from rmqm_spec.cli.requests import request_for
from rmqm_spec.findings import Finding
from rmqm_spec.runs.checks import check
from rmqm_spec.screen.console import ConsoleListener
from rmqm_spec.screen.writing import finding_line, print_json, print_text

__all__ = ["run_check"]


class _Findings(ConsoleListener):
    """Prints findings to stdout while the check goes on: they are its result."""

    def finding(self, finding: Finding) -> None:
        self.pause()
        print_text(finding_line(finding, sys.stdout))


class _Progress(ConsoleListener):
    """Shows progress alone: findings are in the document."""

    def finding(self, finding: Finding) -> None:
        """Print nothing: the document holds it."""


def run_check(model: Path, options: dict[str, Any], own: dict[str, Any], *, as_json: bool) -> int:
    """Check a model; returns 0 where nothing failed, else 1, or the exit code of an error."""
    request = evolve(request_for(model, options), **own)
    checked = check(request, _Progress() if as_json else _Findings())
    if as_json:
        print_json(checked.document)
        return checked.exit_code
    if checked.result is not None and "rmqm" in checked.result:
        print_text(score_line(checked.result))
        print_text(used_line(checked.result, "at the end of the budget"))
    print_text(summary_line(checked.findings, checked.seconds))
    return checked.exit_code
