"""How long the Jacobians of many inputs will take, said before the work begins."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from rmqm_spec.contracts.listener import Listener
from rmqm_spec.runs.durations import duration_in_words

__all__ = ["say_how_long"]

_WORTH_SAYING: Final = 10.0
"""Seconds; shorter work is done before anybody asks."""

_WORTH_TIMING: Final = 1.0
"""Seconds that a trial may take."""

_MOST_TIMED: Final = 64
_STEP: Final = 4


def say_how_long(
    name: str, n_inputs: int, some: Callable[[int], object], listener: Listener
) -> None:
    """
    Time a few inputs, and say what all of them will take where that is long.

    Parameters
    ----------
    name : str
        The model.
    n_inputs : int
        Number of inputs, in all sets and for all networks.
    some : callable
        Takes the Jacobians of so many inputs.
    listener : Listener
        Hears the estimate.
    """
    some(1)  # the first call makes the graphs
    pace = _seconds_of_an_input(min(n_inputs, _MOST_TIMED), some)
    if pace * n_inputs >= _WORTH_SAYING:
        listener.note(
            f"  {name}: {n_inputs:,} inputs will take about {duration_in_words(pace * n_inputs)} "
            f"({pace:.2g} s each; --n takes fewer)"
        )


def _seconds_of_an_input(most: int, some: Callable[[int], object]) -> float:
    """Time one input, then more of them together, as long as that is quick."""
    n_inputs, pace = 1, float("inf")
    while n_inputs <= most:
        started = time.perf_counter()
        some(n_inputs)
        taken = time.perf_counter() - started
        pace = min(pace, taken / n_inputs)
        if taken * _STEP > _WORTH_TIMING:
            break
        n_inputs *= _STEP
    return pace
