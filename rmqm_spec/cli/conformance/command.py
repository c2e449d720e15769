"""``rmqm-spec conformance``: judge an implementation of the specification, this one by default."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rmqm_spec.cli.conformance.kit import require_kit
from rmqm_spec.cli.conformance.last_run import failed_checks, keep_failed
from rmqm_spec.cli.conformance.options import ConformanceRequest
from rmqm_spec.cli.conformance.subjects import open_subject
from rmqm_spec.errors import IncompleteError, UsageError
from rmqm_spec.screen.console import ConsoleListener
from rmqm_spec.screen.writing import print_json, print_text

if TYPE_CHECKING:
    from rmqm_conformance.report import Outcome, Report

__all__ = ["run_conformance"]

_FEW = 40
"""So few checks take less time than another process takes to start."""

_MOST_JOBS = 8
"""More processes would wait for the longest checks."""


def run_conformance(request: ConformanceRequest, *, as_json: bool) -> int:
    """Judge an implementation; returns 1 where something failed that was not expected to."""
    require_kit()
    from rmqm_conformance.expected import read_expected_failures
    from rmqm_conformance.formats import text

    reasons = None
    if request.expected_failures is not None:
        reasons = read_expected_failures(request.expected_failures)
    reports = _writable_reports(request)
    report = _judged(request, _chosen(request), reasons)
    if as_json:
        print_json({"ok": report.ok, "rmqm": None, "interval": None, **report.to_dict()})
    else:
        print_text(text(report, everything=request.verbose))
    for path, content in reports:
        _write(path, content(report))
    keep_failed(request.command, report)
    return 0 if report.ok else 1


def _write(path: Path, content: str) -> None:
    try:
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            "ARG005",
            f"a report must be written to a file that takes it; got {path}: {error}",
            fix="Choose another place; the report is printed above.",
        ) from error


def _chosen(request: ConformanceRequest) -> list[str] | None:
    """Return the checks that are asked for, or None for all."""
    if request.failed is None:
        return request.only
    if request.only:
        raise UsageError(
            "ARG001",
            "--failed and --only must not be given together; got both",
            fix="Leave one of them out.",
        )
    return failed_checks(request.failed, request.command)


def _judged(
    request: ConformanceRequest, only: list[str] | None, reasons: dict[str, str] | None
) -> Report:
    from attrs import evolve

    from rmqm_conformance import run
    from rmqm_conformance.hypothesis_home import home_of_hypothesis

    so_far = Counter[str]()
    screen = ConsoleListener()
    opened = partial(open_subject, request.cmd, request.object, request.deadline)
    with (
        home_of_hypothesis(),
        opened() as subject,
        screen.work("judging", units=("checks", "checks")) as progress,
    ):

        def show(done: int, total: int, outcome: Outcome) -> None:
            so_far[outcome.status] += 1
            if outcome.status in {"failed", "errored"} and sys.stderr.isatty():
                screen.note(f"  {outcome.status}  {outcome.id}")
            progress(done, total)

        try:
            report = run(
                subject,
                profile=request.profile,
                seed=request.seed,
                only=only,
                expected_failures=reasons,
                progress=show,
                command=request.command,
                jobs=request.jobs or _usual_jobs(only, may_end_its_process=bool(request.object)),
                make=opened,
            )
        except KeyboardInterrupt as stopped:
            counts = ", ".join(f"{count} {status}" for status, count in so_far.items())
            raise IncompleteError(
                "RUN001",
                "every check must run; the run was interrupted after "
                f"{so_far.total()} of them ({counts or 'before the first ended'})",
                fix="Run the same command again; --profile fast and --only take less time.",
            ) from stopped
    remarks = (note for note in getattr(subject, "notes", ()) if note not in report.notes)
    return evolve(report, notes=(*report.notes, *remarks))


def _usual_jobs(only: list[str] | None, *, may_end_its_process: bool) -> int:
    """Return how many processes judge where nothing is said: few checks are not worth a second."""
    are_few = only is not None and len(only) < _FEW
    jobs = 1 if are_few else min(os.cpu_count() or 1, _MOST_JOBS)
    return max(jobs, 2) if may_end_its_process else jobs


def _writable_reports(request: ConformanceRequest) -> list[tuple[Path, Any]]:
    """Return where each report goes and what makes it; refuse before any work."""
    from rmqm_conformance.formats import badge, junit, markdown

    wanted = [
        (request.report, lambda report: _as_json(report.to_dict())),
        (request.junit, junit),
        (request.markdown, markdown),
        (request.badge, lambda report: _as_json(badge(report))),
    ]
    reports = [(path, content) for path, content in wanted if path is not None]
    for path, _ in reports:
        if path.is_dir() or not path.resolve().parent.is_dir():
            raise UsageError(
                "ARG005",
                f"a report must be a file in a folder that exists; got {path}",
                fix="Make the folder first, or choose another name.",
            )
    return reports


def _as_json(document: Any) -> str:
    return json.dumps(document, indent=2, allow_nan=False) + "\n"
