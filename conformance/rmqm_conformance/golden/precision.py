"""Numbers of fifty digits, how they are written, and how errors pass through a formula."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

from mpmath import MPContext

__all__ = ["Exact", "exact", "mp", "propagated", "rounded_up", "text"]

Exact: TypeAlias = Any
"""A number of `mp`."""

mp: Final = MPContext()
mp.dps = 50


def exact(values: Any) -> Any:
    """
    Return floats, or nested lists or an array of them, as numbers of `mp` without any rounding.

    Examples
    --------
    >>> exact([0.5, 2])
    [mpf('0.5'), mpf('2.0')]
    """
    if hasattr(values, "tolist"):
        return exact(values.tolist())
    return [exact(value) for value in values] if isinstance(values, list) else mp.mpf(values)


def text(value: Exact) -> str:
    """Return a number as text of forty significant digits, or ``nan``."""
    return "nan" if mp.isnan(value) else str(mp.nstr(value, 40))


def rounded_up(value: Exact) -> float:
    """Return a tolerance in two digits, a little larger."""
    return float(f"{float(value) * 1.05:.2g}")


def propagated(
    function: Callable[..., Sequence[Exact]], values: Sequence[Exact], errors: Sequence[Exact]
) -> list[float]:
    """
    Return by how much errors of its arguments change the results of a function, added up.

    Examples
    --------
    >>> propagated(lambda a, b: [a + b, 3 * b], [1, 2], [0.5, 0.25])
    [0.75, 0.75]
    """
    results = function(*values)
    changes = [mp.zero] * len(results)
    for k, error in enumerate(errors):
        moved = function(*values[:k], values[k] + error, *values[k + 1 :])
        changes = [
            change + abs(new - old)
            for change, new, old in zip(changes, moved, results, strict=True)
        ]
    return [float(change) for change in changes]
