"""``rmqm-spec conformance``: judge an implementation of the specification, this one by default."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rmqm_spec.cli.conformance_options import ConformanceRequest
from rmqm_spec.cli.output import note, print_json, print_text
from rmqm_spec.cli.progress import ProgressReport
from rmqm_spec.cli.values import above_zero
from rmqm_spec.errors import UnavailableError, UsageError

if TYPE_CHECKING:
    from rmqm_conformance.report import Outcome, Report

__all__ = ["list_checks", "run_conformance", "serve_implementation", "write_starter"]


def run_conformance(request: ConformanceRequest, *, as_json: bool) -> int:
    """Judge an implementation; returns 1 where something failed that was not expected to."""
    _require_kit()
    from rmqm_conformance import run
    from rmqm_conformance.expected import read_expected_failures
    from rmqm_conformance.formats import text

    above_zero("--deadline", request.deadline)
    reasons = None
    if request.expected_failures is not None:
        reasons = read_expected_failures(request.expected_failures)
    reports = _writable_reports(request)
    _leave_nothing_behind()
    units = ("checks", "checks")
    with _subject(request) as subject, ProgressReport("judging", units=units) as progress:

        def show(done: int, total: int, outcome: Outcome) -> None:
            if outcome.status in {"failed", "errored"} and sys.stderr.isatty():
                progress.pause()
                note(f"  {outcome.status}  {outcome.id}")
            progress(done, total)

        report = run(
            subject,
            profile=request.profile,
            seed=request.seed,
            only=request.only,
            expected_failures=reasons,
            progress=show,
            command=request.command,
        )
    report = _with_notes(report, subject)
    for path, content in reports:
        path.write_text(content(report), encoding="utf-8")
    if as_json:
        print_json({"ok": report.ok, "rmqm": None, "interval": None, **report.to_dict()})
    else:
        print_text(text(report))
    return 0 if report.ok else 1


def list_checks(*, as_json: bool) -> int:
    """Print every check with its title and what it needs."""
    _require_kit()
    from rmqm_conformance.catalogue import checks, uncheckable

    if as_json:
        rows = [
            {
                "id": one.id,
                "title": one.title,
                "kind": one.kind,
                "clauses": list(one.clauses),
                "needs": sorted(one.needs),
            }
            for one in checks()
        ]
        print_json({"ok": True, "checks": rows, "uncheckable": uncheckable()})
        return 0
    for one in checks():
        print_text(f"{one.id:<52} {one.kind:<9} {' '.join(sorted(one.needs)):<28} {one.title}")
    print_text()
    print_text("Clauses that no program can check:")
    for name, reason in uncheckable().items():
        print_text(f"  {name}  {reason}")
    return 0


def write_starter(language: str, out: Path | None, *, as_json: bool) -> int:
    """Write a harness to start from, which runs as it is."""
    _require_kit()
    from rmqm_conformance.starting import starter

    name, content = starter(language)
    path = out or Path(name)
    if path.exists():
        raise UsageError(
            "CON006",
            f"the starter must not overwrite a file; {path} exists",
            fix="Choose another name with --out, or remove the file.",
        )
    try:
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            "ARG005", f"--out must be writable; got {error}", fix="Choose another folder."
        ) from error
    program = "python" if language == "python" else "node"
    command = f'rmqm-spec conformance --cmd "{program} {path}"'
    if as_json:
        print_json({"ok": True, "path": str(path), "next": command})
    else:
        print_text(f"  wrote {path}; judge it:\n  {command}")
    return 0


def serve_implementation(name: str | None) -> int:
    """Serve a Python object, or this installation, until told to stop."""
    _require_kit()
    from rmqm_conformance import serve

    serve(_implementation(name))
    return 0


def _leave_nothing_behind() -> None:
    """Keep hypothesis from making its folder where the user happens to be."""
    import atexit
    import tempfile

    from hypothesis.configuration import set_hypothesis_home_dir

    folder = tempfile.TemporaryDirectory(prefix="rmqm-conformance-")
    atexit.register(folder.cleanup)
    set_hypothesis_home_dir(folder.name)


def _require_kit() -> None:
    try:
        import_module("hypothesis")
        import_module("jsonschema")
    except ImportError as error:
        raise UnavailableError(
            "ENV006",
            f"the conformance kit must be installed; got {error}",
            fix="pip install 'rmqm-spec[conformance]'",
        ) from error


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
        yield subject_of(_implementation(request.object))


def _implementation(name: str | None) -> Any:
    if name:
        return _imported(name)
    from rmqm_spec.cli.own_implementation import OwnImplementation

    return OwnImplementation()


def _imported(name: str) -> Any:
    """Import MODULE:NAME as Python would from the working folder; a class is called."""
    module, _, attribute = name.partition(":")
    sys.path.insert(0, str(Path.cwd()))
    try:
        found = getattr(import_module(module), attribute)
        return found() if isinstance(found, type) else found
    except Exception as error:  # the module is the user's own
        raise UsageError(
            "CON005",
            f"--object must name a Python object as MODULE:NAME; got {name!r}: "
            f"{type(error).__name__}: {error}",
            fix="Try it in the same folder: python -c 'import MODULE; MODULE.NAME'.",
        ) from error


def _with_notes(report: Report, subject: Any) -> Report:
    from attrs import evolve

    return evolve(report, notes=tuple(getattr(subject, "notes", ())))


def _writable_reports(request: ConformanceRequest) -> list[tuple[Path, Any]]:
    """Return where each report goes and what makes it; refuse before any work."""
    from rmqm_conformance.formats import badge, junit, markdown

    wanted = [
        (request.report, lambda report: _as_json(report.to_dict())),
        (request.junit, junit),
        (request.markdown, markdown),
        (request.badge, lambda report: _as_json(badge(report))),
    ]
    found = [(path, content) for path, content in wanted if path is not None]
    for path, _ in found:
        if path.is_dir() or not path.resolve().parent.is_dir():
            raise UsageError(
                "ARG005",
                f"a report must be a file in a folder that exists; got {path}",
                fix="Make the folder first, or choose another name.",
            )
    return found


def _as_json(document: Any) -> str:
    return json.dumps(document, indent=2, allow_nan=False) + "\n"
