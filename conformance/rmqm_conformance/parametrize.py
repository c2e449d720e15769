"""The door for pytest: a test for each check, in the implementer's own test suite."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import evolve

from rmqm_conformance.catalogue import checks
from rmqm_conformance.checks import PROFILES
from rmqm_conformance.judging import judge
from rmqm_conformance.running import subject_of

__all__ = ["parametrize_with_clauses"]


def parametrize_with_clauses(
    implementation: Any,
    *,
    profile: str = "fast",
    seed: int = 0,
    expected_failures: Mapping[str, str] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """
    Parametrize a test with every check of the kit.

    Parameters
    ----------
    implementation : object
        As for `run`.
    profile : {"fast", "full"}
        How many examples each property tries.
    seed : int
        Seed of everything that is drawn.
    expected_failures : mapping of str to str, optional
        Reasons by id of check; these tests fail if the check passes.

    Returns
    -------
    callable
        A decorator for a test with the argument ``check``, which the test calls. What is not
        claimed is skipped with the reason.

    Raises
    ------
    UsageError
        If the description breaks a rule, or an expected failure names no check.

    Examples
    --------
    In a test module::

        from rmqm_conformance import parametrize_with_clauses

        @parametrize_with_clauses(MyImplementation())
        def test_conformance(check):
            check()
    """
    import pytest

    from rmqm_conformance.problems import UnknownNameError

    subject, effort = subject_of(implementation), evolve(PROFILES[profile], seed=seed)
    reasons = dict(expected_failures or {})
    if unknown := set(reasons) - {check.id for check in checks()}:
        raise UnknownNameError(
            f"expected_failures must name checks of this suite; got {', '.join(sorted(unknown))}"
        )

    def bound(check: Any) -> Callable[[], None]:
        def call() -> None:
            outcome = judge(check, subject, effort, reason=reasons.get(check.id))
            if outcome.status == "not-claimed":
                pytest.skip(outcome.message)
            if outcome.status == "expected-failure":
                pytest.xfail(outcome.message)
            if outcome.status != "passed":
                parts = [outcome.title, outcome.message, outcome.example, outcome.context]
                pytest.fail("\n".join(part for part in parts if part), pytrace=False)

        return call

    cases = [pytest.param(bound(check), id=check.id) for check in checks()]
    return pytest.mark.parametrize("check", cases)
