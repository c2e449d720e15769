"""Values of options, from the text that was typed; what breaks a rule is refused by name."""

from __future__ import annotations

import math
import os
from typing import Any

from rmqm_spec.errors import UsageError

__all__ = [
    "above_zero",
    "as_counts",
    "as_feed",
    "as_fraction",
    "as_numbers",
    "as_processors",
    "as_range",
    "as_size",
    "one_of",
    "other_than_zero",
]


def as_processors(threads: int | None) -> int | None:
    """Check a number of threads."""
    present = os.cpu_count() or 1
    if threads is not None and threads > present:
        raise UsageError(
            "ARG001",
            f"--threads must be at most the {present} processors of this machine; got {threads}",
            fix="Leave it out to use all that this process may use.",
        )
    return threads


def as_range(text: str | None) -> tuple[float, float] | None:
    """Read ``LOW,HIGH``."""
    numbers = as_numbers("--range", text)
    if numbers is None:
        return None
    if len(numbers) != 2 or not numbers[0] < numbers[1]:
        raise UsageError(
            "ARG001",
            f"--range must be LOW,HIGH with LOW < HIGH; got {text!r}",
            fix="For example 0,255.",
        )
    return numbers[0], numbers[1]


def as_numbers(name: str, text: str | None) -> tuple[float, ...] | None:
    """Read one or more numbers."""
    if text is None:
        return None
    try:
        numbers = tuple(float(part) for part in text.split(","))
    except ValueError:
        numbers = (math.nan,)
    if not all(map(math.isfinite, numbers)):
        raise UsageError(
            "ARG001",
            f"{name} must be finite numbers with commas between them; got {text!r}",
            fix=f"For example {name} 0.5 or {name} 0.1,0.2,0.3.",
        )
    return numbers


def as_counts(name: str, text: str) -> tuple[int, ...]:
    """Read whole numbers from 1 up, ascending, each once."""
    parts = text.split(",")
    if not all(part.strip().isdecimal() and int(part) > 0 for part in parts):
        raise UsageError(
            "ARG001",
            f"{name} must be whole numbers from 1 with commas between them; got {text!r}",
            fix=f"For example {name} 1,5,20.",
        )
    return tuple(sorted({int(part) for part in parts}))


def as_fraction(name: str, text: str | None) -> float | None:
    """Read a number, or two with a stroke between them, such as 2/255."""
    if text is None:
        return None
    try:
        above, *below = (float(part) for part in text.split("/"))
        number = above / below[0] if len(below) == 1 else math.nan if below else above
    except (ValueError, ZeroDivisionError):
        number = math.nan
    if not math.isfinite(number):
        raise UsageError(
            "ARG001",
            f"{name} must be a number or a fraction; got {text!r}",
            fix=f"For example {name} 2/255.",
        )
    return number


def above_zero(name: str, value: float | None) -> float | None:
    """Check a width."""
    if value is not None and not 0 < value < math.inf:
        raise UsageError(
            "ARG001", f"{name} must be a finite number above 0; got {value}", fix="Leave it out."
        )
    return value


def as_size(text: str | None) -> tuple[int, int] | None:
    """Read ``HEIGHTxWIDTH``, or one number for both."""
    if text is None:
        return None
    parts = text.lower().split("x")
    if len(parts) not in (1, 2) or not all(part.isdigit() and int(part) > 0 for part in parts):
        raise UsageError(
            "ARG001",
            f"--size must be HEIGHTxWIDTH; got {text!r}",
            fix="For example 224 or 480x640.",
        )
    return int(parts[0]), int(parts[-1])


def as_feed(text: str) -> tuple[str, str]:
    """Read ``NAME=VALUE``."""
    name, separator, value = text.partition("=")
    if not separator or not name:
        raise UsageError(
            "ARG001", f"--feed must be NAME=VALUE; got {text!r}", fix="For example --feed mask=1."
        )
    return name, value


def one_of(name: str, value: str | None, allowed: Any) -> Any:
    """Check a word against a ``Literal``."""
    from typing import get_args

    if value is not None and value not in get_args(allowed):
        raise UsageError(
            "ARG001",
            f"{name} must be one of {', '.join(get_args(allowed))}; got {value!r}",
            fix="Correct it.",
        )
    return value


def other_than_zero(name: str, value: float | None) -> float | None:
    """Check a factor."""
    if value is not None and not (math.isfinite(value) and value):
        raise UsageError(
            "ARG001",
            f"{name} must be a finite number other than 0; got {value}",
            fix="Leave it out.",
        )
    return value
