"""Measures as users type them: ``NAME``, ``NAME@SIZE`` for a common embedding size, ``all``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rmqm_spec.contracts.measure import Measure
from rmqm_spec.contracts.registry import available, measure
from rmqm_spec.errors import UsageError
from rmqm_spec.measures.size_matched import SizeMatched

__all__ = ["ALL", "SMALLEST", "measure_named", "measures_named"]

ALL: Final = "all"
"""Stands for every measure that needs nothing more than the encodings and inputs of a score."""

SMALLEST: Final = "smallest"
"""Behind @: the smallest embedding size among the candidates of a ranking."""

_LEAST = 2
_OF_ONE_WALK = frozenset({"unaltered", "altered", "inputs"})


def measures_named(texts: Sequence[str]) -> tuple[Measure, ...]:
    """
    Return the measures that texts name, in their order; ``all`` adds those not named beside it.

    Raises
    ------
    UsageError
        As `measure_named`.

    Examples
    --------
    >>> [measure.name for measure in measures_named(["rankme@16", "rankme"])]
    ['rankme@16', 'rankme']
    >>> "lidar" in [measure.name for measure in measures_named(["all"])]
    True
    """
    named = [measure_named(text) for text in texts if text != ALL]
    if ALL in texts:
        known = {"rmqm", *(one.name for one in named)}
        plugs = [measure(name) for name in available("measure") if name not in known]
        named += [plug for plug in plugs if plug.needs <= _OF_ONE_WALK]
    return tuple(named)


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
    if size == SMALLEST:
        raise UsageError(
            "ARG001",
            f"@{SMALLEST} must stand in rank, which knows all sizes; got {text!r}",
            fix=f"Type the size, for example {name}@32, or rank the encoders.",
        )
    if "encoders" in known.needs:
        raise UsageError(
            "ARG001",
            f"a measure between encoders must be named without a size; got {text!r}",
            fix=f"Type {name}: its values do not need encodings of equal size.",
        )
    if not (size.isascii() and size.isdecimal() and int(size) >= _LEAST):
        raise UsageError(
            "ARG001",
            f"the size behind @ must be a whole number of at least {_LEAST} values; got {text!r}",
            fix=f"Type for example {name}@32.",
        )
    return SizeMatched(known, int(size))
