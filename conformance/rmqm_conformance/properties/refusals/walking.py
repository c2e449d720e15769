"""How refusals are walked: a sound request, and one argument after the other spoilt."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from rmqm_conformance.checks import Check
from rmqm_conformance.laws import walk
from rmqm_conformance.operations import operation
from rmqm_conformance.problems import Errored, Refused, Violation
from rmqm_conformance.properties.requests import sound
from rmqm_conformance.require import require_refusal
from rmqm_conformance.subject import Subject

__all__ = ["Spoilt", "refused", "require_no_number"]

Spoilt = dict[str, Any]
"""The arguments of a sound request that are replaced."""


def refused(
    slug: str,
    title: str,
    name: str,
    all_spoilt: Iterable[Spoilt],
    *,
    also: str = "",
    or_error: bool = False,
) -> Check:
    """
    Return a check that an operation refuses each of some requests, and answers the sound one.

    Parameters
    ----------
    slug : str
        Id of the check.
    title : str
        What is refused, as a sentence.
    name : str
        Operation.
    all_spoilt : iterable of dict
        Arguments that replace those of the sound request.
    also : str
        Further clauses.
    or_error : bool
        Whether an error of the program will do: where requests are so odd that no answer is due.
    """
    listed = list(all_spoilt)

    def body(subject: Subject) -> None:
        subject.perform(name, **sound(name))
        for spoilt in listed:
            why = ", ".join(f"{key}={_told(value)}" for key, value in spoilt.items())
            try:
                require_refusal(subject, name, why=why, **sound(name) | spoilt)
            except Errored:
                if not or_error:
                    raise

    body.__doc__ = title
    return walk(slug, needs=operation(name).needs, also=also)(body)


def require_no_number(subject: Subject, operation_name: str, /, **spoilt: Any) -> None:
    """
    Demand that no number comes out of a request that has none.

    To refuse is best. An error of the program, and values that are all NaN, are no numbers either.
    """
    try:
        answer = subject.perform(operation_name, **sound(operation_name) | spoilt)
    except (Refused, Errored):
        return
    floats = [np.asarray(value) for value in answer.values() if not isinstance(value, str)]
    if any(np.isfinite(values.astype(float)).any() for values in floats):
        told = ", ".join(f"{key}={_told(value)}" for key, value in spoilt.items())
        raise Violation(f"{operation_name} must refuse {told}; it answers", got=str(answer)[:160])


def _told(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={_told(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, np.ndarray) and value.size > 24:
        return f"an array of shape {value.shape}"
    return repr(value.tolist() if isinstance(value, np.ndarray) else value)
