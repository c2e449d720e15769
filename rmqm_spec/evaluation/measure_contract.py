"""Whether what a measure says of all inputs keeps to its contract."""

from __future__ import annotations

import math
from collections.abc import Mapping

from rmqm_spec.contracts.measure import Measure, Summary
from rmqm_spec.errors import SubjectError

__all__ = ["broken_measure", "require_summary"]


def require_summary(measure: Measure, summary: object) -> Summary:
    """
    Refuse a summary that cannot be shown as it is, or that contradicts itself.

    Raises
    ------
    SubjectError
        MEA002 if it is no `Summary`, if value, interval or details are no numbers, if a value
        stands without the status "ok" or the status "ok" without a value, or if the interval is
        upside down.
    """
    if not isinstance(summary, Summary):
        raise broken_measure(measure, f"{type(summary).__name__} where a Summary is due")
    problem = _problem(summary)
    if problem is not None:
        raise broken_measure(measure, problem)
    return summary


def broken_measure(measure: Measure, got: str) -> SubjectError:
    """Return the error that names a measure and what it did."""
    return SubjectError(
        "MEA002",
        f"the measure {measure.name} must keep to its contract; got {got}",
        fix="Leave the measure out, or correct it: docs/extending.md.",
    )


def _problem(summary: Summary) -> str | None:
    """Return what is wrong with a summary; None where nothing is."""
    if not _is_number(summary.value):
        return f"{summary.value!r} as the value, which must be a number"
    if not isinstance(summary.status, str) or not summary.status.strip():
        return f"{summary.status!r} as the status, which must be a word"
    if summary.status == "ok" and not summary.is_defined:
        return f"the value {summary.value} with the status 'ok', which must say why there is none"
    if summary.status != "ok" and summary.is_defined:
        return f"the value {summary.value:g} with the status {summary.status!r}, which must be 'ok'"
    details = summary.details
    if not isinstance(details, Mapping) or not all(isinstance(name, str) for name in details):
        return "details that are not numbers by name"
    wrong = [name for name, value in details.items() if not _is_number(value)]
    if wrong:
        return f"{details[wrong[0]]!r} as the detail {wrong[0]}, which must be a number"
    return None if summary.interval is None else _problem_of_interval(summary.interval)


def _problem_of_interval(interval: object) -> str | None:
    """Two NaN mean that the ends are not known; any other pair goes from low to high."""
    ends = interval if isinstance(interval, tuple | list) else ()
    if len(ends) != 2 or not all(map(_is_number, ends)):
        return f"{interval!r} as the interval, which must be two numbers"
    low, high = map(float, ends)
    if low <= high or (math.isnan(low) and math.isnan(high)):
        return None
    return f"an interval from {low:g} to {high:g}, which must not be upside down"


def _is_number(value: object) -> bool:
    """Whether a value is one number: Python's, or NumPy's with a float in it."""
    if isinstance(value, str | bytes | bool) or not hasattr(value, "__float__"):
        return False
    try:
        float(value)
    except (TypeError, ValueError, OverflowError):
        return False
    return True
