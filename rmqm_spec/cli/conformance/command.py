"""``rmqm-spec conformance``: judge an implementation of the specification, this one by default."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rmqm_spec.cli.conformance.kit import implementation, require_kit
from rmqm_spec.cli.conformance.options import ConformanceRequest
from rmqm_spec.errors import IncompleteError, UsageError
from rmqm_spec.screen.console import ConsoleListener
from rmqm_spec.screen.writing import print_json, print_text

if TYPE_CHECKING:
    from rmqm_conformance.report import Outcome, Report

__all__ = ["run_conformance"]


def run_conformance(request: ConformanceRequest, *, as_json: bool) -> int:
    """Judge an implementation; returns 1 where something failed that was not expected to."""
    require_kit()
    from rmqm_conformance.expected import read_expected_failures
    from rmqm_conformance.formats import text

    reasons = None
    if request.expected_failures is not None:
        reasons = read_expected_failures(request.expected_failures)
    reports = _writable_reports(request)
    report = _judged(request, reasons)
    for path, content in reports:
        path.write_text(content(report), encoding="utf-8")
    if as_json:
        print_json({"ok": report.ok, "rmqm": None, "interval": None, **report.to_dict()})
    else:
        print_text(text(report, everything=request.verbose))
    return 0 if report.ok else 1


def _judged(request: ConformanceRequest, reasons: dict[str, str] | None) -> Report:
    from attrs import evolve

    from rmqm_conformance import run

    so_far = Counter[str]()
    screen = ConsoleListener()
    with (
        _home_of_hypothesis(),
        _subject(request) as subject,
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
                only=request.only,
                expected_failures=reasons,
                progress=show,
                command=request.command,
            )
        except KeyboardInterrupt as stopped:
            counts = ", ".join(f"{count} {status}" for status, count in so_far.items())
            raise IncompleteError(
                "RUN001",
                "the work must run to its end; it was interrupted after "
                f"{so_far.total()} of them: {counts or 'nothing'}",
                fix="Run the same command again; --profile fast and --only take less time.",
            ) from stopped
    return evolve(report, notes=tuple(getattr(subject, "notes", ())))


@contextmanager
def _home_of_hypothesis() -> Iterator[None]:
    """Keep hypothesis from making its folder where the user happens to be."""
    from tempfile import TemporaryDirectory

    from hypothesis.configuration import set_hypothesis_home_dir

    with TemporaryDirectory(prefix="rmqm-conformance-") as folder:
        set_hypothesis_home_dir(folder)
        yield


@contextmanager
def _subject(request: ConformanceRequest) -> Iterator[Any]:
    from rmqm_conformance.program import ProgramSubject
    from rmqm_conformance.running import subject_of

    if request.cmd and request.object:
        raise UsageError(
            "ARG001",
            "--cmd and --object must not be given together; got both",
            fix="Judge one implementation at a time.",
        )
    if request.cmd:
        with ProgramSubject(request.cmd, deadline_s=request.deadline) as program:
            yield program
    else:
        yield subject_of(implementation(request.object))


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
