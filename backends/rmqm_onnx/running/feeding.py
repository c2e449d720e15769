"""How a network is fed: inputs per call, calls at once, threads in each, and its other inputs."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

import numpy as np

from rmqm_onnx.choices.input_layout import InputLayout
from rmqm_onnx.reading.signature import TensorInfo
from rmqm_onnx.running.providers import Provider
from rmqm_onnx.running.threads import usable_cpus
from rmqm_spec.arrays import AnyArray

__all__ = ["share_out", "spread", "usual_batch_size", "usual_block_size"]

_MAX_CALLERS = 8
_VALUES_PER_BATCH = {"cpu": 640_000, "cuda": 2**24, "tensorrt": 2**24}
"""The inputs of a batch and their activations should fit into the processor's cache."""

_MAX_BATCH = {"cpu": 50, "cuda": 100, "tensorrt": 100}
"""Half of or all the levels of an input; larger batches gain nothing (see benchmarks)."""

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
    provider : {"cpu", "cuda", "tensorrt"}
        Where the model runs.
    threads : int, optional
        Number of processors to use; all that the process may use by default.

    Returns
    -------
    int, int
        Number of calls at once, and of threads within an operator.

    Examples
    --------
    >>> share_out("cpu", 16)
    (8, 2)
    """
    cpus = threads or usable_cpus()
    if provider != "cpu":
        return min(cpus, 4), 1
    callers = min(cpus, _MAX_CALLERS)
    return callers, max(1, cpus // callers)


def usual_batch_size(layout: InputLayout, provider: Provider) -> int:
    """Return the number of inputs per call that is used by default."""
    n_values = prod(layout.spec.shape)
    return max(1, min(_MAX_BATCH[provider], _VALUES_PER_BATCH[provider] // n_values))


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
