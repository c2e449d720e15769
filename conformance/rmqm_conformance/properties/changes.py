"""Other values that a loose comparison takes for the same: RMQM-PRO-003."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, Final

__all__ = ["changes_of", "odd_changes_of"]


def changes_of(value: Any, *, any_case: bool = False) -> Iterator[Any]:
    """
    Yield values of the same kind that are not equal to a number or a text.

    Parameters
    ----------
    value : object
        A value of a document.
    any_case : bool
        Whether capital letters mean the same as small ones, as in a hexadecimal digest.

    Examples
    --------
    >>> list(changes_of("ab", any_case=True))
    ['ab ', ' ab', 'abx', 'a', 'b', 'ba']
    >>> list(changes_of(1.5))
    [1.5000000000000002, 1.4999999999999998, 1.50000015, 1.500000000001, 2.5, -1.5]
    """
    if isinstance(value, str):
        others: Iterator[Any] = _texts(value, any_case)
    elif isinstance(value, float):
        others = _floats(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        others = iter((value + 1, value + 256, value + 2**16, 10 * value + 1))
    else:
        return
    yield from (other for other in dict.fromkeys(others) if other != value)


def _floats(value: float) -> Iterator[float]:
    yield math.nextafter(value, math.inf)
    yield math.nextafter(value, -math.inf)
    yield value * (1 + 1e-7) + (value == 0) * 1e-7
    yield value + 1e-12
    yield value + 1
    yield -value


_RESPELLED: Final[tuple[Callable[[str], str], ...]] = (
    lambda text: f"{text} ",
    lambda text: f" {text}",
    lambda text: f"{text}x",
    lambda text: text[:-1],
    lambda text: text[1:],
    lambda text: "".join(text.split()),
    lambda text: text.replace("-", "_"),
    lambda text: "".join(filter(str.isalnum, text)),
)


def _texts(text: str, any_case: bool) -> Iterator[str]:
    yield from (respell(text) for respell in _RESPELLED)
    if not any_case:
        yield from (text.upper(), text.capitalize(), text.swapcase())
    for place, (one, next_one) in enumerate(pairwise(text)):
        if one != next_one:
            yield text[:place] + next_one + one + text[place + 2 :]
            return


def odd_changes_of(value: Any) -> Iterator[Any]:
    """
    Yield what can stand in the place of a value only by mistake: of another kind or length.

    Examples
    --------
    >>> list(odd_changes_of([3, 2]))
    [[3, 2, 2], [3], [2], [2, 3], [1, 3, 2], [4, 3]]
    >>> list(odd_changes_of(3))
    [None, -3, 4294967299, 18446744073709551619, 3.000000001, 3.25]
    """
    if isinstance(value, list) and value:
        yield from (other for other in _lists(value) if other != value)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield None
        yield from (other for other in (-value, value + 2**32, value + 2**64) if other != value)
        yield from (value + 1e-9, value + 0.25)
    elif value is not None:
        yield None


def _lists(values: list[Any]) -> Iterator[list[Any]]:
    yield [*values, values[-1]]
    yield values[:-1]
    yield values[1:]
    yield values[::-1]
    if all(isinstance(one, int | float) for one in values):
        yield [1, *values]
        yield [one + 1 for one in values]
