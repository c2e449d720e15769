"""How long the Jacobians of many inputs will take, said before the work begins."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from rmqm_spec.contracts.listener import Listener

__all__ = ["say_how_long"]

_WORTH_SAYING: Final = 10.0
"""Seconds; shorter work is done before anybody asks."""


def say_how_long(name: str, n_inputs: int, once: Callable[[], object], listener: Listener) -> None:
    """
    Time one input, and say what all of them will take where that is long.

    Parameters
    ----------
    name : str
        The model.
    n_inputs : int
        Number of inputs.
    once : callable
        Takes the Jacobians of one input.
    listener : Listener
        Hears the estimate.
    """
    once()  # the first call makes the graphs
    started = time.perf_counter()
    once()
    seconds = time.perf_counter() - started
    if seconds * n_inputs < _WORTH_SAYING:
        return
    listener.note(
        f"  {name}: {n_inputs:,} inputs will take {in_words(seconds * n_inputs)} at most (one of "
        f"them takes {seconds:.2g} s; --n takes fewer)"
    )


def in_words(seconds: float) -> str:
    """
    Return a time as people say it.

    Examples
    --------
    >>> in_words(42), in_words(200), in_words(8000)
    ('42 s', '3 min', '2.2 h')
    """
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 100 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
