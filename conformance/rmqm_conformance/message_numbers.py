"""The numbers in a message of an implementation, however they are written."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Final, TypeAlias

__all__ = ["Places", "is_number", "places_of_number"]

Places: TypeAlias = list[tuple[int, int]]
"""Where something stands in a text, as starts and ends."""

_FEW_DIGITS: Final = 0.01
"""How far a number may be from the value that it stands for, where digits are left out."""

_NUMBERS: Final = re.compile(
    r"0x[0-9a-f.]+(?:p[+-]?\d+)?|(?:\d+(?:\.\d+)?|(?<![\d.])\.\d+)(?:e[+-]?\d+)?"
)
_MARKS: Final = r"[,'\u2019_\s]"
"""What groups of three digits are set apart with."""
_GROUPED: Final = re.compile(rf"\d{{1,3}}(?:{_MARKS}\d{{3}})+(?:\.\d+)?(?!\d)")
_DECIMAL_COMMA: Final = re.compile(r"\d+,\d+(?:e[+-]?\d+)?")
_POWER_OF_TEN: Final = re.compile(r"(\d+(?:\.\d+)?)\s*[x×·*]\s*10\s*(?:\^|\*\*)\s*\{?([+-]?\d+)\}?")  # noqa: RUF001
_NOT_A_NUMBER: Final = re.compile(r"nan|not[ -]a[ -]number|not (?:a )?finite|non-?finite")
_INFINITE: Final = re.compile(r"inf|∞|not (?:a )?finite|non-?finite|overflow")


def is_number(text: str) -> bool:
    """Tell whether a text that must be named is a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def places_of_number(text: str, message: str) -> Places:
    """
    Return where a message in lower case holds a number; the sign of a whole number counts.

    Examples
    --------
    >>> places_of_number("1234.5", "bounds [0, 1.23e+03]")
    [(11, 19)]
    >>> places_of_number("1234.5", "at most 1,234.5")
    [(8, 15)]
    >>> places_of_number("11", "level 110 or -11")
    []
    """
    value = abs(float(text))
    if math.isnan(value):
        return [match.span() for match in _NOT_A_NUMBER.finditer(message)]
    if math.isinf(value):
        return [match.span() for match in _INFINITE.finditer(message)]
    plain = message.replace("−", "-")  # noqa: RUF001 - the sign of typography
    found = [place for place, written in _written(plain) if _stands_for(written, value)]
    if value == 0 or not text.lstrip("-").isdecimal():
        return found
    return [place for place in found if _has_sign(plain, place[0]) == text.startswith("-")]


def _has_sign(message: str, start: int) -> bool:
    """Tell whether a minus sign stands before a number, and not a dash behind a word."""
    return bool(re.search(r"(?<![^\W_])-$", message[:start]))


def _written(message: str) -> Iterator[tuple[tuple[int, int], float]]:
    """Yield every number of a message; digits with a comma are read in each way."""
    for match in _NUMBERS.finditer(message):
        text = match[0]
        yield match.span(), _hexadecimal(text) if text.startswith("0x") else float(text)
    for match in _GROUPED.finditer(message):
        yield match.span(), float(re.sub(_MARKS, "", match[0]))
    for match in _DECIMAL_COMMA.finditer(message):
        yield match.span(), float(match[0].replace(",", "."))
    for match in _POWER_OF_TEN.finditer(message):
        yield match.span(), float(f"{match[1]}e{match[2]}")


def _hexadecimal(text: str) -> float:
    try:
        return float.fromhex(text)
    except (ValueError, OverflowError):
        return math.nan


def _stands_for(written: float, value: float) -> bool:
    """Small whole numbers stand for themselves alone, others also with fewer digits."""
    if value.is_integer() and value < 1000:
        return written == value
    return abs(written - value) <= _FEW_DIGITS * value
