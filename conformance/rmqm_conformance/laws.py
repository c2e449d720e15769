"""Properties: laws that must hold for every draw; hypothesis searches for counterexamples."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from attrs import evolve
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.errors import FlakyFailure
from hypothesis.strategies import SearchStrategy

from rmqm_conformance.checks import Check, Effort
from rmqm_conformance.problems import Errored, Refused, Violation
from rmqm_conformance.repeatable import draws_of_the_seed_alone
from rmqm_conformance.subject import Subject

__all__ = ["Body", "law", "shown", "statistic", "walk"]

Body: TypeAlias = Callable[..., None]
"""A law: called with the subject and the drawn values, it raises `Violation` if it is broken."""


def law(
    name: str,
    /,
    *,
    needs: str,
    also: str = "",
    at_most: int = sys.maxsize,
    **strategies: SearchStrategy[Any],
) -> Callable[[Body], Check]:
    """
    Make a check of a function that states a law.

    Parameters
    ----------
    name : str
        Id of the check; the part before the slash is its first clause.
    needs : str
        Capabilities and extensions, separated by blanks.
    also : str
        Further clauses that it checks, separated by blanks.
    at_most : int
        Examples at most, whatever the effort: where each asks for many documents and all are alike.
    **strategies : SearchStrategy
        What is drawn for each argument of the function after the subject.

    Returns
    -------
    callable
        A decorator; the docstring of the function becomes the title of the check.

    Examples
    --------
    >>> from hypothesis import strategies as st
    >>> @law("RMQM-INP-002/hexadecimal", needs="inputs", value=st.integers(0, 9))
    ... def hexadecimal(subject, value):
    ...     '''An id has 64 hexadecimal digits.'''
    ...     if len(subject.perform("content_id", input=np.array([value]))["id"]) != 64:
    ...         raise Violation("an id must have 64 digits")
    >>> hexadecimal.id, hexadecimal.title, hexadecimal.kind
    ('RMQM-INP-002/hexadecimal', 'An id has 64 hexadecimal digits', 'property')
    """

    def check_of(body: Body) -> Check:
        def judge(subject: Subject, effort: Effort, /) -> None:
            few = evolve(effort, examples=min(effort.examples, at_most))
            _search(body, subject, few, name, strategies)

        return _check(name, needs, also, body, judge)

    return check_of


def statistic(name: str, *, needs: str, also: str = "") -> Callable[[Body], Check]:
    """Make a check of a function of the subject and the `Effort` that draws for itself."""

    def check_of(body: Body) -> Check:
        def judge(subject: Subject, effort: Effort, /) -> None:
            _answered(body, subject, {"effort": effort})

        return _check(name, needs, also, body, judge)

    return check_of


def walk(name: str, *, needs: str, also: str = "") -> Callable[[Body], Check]:
    """Make a check of a function of the subject alone, which walks through a list of its own."""

    def check_of(body: Body) -> Check:
        def judge(subject: Subject, _: Effort, /) -> None:
            _answered(body, subject, {})

        return _check(name, needs, also, body, judge)

    return check_of


def _check(name: str, needs: str, also: str, body: Body, judge: Any) -> Check:
    return Check(
        id=name,
        title=inspect.cleandoc(body.__doc__ or name).splitlines()[0].rstrip("."),
        clauses=(name.split("/", maxsplit=1)[0], *also.split()),
        needs=frozenset(needs.split()),
        kind="property",
        judge=judge,
    )


def _search(
    body: Body,
    subject: Subject,
    effort: Effort,
    name: str,
    strategies: dict[str, SearchStrategy[Any]],
) -> None:
    """Look for a counterexample; an implementation that stops answering ends the search."""
    stopped: list[Errored] = []

    def example(**drawn: Any) -> None:
        if stopped:
            return
        try:
            _answered(body, subject, drawn)
        except Errored as error:
            error.example = shown(drawn)
            stopped.append(error)

    search = settings(
        max_examples=effort.examples,
        database=None,
        deadline=None,
        derandomize=False,
        report_multiple_bugs=False,
        print_blob=False,
        verbosity=Verbosity.quiet,
        phases=(Phase.explicit, Phase.generate, *([Phase.shrink] if effort.shrinks else [])),
        suppress_health_check=list(HealthCheck),
    )
    start = effort.seed * 2_654_435_761 + int.from_bytes(name.encode(), "big")
    try:
        with draws_of_the_seed_alone():
            seed(start)(search(given(**strategies)(example)))()
    except FlakyFailure as group:  # the same request was answered differently the second time
        raise next(error for error in group.exceptions if isinstance(error, Violation)) from group
    if stopped:
        raise stopped[0]


def _answered(body: Body, subject: Subject, drawn: dict[str, Any]) -> None:
    """Call the law; a refusal where an answer was due breaks it."""
    try:
        body(subject, **drawn)
    except Refused as refusal:
        violation = Violation(f"it refuses, but should answer; it says: {refusal.message}")
        violation.example = shown(drawn)
        raise violation from refusal
    except Violation as violation:
        violation.example = violation.example or shown(drawn)
        raise


def shown(drawn: dict[str, Any]) -> str:
    """
    Return what was drawn as text, short enough for a message.

    Examples
    --------
    >>> shown({"factor": 2.0, "values": np.zeros((1, 2))})
    'factor=2.0, values=[[0.0, 0.0]]'
    """
    return ", ".join(f"{name}={_short(value)}" for name, value in drawn.items())


def _short(value: Any) -> str:
    if isinstance(value, np.ndarray):
        if value.size > 24:
            return f"array of shape {value.shape}, {value.dtype}"
        value = value.tolist()
    text = repr(value)
    return text if len(text) <= 300 else text[:297] + "..."
