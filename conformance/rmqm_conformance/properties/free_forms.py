"""How a document may write what it counts, its bounds and its names down: the form is free."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from rmqm_conformance.require import require

__all__ = ["require_bounds", "require_count", "require_integer", "require_text"]

_LOW: Final = ("lo", "min", "from", "start")
_HIGH: Final = ("hi", "up", "max", "to", "end", "stop")


def require_count(name: str, value: Any, should: int, *, or_null: bool = False) -> None:
    """
    Demand a count: a number, a list of what is counted, or counts that add up to it.

    With `or_null` null is a count of nothing, for what the variant does not know.

    Examples
    --------
    >>> require_count("undefined_terms", {"D_RC": 2, "P_RC": {"count": 1}, "total": 3}, 3)
    >>> require_count("undefined_terms", [2, 1], 3)
    """
    counts = {0} if value is None and or_null else _counts(value)
    require(
        should in counts,
        f"number under {name!r}={value!r:.80}, but should be {should}",
        got=value,
        should=should,
    )


def _counts(value: Any) -> set[int]:
    """Return every count that a value can mean; a truth value, a text and a share count nothing."""
    if isinstance(value, list):
        return {len(value)} | (_sums([_counts(item) for item in value]) if value else set())
    if isinstance(value, Mapping):
        every = {str(key): _counts(item) for key, item in value.items()}
        parts = {key: counts for key, counts in every.items() if counts}
        totals = [key for key in parts if _names_a_total(key)]
        rest = [counts for key, counts in parts.items() if key not in totals]
        if totals and rest:
            return _sums(rest) & set[int]().union(*(parts[key] for key in totals))
        return _sums(list(parts.values()))
    real = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return {int(value)} if real and value == int(value) else set()


def _names_a_total(key: str) -> bool:
    return any(word in key.casefold() for word in ("total", "sum", "all", "both", "overall"))


def _sums(choices: list[set[int]]) -> set[int]:
    sums = {0} if any(choices) else set()
    for counts in filter(None, choices):
        sums = {so_far + count for so_far in sums for count in counts}
    return sums


def require_bounds(value: Any, low: float, high: float, *, place: str) -> None:
    """
    Demand bounds: a list of two numbers, or an object that names each.

    Examples
    --------
    >>> require_bounds({"upper": 1, "lower": 0}, 0.0, 1.0, place="/bounds")
    """
    got = _ends(value)
    require(
        got == [low, high],
        f"bounds (at {place})={value!r:.80}, but should be {[low, high]}",
        got=value,
        should=[low, high],
    )


def _ends(value: Any) -> Any:
    """Return [low, high] of an object; of keys that begin alike, such as `low`, the shortest."""
    if not isinstance(value, Mapping):
        return value
    numbers = {key: item for key, item in value.items() if isinstance(item, int | float)}
    ends = []
    for beginnings in (_LOW, _HIGH):
        named = (key for key in numbers if key.casefold().startswith(beginnings))
        ends += [numbers[key] for key in sorted(named, key=len)[:1]]
    return ends


def require_integer(name: str, value: Any, should: int) -> None:
    """
    Demand an integer with all of its digits: as a number, or as a text.

    Examples
    --------
    >>> require_integer("seed", "18446744073709551617", 2**64 + 1)
    """
    text = isinstance(value, int | float | Decimal | str) and not isinstance(value, bool)
    try:
        exact = text and Decimal(value) == should
    except InvalidOperation:
        exact = False
    require(exact, f"{name}={value!r:.80}, but should be {should}", got=value, should=should)


def require_text(name: str, value: Any, should: str) -> None:
    """
    Demand a name: by itself, or in an object that says more.

    Examples
    --------
    >>> require_text("generator", {"name": "mine", "rounds": 10}, "mine")
    """
    inner = list(value.values()) if isinstance(value, Mapping) else [value]
    require(
        should in inner, f"{name}={value!r:.80}, but should be {should!r}", got=value, should=should
    )
