"""
When the compiled loops are used: where numba is installed, for calls with enough queries.

They round otherwise than NumPy, so a call alone decides, by its number of queries: the same call
gives the same bits, whatever the process has solved before and whatever other threads solve.
"""

from __future__ import annotations

import threading
from functools import cache
from types import ModuleType

import numpy as np

from rmqm_spec.arrays import Float64Array
from rmqm_spec.compiled_loops import loops_or_reason
from rmqm_spec.nnk.active_set import weights_of_query

__all__ = ["loops", "loops_if_installed", "why_not_compiled"]

WORTH = 2_000
"""Loading the loops takes as long as they save for about so many queries."""

_LOADING = threading.Lock()


def loops(n_queries: int) -> ModuleType | None:
    """
    Return the module of compiled loops for a call; None if NumPy is to do the work.

    Parameters
    ----------
    n_queries : int
        Number of queries of the whole call.
    """
    return None if n_queries < WORTH else loops_if_installed()


def loops_if_installed() -> ModuleType | None:
    """Return the module of compiled loops; None where there is none."""
    with _LOADING:
        return _loaded()[0]


def why_not_compiled() -> str | None:
    """Return why there are no compiled loops; None where there are."""
    return _loaded()[1]


@cache
def _loaded() -> tuple[ModuleType | None, str | None]:
    difference = "the loops that numba compiles find other neighbours than NumPy"
    return loops_or_reason(_load, _agrees, difference)


def _load() -> ModuleType:
    from rmqm_spec.nnk import compiled

    return compiled


def _agrees(compiled: ModuleType) -> bool:
    """Hold the loops against NumPy on a small example with a singular kernel."""
    rows = np.cos(np.arange(24.0).reshape(8, 3) ** 2)
    indices = np.arange(1, 8)[None]
    products = compiled.inner_products(rows[:1], rows, indices, is_centred=False)
    if not np.allclose(products[0], rows @ rows.T, rtol=0, atol=1e-12):
        return False
    lengths = np.sqrt(np.diagonal(products[0]))
    values = 0.5 + 0.5 * products / np.outer(lengths, lengths)
    found, expected = compiled.weights_of_queries(values)[0], weights_of_query(values[0])
    return _same(found, expected)


def _same(found: Float64Array, expected: Float64Array) -> bool:
    return bool(
        np.array_equal(found > 0, expected > 0) and np.allclose(found, expected, rtol=0, atol=1e-9)
    )
