"""Numbers that are told beside numbers that were computed again."""

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


def agreement(told: Any, computed: Any, tolerance: float = TOLERANCE) -> Agreement:
    """
    Compare plain data, number by number, within a relative tolerance.

    Examples
    --------
    >>> agreement({"D": 0.3, "n": [1]}, {"D": 0.1 + 0.2, "n": [1]}).how
    'within 1e-09 (relative)'
    >>> agreement({"D": 0.3}, {"D": 0.4}).problems
    ('D is 0.3, but should be 0.4',)
    """
    unlike = list(_unlike(told, computed, ""))
    return Agreement(
        exact=not unlike,
        tolerance=tolerance,
        problems=tuple(
            f"{name} is {one!r}, but should be {other!r}"
            for name, one, other in unlike
            if not _close(one, other, tolerance)
        ),
    )


def _unlike(told: Any, computed: Any, name: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(told, Mapping) and isinstance(computed, Mapping):
        for key in dict.fromkeys([*computed, *told]):
            yield from _unlike(told.get(key), computed.get(key), f"{name}.{key}" if name else key)
    elif isinstance(told, list) and isinstance(computed, list) and len(told) == len(computed):
        for index, (one, other) in enumerate(zip(told, computed, strict=True)):
            yield from _unlike(one, other, f"{name}[{index}]")
    elif told != computed:
        yield name, told, computed


def _close(one: Any, other: Any, tolerance: float) -> bool:
    numbers = all(isinstance(value, float) for value in (one, other))
    return numbers and math.isclose(one, other, rel_tol=tolerance, abs_tol=1e-6 * tolerance)
