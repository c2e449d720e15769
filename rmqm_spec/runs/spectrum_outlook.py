"""How long the Jacobians of many inputs will take, said before the work begins."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from rmqm_spec.contracts.encoder import as_differentiable, encode_checked
from rmqm_spec.contracts.listener import Listener
from rmqm_spec.runs.durations import duration_in_words
from rmqm_spec.runs.ranged import for_inputs

if TYPE_CHECKING:
    from rmqm_spec.contracts.backend import ModelEncoder
    from rmqm_spec.inputs.prepared import PreparedInputs

__all__ = ["say_how_long"]

_WORTH_SAYING: Final = 10.0
"""Seconds; shorter work is done before anybody asks."""

_WORTH_TIMING: Final = 1.0
"""Seconds that a trial may take."""

_ROWS: Final = 8
_MOST_TIMED: Final = 64
_STEP: Final = 4


def say_how_long(
    name: str,
    n_inputs: int,
    some: Callable[[int], object],
    alone: ModelEncoder | None,
    inputs: PreparedInputs,
    listener: Listener,
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
    alone : ModelEncoder, optional
        An encoder without a decoder, whose Jacobian may have very many rows: a few are timed first.
    inputs : PreparedInputs
        The inputs that are timed.
    listener : Listener
        Hears the estimate.
    """
    pace = 0.0 if alone is None else _seconds_of_rows(alone, inputs)
    if pace < _WORTH_TIMING:
        some(1)  # the first call makes the graphs
        pace = _seconds_of_an_input(min(n_inputs, _MOST_TIMED), some)
    if pace * n_inputs >= _WORTH_SAYING:
        listener.note(
            f"  {name}: {n_inputs:,} inputs will take about {duration_in_words(pace * n_inputs)} "
            f"({pace:.2g} s each; --n takes fewer)"
        )


def _seconds_of_rows(encoder: ModelEncoder, inputs: PreparedInputs) -> float:
    """Time a few rows of the Jacobian at one input, and return the seconds of all rows."""
    import numpy as np

    from rmqm_spec.jacobians import pull_back

    ranged = as_differentiable(for_inputs(encoder, inputs))
    values = inputs.load(0).values[None]
    length = int(encode_checked(ranged, values).shape[1])
    n_rows = min(length, _ROWS)
    rows = np.eye(n_rows, length, dtype=np.float32)[None]
    pull_back(ranged, values, rows)  # the first call makes the graphs
    started = time.perf_counter()
    pull_back(ranged, values, rows)
    return (time.perf_counter() - started) * length / n_rows


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
