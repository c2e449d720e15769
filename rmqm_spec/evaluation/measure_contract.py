"""Whether what a measure says of all inputs keeps to its contract."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

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
    problem = next(_problems(summary), None)
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


def _problems(summary: Summary) -> Iterator[str]:
    """Yield what is wrong with a summary, the most basic fault first."""
    value, status, details = summary.value, summary.status, summary.details
    if not _is_number(value):
        yield f"{value!r} as the value, which must be a number"
        return
    if not isinstance(status, str) or not status.strip():
        yield f"{status!r} as the status, which must be a word"
    elif status == "ok" and not summary.is_defined:
        yield f"the value {value} with the status 'ok', which must say why there is none"
    elif status != "ok" and summary.is_defined:
        yield f"the value {value:g} with the status {status!r}, which must be 'ok'"
    if not isinstance(details, Mapping) or not all(isinstance(name, str) for name in details):
        yield "details that are not numbers by name"
        return
    for name, detail in details.items():
        if not _is_number(detail):
            yield f"{detail!r} as the detail {name}, which must be a number"
    if summary.interval is not None:
        yield from _problems_of_interval(summary.interval)


def _problems_of_interval(interval: object) -> Iterator[str]:
    """Two NaN mean that the ends are not known; any other pair goes from low to high."""
    ends = interval if isinstance(interval, tuple | list) else ()
    if len(ends) != 2 or not all(map(_is_number, ends)):
        yield f"{interval!r} as the interval, which must be two numbers"
        return
    low, high = map(float, ends)
    if not low <= high and not (math.isnan(low) and math.isnan(high)):
        yield f"an interval from {low:g} to {high:g}, which must not be upside down"


def _is_number(value: object) -> bool:
    """Whether a value is one number: Python's, or NumPy's with a float in it."""
    if isinstance(value, str | bytes | bool) or not hasattr(value, "__float__"):
        return False
    try:
        float(value)
    except (TypeError, ValueError, OverflowError):
        return False
    return True
