"""Run the checks that apply to an implementation, and account for all of them."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from attrs import evolve

from rmqm_conformance.catalogue import checks, expected_ids, in_order_of_run, select
from rmqm_conformance.checks import PROFILES, Check, Effort
from rmqm_conformance.judging import judge
from rmqm_conformance.problems import UnknownNameError
from rmqm_conformance.report import Outcome, Report
from rmqm_conformance.subject import PythonSubject, Subject
from rmqm_spec.errors import UsageError

if TYPE_CHECKING:
    from rmqm_conformance.jobs import Make

__all__ = ["Progress", "run", "subject_of"]

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
    ordered = in_order_of_run(chosen)
    reasons = dict(expected_failures or {})
    started = time.perf_counter()
    outcomes: dict[str, Outcome] = {}
    notes: list[str] = []
    judged: Iterator[Outcome]
    if jobs == 1:
        judged = (judge(check, subject, effort, reason=reasons.get(check.id)) for check in ordered)
    else:
        judged = _in_jobs(ordered, make, jobs, effort, reasons, notes)
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
