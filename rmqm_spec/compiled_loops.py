"""Loops that numba compiles: used only where they do what NumPy does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

__all__ = ["loops_or_reason"]

Loops = TypeVar("Loops")


def loops_or_reason(
    load: Callable[[], Loops], agrees: Callable[[Loops], bool], difference: str
) -> tuple[Loops | None, str | None]:
    """
    Load compiled loops and hold them against NumPy.

    Parameters
    ----------
    load : callable
        Imports the loops.
    agrees : callable
        Whether they do what NumPy does on a small example.
    difference : str
        What to say where they do not.

    Returns
    -------
    loops : object or None
        What `load` returned; None where the loops cannot be used.
    reason : str or None
        Why they cannot be used.

    Examples
    --------
    >>> loops_or_reason(lambda: sum, lambda total: total([1, 2]) == 3, "it adds otherwise")
    (<built-in function sum>, None)
    >>> loops_or_reason(lambda: sum, lambda total: total([1, 2]) == 4, "it adds otherwise")
    (None, 'it adds otherwise')
    """
    try:
        loops = load()
        same = agrees(loops)
    except ImportError:
        return None, "numba is not installed"
    except Exception as error:  # whatever a compiler may say of a machine it does not know
        return None, f"numba cannot compile it: {type(error).__name__}: {error}"
    return (loops, None) if same else (None, difference)
