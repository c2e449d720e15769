"""When the compiled loop takes over: where numba is installed, and there is enough to draw."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from rmqm_spec.arrays import AnyArray
from rmqm_spec.compiled_loops import loops_or_reason

__all__ = ["compiled_fill", "why_not_compiled"]

WORTH = 40_000_000
"""Loading the loop takes as long as it saves for about so many values."""


class _Drawn:
    """How many values this process has drawn; a race between threads only delays the loop."""

    n_values = 0
    loading = threading.Lock()


def compiled_fill(out: AnyArray) -> Callable[..., None] | None:
    """
    Return the compiled loop for an array of altered inputs; None where NumPy is to do it.

    Parameters
    ----------
    out : (N, L, P) ndarray
        Where the altered inputs are to go.
    """
    _Drawn.n_values += out.size
    if _Drawn.n_values < WORTH or out.dtype != np.float32 or not out.flags.c_contiguous:
        return None
    if _loaded.cache_info().currsize:
        return _loaded()[0]
    if not _Drawn.loading.acquire(blocking=False):
        return None  # another thread loads the loop; meanwhile NumPy makes the same bits
    try:
        return _loaded()[0]
    finally:
        _Drawn.loading.release()


def why_not_compiled() -> str | None:
    """Return why there is no compiled loop; None where there is."""
    return _loaded()[1]


@cache
def _loaded() -> tuple[Callable[..., None] | None, str | None]:
    return loops_or_reason(_load, _agrees, "the loop that numba compiles has other bits than NumPy")


def _load() -> Callable[..., None]:
    from rmqm_spec.alterations.noise.compiled import fill

    return fill


def _agrees(fill: Callable[..., Any]) -> bool:
    """Hold the loop against NumPy on a small input: speed must not change a bit."""
    from rmqm_spec.alterations.noise.generator import noise_key, normal_table, standard_normal

    flat = np.linspace(0, 1, 37, dtype=np.float32)
    scale = np.array([0, 0.01, 0.5], dtype=np.float32)
    out = np.empty((2, 3, 37), dtype=np.float32)
    names = ("trial", "other")
    keys = [noise_key(0, name) for name in names]
    fill(keys, 0, normal_table(), np.stack([flat, flat]), scale, (0.0, 1.0), out)
    noise = np.stack([standard_normal(0, name, 1, 2, 37) for name in names])
    altered = np.clip(flat + noise * scale[1:, None], np.float32(0), np.float32(1))
    return bool(np.array_equal(out[:, 1:], altered) and (out[:, 0] == flat).all())
