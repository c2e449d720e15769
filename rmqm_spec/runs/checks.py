"""``check``: is a model a usable encoder? It runs in a process of its own, which it may crash."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any

from attrs import field, frozen, mutable

from rmqm_spec.contracts.listener import Listener, Progress
from rmqm_spec.findings import Finding
from rmqm_spec.runs.isolation.running import follow
from rmqm_spec.runs.isolation.trials import error_of, silence_of, task_of
from rmqm_spec.runs.request import RunRequest

__all__ = ["Check", "check"]

SCHEMA = "rmqm-check/1"
_ENCODINGS_PER_INPUT = 100


@frozen(kw_only=True, eq=False, repr=False)
class Check:
    """
    What a check saw.

    Parameters
    ----------
    request : RunRequest
        What was asked for.
    findings : tuple of Finding
        Everything that was looked at, in order.
    result : dict, optional
        The first score as a result document, or the model's description without one.
    error : Finding, optional
        What kept the model from being judged to the end.
    exit_code : int
        0 where nothing failed, 1 where the model fails, else that of the error.
    seconds : float
        How long it took.
    """

    request: RunRequest
    findings: tuple[Finding, ...]
    result: dict[str, Any] | None
    error: Finding | None
    exit_code: int
    seconds: float

    @property
    def ok(self) -> bool:
        """Whether the model is a usable encoder."""
        return self.exit_code == 0

    @property
    def rmqm(self) -> float:
        """The first score; NaN where there is none."""
        value = (self.result or {}).get("rmqm")
        return math.nan if value is None else float(value)

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % interval of the score; None where there is none."""
        interval = (self.result or {}).get("interval")
        return None if interval is None else (float(interval[0]), float(interval[1]))

    @property
    def document(self) -> dict[str, Any]:
        """All of it as plain data (``rmqm-check/1``)."""
        body = dict(self.result or {})
        for key in ("schema", "findings", "null", "run_sha256", "result_sha256"):
            body.pop(key, None)
        error = self.error.to_dict() if self.error else {}
        error.pop("level", None)
        return {
            "schema": SCHEMA,
            "ok": self.ok,
            "error": error or None,
            "path": self.request.model,
            "findings": [finding.to_dict() for finding in self.findings],
            "rmqm": None,
            "interval": None,
            **body,
            "seconds": round(self.seconds, 3),
        }

    def __repr__(self) -> str:
        counted = {
            level: sum(finding.level == level for finding in self.findings)
            for level in ("fail", "warn", "ok")
        }
        return (
            f"<Check of {self.request.model}: {counted['fail']} failed, "
            f"{counted['warn']} warnings, {counted['ok']} passed>"
        )

    def _repr_html_(self) -> str:
        """Show the findings in a notebook."""
        from rmqm_spec.screen.notebook import html_of_findings

        return html_of_findings(self.request.model, self.findings)


@mutable
class _Heard:
    """Everything that the other process said."""

    findings: list[Finding] = field(factory=list)
    document: dict[str, Any] | None = None
    error: Finding | None = None
    exit_code: int = 0


def check(request: RunRequest, listener: Listener | None = None) -> Check:
    """
    Look at a model from all sides: is it a usable encoder? Gives a first score.

    Parameters
    ----------
    request : RunRequest
        The model and its inputs.
    listener : Listener, optional
        Hears of findings as they are made, and of progress.

    Returns
    -------
    Check
        What was seen. A model that fails, or crashes the runtime, is no error.
    """
    started = time.monotonic()
    listener = listener or Listener()
    heard = _Heard()
    reading = listener.work("reading inputs", units=("inputs", "inputs"))
    scoring = listener.work("scoring", per_input=_ENCODINGS_PER_INPUT)
    with reading as read, scoring as scored:
        _follow(request, heard, listener, {"reading": read, "progress": scored})
    if not heard.exit_code and any(finding.level == "fail" for finding in heard.findings):
        heard.exit_code = 1
    return Check(
        request=request,
        findings=tuple(heard.findings),
        result=heard.document,
        error=heard.error,
        exit_code=heard.exit_code,
        seconds=time.monotonic() - started,
    )


def _follow(
    request: RunRequest, heard: _Heard, listener: Listener, reports: Mapping[str, Progress]
) -> None:
    """Run the other process to its end, to its crash, or to its limits."""

    def hear(event: Mapping[str, Any]) -> None:
        if "finding" in event:
            _hear(Finding(**event["finding"]), heard, listener)
        elif "error" in event:
            heard.error = Finding(**event["error"])
            heard.exit_code = event["exit_code"]
            _hear(heard.error, heard, listener)
        elif "document" in event:
            heard.document = event["document"]
        for name in event.keys() & reports.keys():
            reports[name](*event[name])

    task = task_of("rmqm_spec.runs.checking:check_model", request)
    error = error_of(follow(task, hear, silence=silence_of(request)))
    if error is not None:
        heard.error = Finding.from_error(error)
        heard.exit_code = error.exit_code
        _hear(heard.error, heard, listener)


def _hear(finding: Finding, heard: _Heard, listener: Listener) -> None:
    heard.findings.append(finding)
    listener.finding(finding)
