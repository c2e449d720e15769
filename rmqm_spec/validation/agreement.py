"""Compare stated numbers with numbers that were computed again."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

__all__ = ["Agreement", "agreement"]

TOLERANCE = 1e-9
"""Relative; other processors round logarithms and sums in other last bits."""


@frozen(kw_only=True)
class Agreement:
    """What differs by more than rounding, and whether anything differs at all."""

    exact: bool
    tolerance: float
    problems: tuple[str, ...]

    @property
    def how(self) -> str:
        """How well the numbers agree."""
        return "bit for bit" if self.exact else f"within {self.tolerance:g} (relative)"


def agreement(stated: Any, computed: Any, tolerance: float = TOLERANCE) -> Agreement:
    """
    Compare plain data, number by number, within a relative tolerance.

    Examples
    --------
    >>> agreement({"D": 0.3, "n": [1]}, {"D": 0.1 + 0.2, "n": [1]}).how
    'within 1e-09 (relative)'
    >>> agreement({"D": 0.3}, {"D": 0.4}).problems
    ('D is 0.3, but should be 0.4',)
    """
    unlike = list(_unlike(stated, computed, ""))
    return Agreement(
        exact=not unlike,
        tolerance=tolerance,
        problems=tuple(
            f"{name} is {value!r}, but should be {expected!r}"
            for name, value, expected in unlike
            if not _close(value, expected, tolerance)
        ),
    )


def _unlike(stated: Any, computed: Any, name: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(stated, Mapping) and isinstance(computed, Mapping):
        for key in dict.fromkeys([*computed, *stated]):
            yield from _unlike(stated.get(key), computed.get(key), f"{name}.{key}" if name else key)
    elif isinstance(stated, list) and isinstance(computed, list) and len(stated) == len(computed):
        for index, (value, expected) in enumerate(zip(stated, computed, strict=True)):
            yield from _unlike(value, expected, f"{name}[{index}]")
    elif stated != computed and not _both_undefined(stated, computed):
        yield name, stated, computed


def _both_undefined(stated: Any, computed: Any) -> bool:
    """Tell whether both are NaN, which tables have where a number is undefined."""
    numbers = all(isinstance(number, float) for number in (stated, computed))
    return numbers and math.isnan(stated) and math.isnan(computed)


def _close(value: Any, expected: Any, tolerance: float) -> bool:
    numbers = all(isinstance(number, float) for number in (value, expected))
    return numbers and math.isclose(value, expected, rel_tol=tolerance, abs_tol=1e-6 * tolerance)
