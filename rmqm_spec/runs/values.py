"""Values of settings, from a text that was typed or a value of TOML or Python."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, get_args

from rmqm_spec.errors import UsageError

__all__ = [
    "NO_FILE",
    "above_zero",
    "at_least",
    "between",
    "choice",
    "counts",
    "factor",
    "feeds",
    "height_and_width",
    "lengths",
    "numbers",
    "path",
    "penalties",
    "preprocessing_file",
    "processors",
    "refused",
    "seconds",
    "text",
    "usable_path",
    "value_range",
    "words",
    "yes_or_no",
]


NO_FILE = "none"
"""What stands for no file of preprocessing at all."""

_UNITS = {"min": 60.0, "s": 1.0, "m": 60.0, "h": 3600.0}
"""Seconds of a unit of time."""


def refused(flag: str, rule: str, given: object, fix: str = "Correct it.") -> UsageError:
    """Return the error that says which rule a setting breaks."""
    return UsageError("ARG001", f"{flag} must be {rule}; got {given!r}", fix=fix)


def choice(allowed: Any) -> Callable[[str, Any], Any]:
    """Return a reader of one of the words of a ``Literal``."""
    names = get_args(allowed)

    def read(flag: str, given: Any) -> Any:
        if given not in names:
            raise refused(flag, f"one of {', '.join(names)}", given, fix="Choose one of them.")
        return given

    return read


def at_least(smallest: int) -> Callable[[str, Any], int]:
    """Return a reader of whole numbers from `smallest` up."""

    def read(flag: str, given: Any) -> int:
        number = int(given) if isinstance(given, str) and given.strip().isdecimal() else given
        if hasattr(number, "__index__") and not isinstance(number, bool):
            number = number.__index__()
        if not isinstance(number, int) or isinstance(number, bool) or number < smallest:
            raise refused(flag, f"a whole number of at least {smallest}", given)
        return number

    return read


def between(smallest: int, largest: int) -> Callable[[str, Any], int]:
    """Return a reader of whole numbers from `smallest` to `largest`."""

    def read(flag: str, given: Any) -> int:
        number = at_least(smallest)(flag, given)
        if number > largest:
            raise refused(flag, f"at most {largest}", given)
        return number

    return read


def yes_or_no(flag: str, given: Any) -> bool:
    """Read true or false."""
    if not isinstance(given, bool):
        raise refused(flag, "true or false", given)
    return given


def text(flag: str, given: Any) -> str:
    """Read a text that is not empty."""
    if not isinstance(given, str) or not given:
        raise refused(flag, "a text that is not empty", given)
    return given


def path(flag: str, given: Any) -> Path:
    """Read a path that a file system can have."""
    if not isinstance(given, str | Path) or not str(given):
        raise refused(flag, "a path", given)
    return usable_path(flag, given)


def preprocessing_file(flag: str, given: Any) -> Path | str:
    """Read a path, or the word ``none``, which stays a text: a file of that name is ``./none``."""
    return NO_FILE if given == NO_FILE else path(flag, given)


def usable_path(flag: str, given: str | Path) -> Path:
    """Refuse a path with a name that is too long, or with a character that no name has."""
    if "\0" in str(given) or any(len(os.fsencode(part)) > 255 for part in Path(given).parts):
        shown = str(given) if len(str(given)) < 80 else f"{str(given)[:77]}..."
        raise refused(flag, "a path without null bytes, each name at most 255 bytes", shown)
    return Path(given)


def processors(flag: str, given: Any) -> int:
    """Read a number of processors of this machine."""
    number = at_least(1)(flag, given)
    present = os.cpu_count() or 1
    if number > present:
        raise UsageError(
            "ARG001",
            f"{flag} must be at most the {present} processors of this machine; got {number}",
            fix=f"Give 1 to {present}, or leave it out to use all that this process may use.",
        )
    return number


def numbers(flag: str, given: Any) -> tuple[float, ...]:
    """Read one or more finite numbers: a text with commas, a number, or a sequence."""
    try:
        parts = given.split(",") if isinstance(given, str) else _parts(given)
        found = tuple(math.nan if isinstance(part, bool) else float(part) for part in parts)
    except (TypeError, ValueError):
        found = ()
    if not found or not all(map(math.isfinite, found)):
        raise refused(
            flag,
            "finite numbers separated by commas",
            given,
            fix=f"For example {flag} 0.5 or {flag} 0.1,0.2,0.3.",
        )
    return found


def value_range(flag: str, given: Any) -> tuple[float, float] | str:
    """Read ``LOW,HIGH``; ``data`` and paths of files with a range for each value stay texts."""
    from rmqm_spec.inputs.feature_ranges import names_ranges

    if names_ranges(given):
        return str(usable_path(flag, given))
    try:
        found = numbers(flag, given)
    except UsageError:
        found = ()
    if len(found) != 2 or not found[0] < found[1]:
        fix = "For example 0,255; or data, or a file (.npz, .npy, .json) with low and high."
        raise refused(flag, "LOW,HIGH with LOW < HIGH", given, fix=fix)
    return found[0], found[1]


def counts(flag: str, given: Any) -> tuple[int, ...]:
    """Read whole numbers from 1 up, ascending, each once."""
    parts = given.split(",") if isinstance(given, str) else _parts(given)
    if not parts or not all(str(part).strip().isdecimal() and int(part) > 0 for part in parts):
        raise refused(
            flag,
            "whole numbers from 1 separated by commas",
            given,
            fix=f"For example {flag} 1,5,20.",
        )
    return tuple(sorted({int(part) for part in parts}))


def penalties(flag: str, given: Any) -> tuple[float, ...]:
    """Read numbers above 0, ascending, each once; none for the word ``none``."""
    if isinstance(given, str) and given == "none":
        return ()
    if not isinstance(given, str) and not _parts(given):
        return ()
    found = numbers(flag, given)
    if not all(number > 0 for number in found):
        raise refused(flag, "numbers above 0, or none", given, fix=f"For example {flag} 1,100.")
    return tuple(sorted(set(found)))


def above_zero(flag: str, given: Any) -> float:
    """Read a finite number above 0."""
    number = _number(given)
    if not 0 < number < math.inf:
        raise refused(flag, "a finite number above 0", given, fix=f"For example {flag} 0.02.")
    return number


def seconds(flag: str, given: Any) -> float:
    """
    Read a time above 0: a number of seconds, ``30s``, ``2m``, ``2min`` or ``1h``.

    Examples
    --------
    >>> [seconds("--budget", given) for given in ("30s", "1.5m", "10min", 12)]
    [30.0, 90.0, 600.0, 12.0]
    """
    text = given.strip() if isinstance(given, str) else given
    unit = 1.0
    ending = next((one for one in _UNITS if isinstance(text, str) and text.endswith(one)), None)
    if ending is not None:
        text, unit = text.removesuffix(ending), _UNITS[ending]
    number = _number(text) * unit
    if not 0 < number < math.inf:
        raise refused(flag, "a time above 0", given, fix=f"For example {flag} 30s or {flag} 2m.")
    return number


def factor(flag: str, given: Any) -> float:
    """Read a finite number other than 0."""
    number = _number(given)
    if not (math.isfinite(number) and number):
        raise refused(flag, "a finite number other than 0", given, fix=f"For example {flag} 1.")
    return number


def height_and_width(flag: str, given: Any) -> tuple[int, int]:
    """Read ``HEIGHTxWIDTH``, or one number for both."""
    parts = given.lower().split("x") if isinstance(given, str) else _parts(given)
    sizes = [int(part) for part in parts if str(part).isdecimal()]
    if len(parts) not in (1, 2) or len(sizes) != len(parts) or 0 in sizes:
        raise refused(flag, "HEIGHTxWIDTH", given, fix="For example 224 or 480x640.")
    return sizes[0], sizes[-1]


def lengths(flag: str, given: Any) -> tuple[int, ...]:
    """Read lengths of axes with x between them, or a sequence."""
    parts = given.lower().split("x") if isinstance(given, str) else _parts(given)
    sizes = tuple(int(part) for part in parts if str(part).isdecimal())
    if len(sizes) != len(parts) or not sizes or 0 in sizes:
        raise refused(flag, "lengths with x between them", given, fix="For example 16000 or 1x80.")
    return sizes


def feeds(flag: str, given: Any) -> tuple[tuple[str, str], ...]:
    """Read one or more ``NAME=VALUE``: texts, or a mapping."""
    if isinstance(given, str):
        given = [given]
    if hasattr(given, "items"):
        given = [f"{name}={value}" for name, value in given.items()]
    if not isinstance(given, list | tuple):
        raise refused(flag, "NAME=VALUE", given, fix=f"For example {flag} mask=1.")
    found = []
    for entry in given:
        if isinstance(entry, list | tuple) and len(entry) == 2:
            entry = f"{entry[0]}={entry[1]}"  # noqa: PLW2901
        name, separator, value = str(entry).partition("=")
        if not separator or not name:
            raise refused(flag, "NAME=VALUE", entry, fix=f"For example {flag} mask=1.")
        found.append((name, value))
    return tuple(found)


def words(flag: str, given: Any) -> tuple[str, ...]:
    """Read names separated by commas, or a sequence of names."""
    parts = given if isinstance(given, list | tuple) else [given]
    if not all(isinstance(part, str) for part in parts):
        raise refused(flag, "names separated by commas", given)
    found = tuple(word for part in parts for name in part.split(",") if (word := name.strip()))
    if parts and not found:
        raise refused(flag, "names separated by commas", given)
    return found


def _number(given: Any) -> float:
    if isinstance(given, bool):
        return math.nan
    try:
        return float(given)
    except (TypeError, ValueError):
        return math.nan


def _parts(given: Any) -> Sequence[Any]:
    return list(given) if isinstance(given, Sequence) else [given]
