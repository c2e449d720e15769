"""Errors of plugs are named as theirs: whoever reads them must know whom to ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from rmqm_spec.errors import RmqmError, SubjectError

__all__ = ["by_alteration", "failed_alteration"]

Outcome = TypeVar("Outcome")


def by_alteration(
    name: str, step: str, work: Callable[..., Outcome], *arguments: Any, **named: Any
) -> Outcome:
    """
    Call a part of an alteration.

    Raises
    ------
    SubjectError
        ALT002 if it fails by an error that is not one of ours.
    """
    try:
        return work(*arguments, **named)
    except (RmqmError, MemoryError):
        raise
    except Exception as error:
        raise failed_alteration(name, step, f"{type(error).__name__}: {error}") from error


def failed_alteration(name: str, step: str, got: str) -> SubjectError:
    """Return the error that names an alteration, its part, and what came of it."""
    return SubjectError(
        "ALT002",
        f"{step} of the alteration {name} must work; got {got}",
        fix="Choose another alteration, or correct it: docs/extending.md.",
    )
