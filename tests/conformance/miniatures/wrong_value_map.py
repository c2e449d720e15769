"""Mistakes in the value map: clause RMQM-ALT-008 of the specification."""

from __future__ import annotations

import numpy as np

from .plain import Plain
from .plain_inputs import Refused


class SubtractsThenDivides(Plain):
    """Computes (scale x - mean) / std in the order in which it is written."""

    breaks = "RMQM-ALT-008"

    def mapped(self, x, scale, mean, std, dtype):
        kind = x.dtype.type
        return (x * kind(scale) - mean.astype(kind)) / std.astype(kind)


class MapsInDouble(Plain):
    """Keeps factor, product and sum in float64 and rounds once, at the end."""

    breaks = "RMQM-ALT-008"

    def rounded(self, constant, dtype):
        return constant


class RoundsConstantsFirst(Plain):
    """Rounds mean and std to float32 before the division."""

    breaks = "RMQM-ALT-008"

    def mapped(self, x, scale, mean, std, dtype):
        return super().mapped(x, np.float32(scale), mean.astype("<f4"), std.astype("<f4"), dtype)


class FusesProductAndOffset(Plain):
    """Rounds product and sum once, as a fused multiply-add does."""

    breaks = "RMQM-ALT-008"

    def mapped(self, x, scale, mean, std, dtype):
        a, b = self.rounded(scale / std, dtype), self.rounded(-mean / std, dtype)
        wide = x.astype(np.float64) * a.astype(np.float64) + b.astype(np.float64)
        return wide.astype(np.result_type(x, a))


class ScalesTheMean(Plain):
    """Takes the mean in units before the scale."""

    breaks = "RMQM-ALT-008"

    def mapped(self, x, scale, mean, std, dtype):
        return super().mapped(x, scale, scale * mean, std, dtype)


class ForgetsTheScale(Plain):
    """Leaves out the scale, which is 1 in most examples."""

    breaks = "RMQM-ALT-008"

    def mapped(self, x, scale, mean, std, dtype):
        return super().mapped(x, 1.0, mean, std, dtype)


class ReversesStatistics(Plain):
    """Applies the statistics in the order blue, green, red."""

    breaks = "RMQM-ALT-008"

    def mapped(self, x, scale, mean, std, dtype):
        return super().mapped(x, scale, mean[::-1], std[::-1], dtype)


class TakesTheFirstStatistics(Plain):
    """Applies mean and std of the first channel to all."""

    breaks = "RMQM-ALT-008"

    def mapped(self, x, scale, mean, std, dtype):
        return super().mapped(x, scale, mean[:1], std[:1], dtype)


class RoundsFactorsOfDoubles(Plain):
    """Rounds the constants to float32 for a network of float64, too."""

    breaks = "RMQM-ALT-008"

    def rounded(self, constant, dtype):
        return constant.astype(np.float32)


class NarrowsInputsFirst(Plain):
    """Rounds inputs of float64 to float32 before the product."""

    breaks = "RMQM-ALT-008"

    def mapped(self, x, scale, mean, std, dtype):
        return super().mapped(x if dtype == "float64" else x.astype("<f4"), scale, mean, std, dtype)


class CutsBytes(Plain):
    """Cuts values off at the integer below, as a cast does."""

    breaks = "RMQM-ALT-008"

    def nearest(self, values):
        return np.trunc(values)


class RoundsHalvesUp(Plain):
    """Rounds 0.5 and 2.5 up, as schools teach."""

    breaks = "RMQM-ALT-008"

    def nearest(self, values):
        return np.floor(values + 0.5)


class WrapsBytes(Plain):
    """Lets values beyond 255 begin again at 0."""

    breaks = "RMQM-ALT-008"

    def clipped(self, values):
        return values % 256


class ComputesInHalf(Plain):
    """Does product and sum in the type of a network of half precision."""

    breaks = "RMQM-ALT-008"

    def rounded(self, constant, dtype):
        return super().rounded(constant, dtype).astype("<f2" if dtype == "float16" else None)

    def mapped(self, x, scale, mean, std, dtype):
        return super().mapped(x.astype("<f2") if dtype == "float16" else x, scale, mean, std, dtype)


class CutsHalves(Plain):
    """Rounds to half precision towards zero, by dropping bits."""

    breaks = "RMQM-ALT-008"

    def to_type(self, values, dtype):
        rounded = super().to_type(values, dtype)
        if dtype != "float16":
            return rounded
        beyond = np.abs(rounded.astype(np.float64)) > np.abs(values)
        return np.where(beyond, np.nextafter(rounded, np.float16(0)), rounded)


class AddsZero(Plain):
    """Applies the identity too: -0.0 becomes 0.0."""

    breaks = "RMQM-ALT-008"

    def mapped(self, x, scale, mean, std, dtype):
        a, b = self.rounded(scale / std, dtype), self.rounded((0.0 - mean) / std, dtype)
        return x * a + b


class DividesByZero(Plain):
    """Takes a deviation of zero, and gives infinities."""

    breaks = "RMQM-ALT-008"

    def map_values(self, *, inputs, scale, means, stds, dtype):
        try:
            return super().map_values(
                inputs=inputs, scale=scale, means=means, stds=stds, dtype=dtype
            )
        except Refused:
            return {"values": np.full(inputs.shape, np.inf).astype(dtype)}
