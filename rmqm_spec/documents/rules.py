"""The rules that fields of records declare, held against values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

__all__ = ["broken_rules"]


def broken_rules(value: Any, rules: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """
    Yield where a value of the right type breaks a rule, and how.

    Yields
    ------
    str, str
        The place below the value (empty for the value itself), and the rule with what was met.

    Examples
    --------
    >>> list(broken_rules(0, {"least": 1}))
    [('', 'must be at least 1; got 0')]
    """
    if value is None:
        return
    own = {name: rule for name, rule in rules.items() if not name.startswith("each_")}
    yield from (("", problem) for problem in _of_one(value, own))
    inner = {
        name.removeprefix("each_"): rule for name, rule in rules.items() if name.startswith("each_")
    }
    if inner and isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from ((f"[{index}]", problem) for problem in _of_one(item, inner))
    elif inner and isinstance(value, Mapping):
        for key, item in value.items():
            yield from ((f".{key}", problem) for problem in _of_one(item, inner))


def _of_one(value: Any, rules: Mapping[str, Any]) -> Iterator[str]:
    if value is None:
        return
    for name, rule in rules.items():
        if name == "least" and value < rule:
            yield f"must be at least {rule}; got {value}"
        elif name == "most" and value > rule:
            yield f"must be at most {rule}; got {value}"
        elif name == "above" and value <= rule:
            yield f"must be above {rule}; got {value}"
        elif name == "pattern" and not re.search(rule, value):
            yield f"must match {rule}; got {_short(value)}"
        elif name == "format" and not _is_time(value):
            yield f"must be a time such as 2026-11-27T12:00:00Z; got {_short(value)}"
        elif name == "shortest" and len(value) < rule:
            yield f"must have at least {rule} item(s); got {len(value)}"
        elif name == "keys":
            missing = [key for key in rule if key not in value]
            if missing:
                yield f"must have the key {missing[0]!r}; it has none of that name"
        elif name == "key_pattern":
            odd = [key for key in value if not re.search(rule, key)]
            if odd:
                yield f"must have keys that match {rule}; got {_short(odd[0])}"


def _is_time(text: str) -> bool:
    """Tell whether a text is a day with a time of day (ISO 8601), the one format in use."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return "T" in text


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
