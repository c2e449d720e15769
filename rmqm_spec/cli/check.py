"""``rmqm-spec check``: is it a usable encoder? The model runs in a process of its own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from attrs import asdict, field, mutable

from rmqm_spec.cli.bug import bug
from rmqm_spec.cli.options import DataRequest, ModelRequest
from rmqm_spec.cli.output import (
    finding_line,
    print_json,
    print_text,
    score_line,
    summary_line,
    used_line,
)
from rmqm_spec.cli.progress import ProgressReport
from rmqm_spec.findings import Finding

__all__ = ["run_check"]

SCHEMA = "rmqm-check/1"
_ENCODINGS_PER_INPUT = 100


@mutable
class _Seen:
    """Everything that the other process told."""

    stage: str = "starting"
    findings: list[Finding] = field(factory=list)
    document: dict[str, Any] | None = None
    error: Finding | None = None
    exit_code: int = 0


def run_check(model: Path, options: ModelRequest, inputs: DataRequest, *, as_json: bool) -> int:
    """Check a model; returns 0 where nothing failed, else 1, or 3 and 4 as errors have them."""
    started = time.monotonic()
    request = {"model": str(model), "options": asdict(options), "inputs": asdict(inputs)}
    seen = _Seen()
    reading = ProgressReport("reading inputs", units=("inputs", "inputs"))
    with reading, ProgressReport("scoring", _ENCODINGS_PER_INPUT) as progress:

        def show(finding: Finding) -> None:
            seen.findings.append(finding)
            if not as_json:
                reading.pause()
                progress.pause()
                print_text(finding_line(finding, sys.stdout))

        _follow(request, seen, show, {"reading": reading, "progress": progress})
    seconds = time.monotonic() - started
    if not seen.exit_code and any(one.level == "fail" for one in seen.findings):
        seen.exit_code = 1
    if as_json:
        print_json(_document(seen, model, seconds))
    else:
        if seen.document is not None and "rmqm" in seen.document:
            print_text(score_line(seen.document))
            print_text(used_line(seen.document))
        print_text(summary_line(seen.findings, seconds))
    return seen.exit_code


def _follow(
    request: dict[str, Any],
    seen: _Seen,
    show: Callable[[Finding], None],
    reports: Mapping[str, ProgressReport],
) -> None:
    """Run the other process to its end, or to its crash."""
    # -P: a file of the user's, say random.py, must not stand in for a module of that name.
    command = [sys.executable, "-P", "-m", "rmqm_spec.cli.check_worker"]
    with tempfile.TemporaryFile() as errors:
        worker = subprocess.Popen(  # noqa: S603 - our own module
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors
        )
        try:
            _read(worker, request, seen, show, reports)
            worker.wait()
        finally:
            worker.kill()
            worker.wait()
        if worker.returncode:
            errors.seek(0)
            seen.error = _crash(worker.returncode, seen, errors.read().decode("utf-8", "replace"))
            seen.exit_code = 1 if worker.returncode < 0 else 70
            show(seen.error)


def _read(
    worker: subprocess.Popen[bytes],
    request: dict[str, Any],
    seen: _Seen,
    show: Callable[[Finding], None],
    reports: Mapping[str, ProgressReport],
) -> None:
    if worker.stdin is None or worker.stdout is None:
        raise RuntimeError("the pipes of the other process are missing")
    try:
        worker.stdin.write(json.dumps(request).encode("utf-8"))
        worker.stdin.close()
    except BrokenPipeError:
        return  # it died at once; its exit code tells the rest
    for line in worker.stdout:
        if not line.endswith(b"\n"):
            return  # it died while it was writing
        event = json.loads(line)
        seen.stage = event.get("stage", seen.stage)
        if "finding" in event:
            show(Finding(**event["finding"]))
        elif "error" in event:
            seen.error = Finding(**event["error"])
            seen.exit_code = event["exit_code"]
            show(seen.error)
        elif "document" in event:
            seen.document = event["document"]
        for name in event.keys() & reports.keys():
            reports[name](*event[name])


def _crash(returncode: int, seen: _Seen, errors: str) -> Finding:
    last = errors.strip().splitlines()[-1:]
    said = f"; it said: {last[0]}" if last else ""
    if returncode > 0:
        return Finding.from_error(bug(f"the check stopped while {seen.stage}{said}", errors))
    try:
        name = signal.Signals(-returncode).name
    except ValueError:
        name = f"signal {-returncode}"
    return Finding(
        code="MOD008",
        level="fail",
        message=f"the model crashed the runtime ({name}) while {seen.stage}{said}",
        fix="Try another version of ONNX Runtime; a kill can also mean too little memory.",
    )


def _document(seen: _Seen, model: Path, seconds: float) -> dict[str, Any]:
    """Return the one document of ``--json``: findings, and the score where there is one."""
    body = dict(seen.document or {})
    for key in ("schema", "findings", "null", "run_sha256", "result_sha256"):
        body.pop(key, None)
    error = seen.error.to_dict() if seen.error else {}
    error.pop("level", None)
    return {
        "schema": SCHEMA,
        "ok": seen.exit_code == 0,
        "error": error or None,
        "path": str(model),
        "findings": [one.to_dict() for one in seen.findings],
        "rmqm": None,
        "interval": None,
        **body,
        "seconds": round(seconds, 3),
    }
