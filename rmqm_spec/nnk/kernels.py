"""How similar two rows are: kernels with values from 0 to 1, and 1 for equal rows."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from attrs import frozen

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.neighbours import of_order_one

__all__ = ["Cosine", "Gaussian", "Kernel"]


class Kernel(Protocol):
    """What the solver asks of a kernel."""

    def prepare(self, queries: AnyArray, gallery: AnyArray) -> tuple[Float64Array, Float64Array]:
        """Return the rows among which the nearest have the largest kernel values."""
        ...

    def values(self, queries: Float64Array, candidates: Float64Array) -> Float64Array:
        """Return the kernel (B, n, n) of queries (B, E) and candidates (B, n - 1, E)."""
        ...


@frozen
class Cosine:
    """The kernel 1/2 + 1/2 cos(x, y)."""

    def prepare(self, queries: AnyArray, gallery: AnyArray) -> tuple[Float64Array, Float64Array]:
        """Return unit rows."""
        unit = _unit(gallery)
        return (unit if queries is gallery else _unit(queries)), unit

    def values(self, queries: Float64Array, candidates: Float64Array) -> Float64Array:
        """Return the kernel of each query and its candidates."""
        rows = np.concatenate([queries[:, None], candidates], axis=1)
        return 0.5 + 0.5 * rows @ rows.swapaxes(1, 2)


@frozen
class Gaussian:
    """The kernel exp(-|x - y|^2 / (2 sigma^2))."""

    bandwidth: float

    def prepare(self, queries: AnyArray, gallery: AnyArray) -> tuple[Float64Array, Float64Array]:
        """Return the rows as they are, in float64."""
        rows = np.asarray(gallery, dtype=np.float64)
        return (rows if queries is gallery else np.asarray(queries, dtype=np.float64)), rows

    def values(self, queries: Float64Array, candidates: Float64Array) -> Float64Array:
        """Return the kernel of each query and its candidates."""
        rows = np.concatenate([queries[:, None], candidates], axis=1)
        difference = rows[:, :, None] - rows[:, None]
        squares = np.einsum("bije,bije->bij", difference, difference)
        return np.asarray(np.exp(-squares / (2 * self.bandwidth**2)))


def _unit(rows: AnyArray) -> Float64Array:
    rows = of_order_one(rows)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True))
