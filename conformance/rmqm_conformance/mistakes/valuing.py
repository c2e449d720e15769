"""Clause RMQM-ALT-008 once more, in parts that a known mistake replaces."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Valuing"]

Array = npt.NDArray[Any]


class Valuing:
    """From altered inputs to what a network takes."""

    def map_values(
        self, inputs: Array, scale: float, means: Array, stds: Array, dtype: str
    ) -> dict[str, Any]:
        """Return the results of `map_values`."""
        self.dtype = dtype
        shape = (-1, *[1] * (inputs.ndim - 2))
        x, mean, std = self.taken(inputs), self.each(means, inputs), self.each(stds, inputs)
        values = self.mapped(x, scale, mean.reshape(shape), std.reshape(shape))
        return {"values": self.cast(values)}

    def taken(self, inputs: Array) -> Array:
        return inputs

    def each(self, statistics: Array, inputs: Array) -> Array:
        return np.broadcast_to(statistics, inputs.shape[1])

    def mapped(self, x: Array, scale: float, mean: Array, std: Array) -> Array:
        a, b = self.rounded(scale / std), self.rounded(-mean / std)
        return x if self.nothing(a, b) else self.sum(x, a, b)

    def nothing(self, a: Array, b: Array) -> bool:
        return bool((a == 1).all() and (b == 0).all())

    def sum(self, x: Array, a: Array, b: Array) -> Array:
        return x * a + b

    def rounded(self, constant: Array) -> Array:
        return constant if self.dtype == "float64" else constant.astype(np.float32)

    def cast(self, values: Array) -> Array:
        if self.dtype == "uint8":
            values = self.clipped(self.nearest(values))
        return values.astype(self.dtype)

    def nearest(self, values: Array) -> Array:
        return np.rint(values)

    def clipped(self, values: Array) -> Array:
        return np.clip(values, 0, 255)
