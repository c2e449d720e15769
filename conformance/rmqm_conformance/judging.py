"""Run a check, and say how it ended."""

from __future__ import annotations

import time
import traceback
from functools import partial
from typing import Any

from rmqm_conformance.checks import Check, Effort
from rmqm_conformance.mistakes import likely_mistakes
from rmqm_conformance.problems import Errored, Refused, Violation
from rmqm_conformance.recording import Recording
from rmqm_conformance.report import Outcome
from rmqm_conformance.subject import Subject

__all__ = ["judge"]


def judge(check: Check, subject: Subject, effort: Effort, *, reason: str | None = None) -> Outcome:
    """
    Run a check.

    Parameters
    ----------
    check : Check
        From the catalogue.
    subject : Subject
        The implementation.
    effort : Effort
        How hard to try.
    reason : str, optional
        Why it is expected to fail.

    Returns
    -------
    Outcome
        Exceptions of the implementation become outcomes, too.
    """
    about = partial(Outcome, id=check.id, title=check.title, kind=check.kind, clauses=check.clauses)
    if lacking := check.needs - subject.description.claims:
        message = f"needs {', '.join(sorted(lacking))}"
        return about(status="not-claimed", message=message)
    if hasattr(subject, "case"):
        subject.case = check.id
    started = time.perf_counter()
    ending = _ending(check, subject, effort) | {"seconds": time.perf_counter() - started}
    if reason is not None and ending["status"] == "passed":
        ending |= {"status": "unexpected-pass", "message": f"expected to fail: {reason}"}
    elif reason is not None:
        ending |= {"status": "expected-failure", "message": f"{reason} [{ending['message']}]"}
    return about(**ending)


def _ending(check: Check, subject: Subject, effort: Effort) -> dict[str, Any]:
    recording = Recording(subject)
    try:
        check.judge(recording, effort)
    except Violation as violation:
        return {
            "status": "failed",
            "message": violation.message,
            "example": violation.example,
            "got": violation.got,
            "should": violation.should,
            "mistakes": _mistakes(check, violation, recording),
        }
    except Refused as refusal:
        return {
            "status": "failed",
            "message": f"it refuses, but should answer; it says: {refusal.message}",
            "example": refusal.example,
            "mistakes": _mistakes(check, refusal, recording),
        }
    except Errored as error:
        return {
            "status": "errored",
            "message": error.message,
            "example": error.example,
            "context": error.context,
        }
    except Exception as error:  # an answer so odd that a check stumbles over it
        message = f"the check stumbled over the answer: {type(error).__name__}: {error}"
        return {"status": "errored", "message": message, "context": traceback.format_exc()}
    return {"status": "passed"}


def _mistakes(check: Check, problem: Violation | Refused, recording: Recording) -> tuple[str, ...]:
    try:
        return likely_mistakes(check, problem, tuple(recording.exchanges), recording.description)
    except Exception:  # an answer so odd that nothing can be said about it: the failure stands
        return ()
