"""Memory that is used again: fresh memory costs more than the arithmetic of a small network."""

from __future__ import annotations

import threading
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from rmqm_spec.arrays import AnyArray

__all__ = ["Scratch"]


class Scratch(threading.local):
    """
    Arrays for intermediate values, each thread its own.

    Examples
    --------
    >>> scratch = Scratch()
    >>> first = scratch.lend("differences", (2, 3))
    >>> again = scratch.lend("differences", (3, 2))
    >>> first.shape, again.shape, np.shares_memory(first, again)
    ((2, 3), (3, 2), True)
    """

    def __init__(self) -> None:
        self._memory: dict[str, AnyArray] = {}

    def lend(self, name: str, shape: tuple[int, ...], dtype: npt.DTypeLike = np.float64) -> Any:
        """
        Return an array of any content, which is the caller's until the name is lent again.

        Parameters
        ----------
        name : str
            What it is for; memory is shared by calls of one name and thread.
        shape : tuple of int
            Its shape.
        dtype : data-type
            Its type.
        """
        size, known = prod(shape), self._memory.get(name)
        if known is None or known.size < size or known.dtype != dtype:
            known = self._memory[name] = np.empty(size, dtype=dtype)
        return known[:size].reshape(shape)
