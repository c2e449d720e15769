"""Which checks can tell a miniature from the correct base: those that touch what it overrides."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from miniatures import Plain

from rmqm_conformance.checks import Check, Effort
from rmqm_conformance.judging import judge
from rmqm_conformance.subject import PythonSubject

__all__ = ["judged_base", "touching"]

_SAY_NOTHING = {"__doc__", "__module__", "__qualname__", "__annotations__", "breaks", "may_differ"}


@cache
def judged_base(check: Check, effort: Effort) -> tuple[Any, frozenset[str]]:
    """Judge the correct base; return the outcome and the names of all attributes it used."""
    used: set[str] = set()

    class Watched(Plain):
        def __getattribute__(self, name: str) -> Any:
            used.add(name)
            return super().__getattribute__(name)

    return judge(check, PythonSubject(Watched()), effort), frozenset(used)


def touching(checks: Iterable[Check], miniature: type[Plain], effort: Effort) -> list[Check]:
    """
    Return the checks that use what a miniature overrides.

    For any other check, the miniature and the base run through the same lines with the same
    values: the outcome is that of the base.
    """
    between = miniature.__mro__[: miniature.__mro__.index(Plain)]
    own = {name for one in between for name in vars(one)} - _SAY_NOTHING
    return [one for one in checks if judged_base(one, effort)[1] & own]
