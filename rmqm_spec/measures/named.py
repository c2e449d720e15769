"""Measures as users type them: ``NAME``, or ``NAME@SIZE`` for a common embedding size."""

from __future__ import annotations

from rmqm_spec.contracts.measure import Measure
from rmqm_spec.contracts.registry import measure
from rmqm_spec.errors import UsageError
from rmqm_spec.measures.size_matched import SizeMatched

__all__ = ["measure_named"]

_LEAST = 2


def measure_named(text: str) -> Measure:
    """
    Return the measure that a text names.

    Raises
    ------
    UsageError
        ARG003 if there is no such measure, ARG001 if its size is no whole number from 2.

    Examples
    --------
    >>> measure_named("rmqm").title, measure_named("rmqm@32").title
    ('RMQM', 'RMQM at 32 values')
    """
    name, at, size = text.partition("@")
    known = measure(name)
    if not at:
        return known
    if not (size.isascii() and size.isdecimal() and int(size) >= _LEAST):
        raise UsageError(
            "ARG001",
            f"the size behind @ must be a whole number of at least {_LEAST} values; got {text!r}",
            fix=f"Type for example {name}@32.",
        )
    return SizeMatched(known, int(size))
