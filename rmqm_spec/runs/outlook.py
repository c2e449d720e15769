"""How long the gradients of a run take: said before the work starts, from a first few of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import islice
from typing import Final, cast

import numpy as np
from attrs import frozen

from rmqm_spec.arrays import FloatArray
from rmqm_spec.contracts.encoder import (
    DifferentiableEncoder,
    as_differentiable,
    traits_of,
    vjp_checked,
)
from rmqm_spec.contracts.listener import Listener
from rmqm_spec.contracts.measure import GradientMeter, Measure, keeper, of_gradients, pullbacks
from rmqm_spec.errors import UnreadableError
from rmqm_spec.evaluation.one_thread import ONE_THREAD
from rmqm_spec.evaluation.walk import block_size
from rmqm_spec.jacobians import pull_back
from rmqm_spec.runs.durations import duration_in_words
from rmqm_spec.runs.opening import Run

__all__ = ["Outlook", "outlook_of", "say_outlooks", "seconds_per_input"]

_SECONDS_OF_TIMING: Final = 1.0
"""What takes less is timed as a whole, and twice."""

_DIRECTIONS: Final = 32
"""So many pullbacks of an input are timed."""

_LONG: Final = 60.0
"""Seconds from which ways to less work are named."""

_SMALL: Final = 16


@frozen(kw_only=True)
class Outlook:
    """
    How long gradients take.

    Parameters
    ----------
    seconds : float
        Estimated time.
    words : str
        What is to be done in that time.
    cheaper : tuple of str
        What would take less.
    """

    seconds: float
    words: str
    cheaper: tuple[str, ...]


def say_outlooks(outlooks: Sequence[Outlook | None], listener: Listener) -> None:
    """Say how long the gradients of networks take that are computed together."""
    known = [one for one in outlooks if one is not None]
    if not known:
        return
    seconds = sum(one.seconds for one in known)
    networks = f", for each of {len(known)} networks" if len(known) > 1 else ""
    taken = duration_in_words(seconds)
    listener.note(f"  the gradients take about {taken}: {known[0].words}{networks}")
    if seconds >= _LONG:
        listener.note(f"  less work: {', or '.join(known[0].cheaper)}")


def outlook_of(run: Run, *, n_known: int = 0, callers: int | None = None) -> Outlook | None:
    """
    Time a first gradient of a run, and say what all of them take; None for a run without any.

    Parameters
    ----------
    run : Run
        What is about to be computed.
    n_known : int
        Inputs that are done already.
    callers : int, optional
        Calls of the encoder at a time; by default as many as suit the encoder.
    """
    n_left, measures = len(run.prepared) - n_known, _measures(run)
    if n_left <= 0 or not (run.kind.needs_gradients or measures):
        return None
    first = _first_inputs(run)
    if first is None:
        return None
    inputs = f"{n_left:,} inputs" if n_left > 1 else "1 input"
    seconds, words, cheaper = 0.0, list[str](), ["fewer inputs (--n)"]
    if run.kind.needs_gradients:
        seconds += _seconds_of_a_path(run, first)
        words.append(f"{run.alteration.n_levels} steps of {inputs}")
        cheaper.append("fewer steps (--levels)")
    if measures:
        encoder = as_differentiable(run.graded, purpose=measures[0].name)
        n_products = _products(encoder, measures, first[:1])
        seconds += _seconds_of_measures(run, encoder, first[:1], n_products)
        words.append(f"{n_products:,} products with the Jacobian at each of {inputs}")
        cheaper += _smaller(measures, n_products)
    seconds *= n_left / (callers or run.encoder.traits.concurrency)
    return Outlook(seconds=seconds, words=" and ".join(words), cheaper=tuple(cheaper))


def seconds_per_input(run: Run) -> float:
    """Return the estimated seconds of all gradients of an input; 0 for a run without any."""
    found = outlook_of(run)
    return found.seconds / len(run.prepared) if found else 0.0


def _measures(run: Run) -> list[Measure]:
    """Return the measures with gradients, the first of those that share a meter."""
    names = of_gradients(run.measures)
    first = {keeper(one): one for one in reversed(run.measures) if one.name in names}
    return list(first.values())


def _first_inputs(run: Run) -> FloatArray | None:
    """Return the first inputs that can be read, as many as are taken together; None for none."""
    size = block_size(run.encoder, run.alteration) if run.kind.needs_gradients else 1
    found = list(islice(_readable(run), size))
    return np.stack(found) if found else None


def _readable(run: Run) -> Iterator[FloatArray]:
    for index in range(len(run.prepared)):
        with suppress(UnreadableError):
            yield run.prepared.load(index).values


def _seconds_of_a_path(run: Run, inputs: FloatArray) -> float:
    """Return the seconds of all steps of one input, from one step of a batch."""
    encoder = as_differentiable(run.graded)
    _gradient(encoder, inputs[:1])  # a first call may build what later calls use
    n_steps = int(run.alteration.n_levels) + 1
    return _seconds(lambda: _gradient(encoder, inputs), run) * n_steps / len(inputs)


def _gradient(encoder: DifferentiableEncoder, inputs: FloatArray) -> None:
    encodings, pullback = vjp_checked(encoder, inputs)
    pullback(encodings.astype(inputs.dtype, copy=False))


def _seconds_of_measures(
    run: Run, encoder: DifferentiableEncoder, one: FloatArray, n_products: int
) -> float:
    """Return the seconds of an input: from a few products, or from all where these are quick."""
    length = int(encoder.encode(one).shape[1])
    n_directions = min(_DIRECTIONS, n_products, length)
    directions = np.eye(n_directions, length, dtype=one.dtype)[None]
    _gradient(encoder, one)
    several = _seconds(lambda: pull_back(encoder, one, directions), run)
    expected = several * n_products / n_directions
    if expected > _SECONDS_OF_TIMING:
        return expected

    def differentiate() -> None:
        for measure in _measures(run):
            meter = measure.start(1, run.alteration.n_levels, ["the first input"])
            cast("GradientMeter", meter).differentiate(encoder, one)

    with ONE_THREAD:
        return _seconds(differentiate, run)


def _products(encoder: DifferentiableEncoder, measures: list[Measure], one: FloatArray) -> int:
    length = int(encoder.encode(one).shape[1])
    return sum(pullbacks(measure, length, one.size) for measure in measures)


def _smaller(measures: list[Measure], n_products: int) -> list[str]:
    """Name a smaller size of the encodings, where that is worth it."""
    if n_products <= 2 * _SMALL or any("@" in measure.name for measure in measures):
        return []
    return [f"a smaller size, such as --measure {measures[0].name}@{_SMALL}"]


def _seconds(work: Callable[[], object], run: Run) -> float:
    """
    Time a piece of work while as many callers do it as the encoder has: they share the machine.

    Quick work is done twice, and the quicker attempt counts.
    """
    callers = traits_of(run.encoder).concurrency
    times: list[float] = []
    with ThreadPoolExecutor(callers) as pool:
        while not times or (len(times) < 2 and times[0] < _SECONDS_OF_TIMING):
            started = time.perf_counter()
            for done in [pool.submit(work) for _ in range(callers)]:
                done.result()
            times.append(time.perf_counter() - started)
    return min(times)
