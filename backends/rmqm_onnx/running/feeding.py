"""How a network is fed: inputs per call, calls at once, threads in each, and its other inputs."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

import numpy as np

from rmqm_onnx.choices.input_layout import InputLayout
from rmqm_onnx.reading.signature import TensorInfo
from rmqm_onnx.running.providers import Provider
from rmqm_spec.arrays import AnyArray
from rmqm_spec.processors import usable_cpus

__all__ = ["share_out", "spread", "usual_batch_size", "usual_block_size"]

_MAX_CALLERS = 8
_FEEDERS = 4
"""Calls at once where the work is elsewhere: while some wait, others make the next inputs."""

_ON_PROCESSOR = (640_000, 50)
"""Most values and inputs of a batch: inputs and activations should fit into the processor's cache.
Half of the levels of an input; larger batches gain nothing (see benchmarks)."""

_ON_DEVICE = (2**24, 100)
"""The same on a device with memory of its own: all the levels of an input."""

_VALUES_PER_BLOCK = 160_000
"""Small inputs are altered and measured by the hundred: their networks are so fast that the work
between two calls counts."""

_MAX_BLOCK = 200
"""All the levels of two inputs."""


def share_out(provider: Provider, threads: int | None) -> tuple[int, int]:
    """
    Share the processors out between calls and the threads of each.

    Several calls at once lose less than many threads in one call.

    Parameters
    ----------
    provider : Provider
        Where the model runs.
    threads : int, optional
        Number of processors to use; all that the process may use by default.

    Returns
    -------
    int, int
        Number of calls at once, and of threads within an operator.

    Examples
    --------
    >>> from rmqm_onnx.running.providers import PROVIDERS
    >>> share_out(PROVIDERS["cpu"], 16), share_out(PROVIDERS["cuda"], 16)
    ((8, 2), (4, 1))
    """
    cpus = threads or usable_cpus()
    if provider.threads_option is not None:  # it spreads a call over threads of its own
        return min(cpus, 2), cpus
    if not provider.on_processor:
        return min(cpus, _FEEDERS), 1
    callers = min(cpus, _MAX_CALLERS)
    return callers, max(1, cpus // callers)


def usual_batch_size(layout: InputLayout, provider: Provider) -> int:
    """Return the number of inputs per call that is used by default."""
    n_values = prod(layout.spec.shape)
    most_values, most = _ON_PROCESSOR if provider.on_processor else _ON_DEVICE
    return max(1, min(most, most_values // n_values))


def usual_block_size(layout: InputLayout, batch_size: int) -> int:
    """Return the number of inputs, in whole batches, that are altered and measured together."""
    n_batches = min(_VALUES_PER_BLOCK // prod(layout.spec.shape), _MAX_BLOCK) // batch_size
    return batch_size * max(1, n_batches)


def spread(feeds: Mapping[str, tuple[TensorInfo, AnyArray]], n_inputs: int) -> dict[str, AnyArray]:
    """Repeat the values along the batch, for inputs whose declared batch axis is dynamic."""
    return {
        name: np.repeat(row, n_inputs, axis=0)
        if info.dims and info.dims[0] is None and len(row) == 1
        else row
        for name, (info, row) in feeds.items()
    }
