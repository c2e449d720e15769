"""Clause RMQM-ALT-008 of the specification: from altered inputs to what a network takes."""

from __future__ import annotations

import numpy as np

from .plain_inputs import Refused


class ValueMap:
    """Capability `value-map`."""

    def map_values(self, *, inputs, scale, means, stds, dtype):
        if not (stds > 0).all():
            raise Refused(f"standard deviations must be above zero; got {stds}")
        if not {means.size, stds.size} <= {1, inputs.shape[1]}:
            raise Refused(f"{means.size} means and {stds.size} deviations do not fit the channels")
        shape = (-1, *[1] * (inputs.ndim - 2))
        mean, std = means.reshape(shape), stds.reshape(shape)
        return {"values": self.to_type(self.mapped(inputs, scale, mean, std, dtype), dtype)}

    def mapped(self, x, scale, mean, std, dtype):
        a, b = self.rounded(scale / std, dtype), self.rounded(-mean / std, dtype)
        return x if (a == 1).all() and (b == 0).all() else x * a + b

    def rounded(self, constant, dtype):
        return constant if dtype == "float64" else constant.astype(np.float32)

    def to_type(self, values, dtype):
        if dtype == "uint8":
            values = self.clipped(self.nearest(values))
        return values.astype(dtype)

    def nearest(self, values):
        return np.rint(values)

    def clipped(self, values):
        return np.clip(values, 0, 255)
