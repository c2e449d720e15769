"""Run the checks that apply to an implementation, and account for all of them."""

from __future__ import annotations

import shlex
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import evolve

from rmqm_conformance.catalogue import checks, expected_ids, select
from rmqm_conformance.checks import PROFILES, Check, Effort
from rmqm_conformance.problems import Errored, Refused, UnknownNameError, Violation
from rmqm_conformance.report import Outcome, Report
from rmqm_conformance.subject import PythonSubject, Subject
from rmqm_spec.errors import UsageError

if TYPE_CHECKING:
    from rmqm_conformance.jobs import Make

__all__ = ["Progress", "judge", "run", "subject_of"]

Progress: TypeAlias = Callable[[int, int, Outcome], None]
"""Called with the number of checks done, the number of all checks, and the last outcome."""


def run(
    implementation: Any,
    *,
    profile: str = "full",
    seed: int = 0,
    only: Sequence[str] | None = None,
    expected_failures: Mapping[str, str] | None = None,
    progress: Progress | None = None,
    command: str = "",
    jobs: int = 1,
    make: Make | None = None,
) -> Report:
    """
    Judge an implementation.

    Parameters
    ----------
    implementation : object
        A Python object with ``describe()`` and the operations that it claims, see
        `PythonSubject`; or a `Subject` such as `ProgramSubject`.
    profile : {"full", "fast"}
        How many examples each property tries.
    seed : int
        Seed of everything that is drawn: the same seed draws the same examples.
    only : sequence of str, optional
        Ids of checks or clauses; without it, everything.
    expected_failures : mapping of str to str, optional
        Reasons by id of check. It is an error if any of these checks passes, or an id is unknown.
    progress : callable, optional
        Called after each check.
    command : str
        The command of this run; failures show it with the options that run their check alone.
    jobs : int
        Number of processes that judge; the report is the same.
    make : callable, optional
        Makes the implementation again in a process of its own, where `jobs` is above 1: a function
        of a module that gives a context manager of a subject.

    Returns
    -------
    Report
        Its `verdict` is "conformant" only if every expected check passed or is not claimed.

    Raises
    ------
    UsageError
        If the profile, the seed, a name in `only`, the description or the number of jobs breaks a
        rule.

    Examples
    --------
    >>> from rmqm_spec.identity import content_id
    >>> class Mine:
    ...     def describe(self):
    ...         return {"name": "mine", "version": "1", "language": "Python",
    ...                 "capabilities": ["inputs"]}
    ...     def content_id(self, input):
    ...         return {"id": content_id(input)}
    >>> report = run(Mine(), only=["RMQM-INP-002/annex-a"])
    >>> report.verdict, report.counts["failed"], report.ok
    ('incomplete', 0, True)
    """
    if profile not in PROFILES:
        raise UnknownNameError(f"profile must be one of {', '.join(PROFILES)}; got {profile!r}")
    subject, effort = subject_of(implementation), evolve(PROFILES[profile], seed=seed)
    chosen = checks() if only is None else select(only)
    reasons = dict(expected_failures or {})
    started = time.perf_counter()
    outcomes: dict[str, Outcome] = {}
    notes: list[str] = []
    if jobs == 1:
        judged = (judge(check, subject, effort, reason=reasons.get(check.id)) for check in chosen)
    else:
        judged = _in_jobs(chosen, make, jobs, effort, reasons, notes)
    for ended in judged:
        outcome = _with_rerun(ended, command, effort)
        outcomes[outcome.id] = outcome
        if progress:
            progress(len(outcomes), len(chosen), outcome)
    return Report(
        description=subject.description,
        profile=profile,
        seed=seed,
        expected=expected_ids(),
        selected=only is not None,
        outcomes=tuple(outcomes[check.id] for check in chosen if check.id in outcomes),
        unknown=tuple(sorted(set(reasons) - set(expected_ids()))),
        notes=tuple(notes),
        seconds=time.perf_counter() - started,
    )


def _in_jobs(
    chosen: Sequence[Check],
    make: Make | None,
    jobs: int,
    effort: Effort,
    reasons: Mapping[str, str],
    notes: list[str],
) -> Iterator[Outcome]:
    if jobs < 1 or make is None:
        raise UsageError(
            "ARG001",
            f"jobs must be 1, or more together with make; got {jobs} and make={make!r}",
            fix="Give make, a function of a module that opens the implementation, or no jobs.",
        )
    from rmqm_conformance.jobs import Dealt, judge_in_jobs

    dealt = Dealt(make=make, effort=effort, reasons=reasons)
    return judge_in_jobs(dealt, chosen, jobs, notes)


def subject_of(implementation: Any) -> Subject:
    """Return the implementation as a subject."""
    is_subject = hasattr(implementation, "perform") and hasattr(implementation, "description")
    return implementation if is_subject else PythonSubject(implementation)


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
    try:
        check.judge(subject, effort)
    except Violation as violation:
        return {
            "status": "failed",
            "message": violation.message,
            "example": violation.example,
            "got": violation.got,
            "should": violation.should,
        }
    except Refused as refusal:
        message = f"it refuses, but should answer; it says: {refusal.message}"
        return {"status": "failed", "message": message, "example": refusal.example}
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


def _with_rerun(outcome: Outcome, command: str, effort: Effort) -> Outcome:
    """Add the command that runs the check alone, where somebody will want it."""
    if outcome.status not in {"failed", "errored"}:
        return outcome
    return evolve(outcome, rerun=_rerun(command, outcome.id, effort))


def _rerun(command: str, name: str, effort: Effort) -> str:
    if not command:
        chosen = f"only=[{name!r}], profile={effort.profile!r}, seed={effort.seed}"
        return f"run(implementation, {chosen})"
    options = f" --only {shlex.quote(name)}"
    options += f" --profile {effort.profile}" if effort.profile != "full" else ""
    return command + options + (f" --seed {effort.seed}" if effort.seed else "")
