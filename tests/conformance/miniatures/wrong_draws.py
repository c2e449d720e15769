"""Own generators of noise whose values are not normal, or not independent of their neighbours."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from .own_generator import OwnGenerator


class _Wrong(OwnGenerator):
    """An own generator with one mistake."""

    breaks = "RMQM-WN-010"

    def values(self, seed, name, level, x):
        return self.changed(super().values(seed, name, level, x), self.rng((seed, level, name, 1)))

    def changed(self, values, rng):
        raise NotImplementedError


class DrawsOnePercentTooMuch(_Wrong):
    """Draws with a standard deviation of 1.01."""

    def changed(self, values, rng):
        return 1.01 * values


class DrawsOnePercentTooLittle(_Wrong):
    """Draws with a standard deviation of 0.99."""

    def changed(self, values, rng):
        return 0.99 * values


class VarianceOnePercentTooLarge(_Wrong):
    """Draws with a variance of 1.01."""

    def changed(self, values, rng):
        return np.sqrt(1.01) * values


class MeanOfOnePercent(_Wrong):
    """Draws with a mean of 0.01."""

    def changed(self, values, rng):
        return values + 0.01


class AddsTwelveUniforms(_Wrong):
    """Adds twelve uniform numbers and subtracts six."""

    def changed(self, values, rng):
        return rng.random((12, values.size)).sum(axis=0) - 6


class AddsFortyEightUniforms(_Wrong):
    """Adds forty-eight uniform numbers, halved and centred."""

    def changed(self, values, rng):
        return (rng.random((48, values.size)).sum(axis=0) - 24) / 2


class _Cut(_Wrong):
    """Sets values beyond a limit to the limit."""

    limit = 0.0

    def changed(self, values, rng):
        return np.clip(values, -self.limit, self.limit)


class CutsAtThree(_Cut):
    """Cuts at 3 deviations."""

    limit = 3.0


class CutsAtThreeAndAHalf(_Cut):
    """Cuts at 3.5 deviations."""

    limit = 3.5


class CutsAtFour(_Cut):
    """Cuts at 4 deviations."""

    limit = 4.0


class DrawsAgainBeyondFour(_Wrong):
    """Draws a value anew if it is beyond 4 deviations (a truncated normal distribution)."""

    def changed(self, values, rng):
        return np.where(np.abs(values) > 4, rng.uniform(-1, 1, values.size), values)


class CentresEveryInput(_Wrong):
    """Subtracts the mean of an input's draws."""

    def changed(self, values, rng):
        return values - values.mean()


class ScalesEveryInput(_Wrong):
    """Divides an input's draws by their root mean square."""

    def changed(self, values, rng):
        return values / np.sqrt((values**2).mean())


class StandardisesLongInputs(_Wrong):
    """Centres and scales inputs of a hundred values and more."""

    def changed(self, values, rng):
        return (values - values.mean()) / values.std() if values.size >= 100 else values


class PermutesQuantiles(_Wrong):
    """Draws once in each of as many equally probable cells as there are values."""

    def changed(self, values, rng):
        return ndtri((rng.permutation(values.size) + rng.random(values.size)) / values.size)


class PermutesQuantilesOfBlocks(_Wrong):
    """Draws once in each of sixteen cells for every sixteen values."""

    def changed(self, values, rng):
        cells = np.argsort(rng.random((-(-values.size // 16), 16)), axis=1).ravel()[: values.size]
        return ndtri((cells + rng.random(values.size)) / 16)


class DrawsFromTheGoldenRatio(_Wrong):
    """Steps by the golden ratio from a random start (low discrepancy)."""

    def changed(self, values, rng):
        u = (rng.random() + np.arange(values.size) * 0.6180339887498949) % 1.0
        return ndtri(np.clip(u, 1e-12, 1 - 1e-12))


class HasEightBits(_Wrong):
    """Takes the quantile of a byte."""

    def changed(self, values, rng):
        return ndtri((rng.integers(0, 256, values.size) + 0.5) / 256)


class HasTwelveBits(_Wrong):
    """Takes the quantile of twelve bits."""

    def changed(self, values, rng):
        return ndtri((rng.integers(0, 4096, values.size) + 0.5) / 4096)


class RoundsToFloat16(_Wrong):
    """Holds draws in float16."""

    def changed(self, values, rng):
        return values.astype(np.float16).astype(float)


class RoundsToThreeDecimals(_Wrong):
    """Writes draws with three decimals."""

    def changed(self, values, rng):
        return np.round(values, 3)


class TakesTheQuantileOfZero(_Wrong):
    """Takes the quantile of sixteen bits divided by 65536, whose least is minus infinity."""

    def changed(self, values, rng):
        return ndtri(rng.integers(0, 65536, values.size) / 65536)


class StartsWithZero(_Wrong):
    """Leaves the first value of an input unaltered."""

    def changed(self, values, rng):
        return np.concatenate([[0.0], values[1:]])


class EndsOddInputsWithZero(_Wrong):
    """Draws in pairs and leaves the last value of an odd number unaltered."""

    def changed(self, values, rng):
        return np.concatenate([values[:-1], [0.0]]) if values.size % 2 else values


class SmoothsNeighbours(_Wrong):
    """Adds a tenth of the draw before."""

    def changed(self, values, rng):
        return (values + 0.1 * np.roll(values, 1)) / np.sqrt(1.01)


class RepelsTheRowBelow(_Wrong):
    """Subtracts a fifth of the draw in the row above, in images."""

    def values(self, seed, name, level, x):
        values = self.fresh((seed, name, level), x.size).reshape(x.shape)
        if x.ndim < 2 or x.shape[-2] < 2:
            return values
        return (values - 0.2 * np.roll(values, 1, axis=-2)) / np.sqrt(1.04)


class GathersLargeValues(_Wrong):
    """Draws with a strength that wanders along the input."""

    def changed(self, values, rng):
        strength = np.exp(0.2 * np.sin(np.arange(values.size) / 5))
        return values * strength / np.sqrt(np.mean(strength**2))


class PairsOnACircle(_Wrong):
    """Draws pairs (cos, sin) of one angle, stretched alike."""

    def changed(self, values, rng):
        half = -(-values.size // 2)
        radius = np.sqrt(-2 * np.log(rng.random(half)))
        angle = 2 * np.pi * rng.integers(0, 64, half) / 64
        return np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1).ravel()[: values.size]


class DrawsFromTheLogisticDistribution(_Wrong):
    """Draws logistic values of variance 1."""

    def changed(self, values, rng):
        return rng.logistic(0, np.sqrt(3) / np.pi, values.size)


class DrawsFromStudent(_Wrong):
    """Draws from Student's distribution of 100 degrees of freedom, scaled to variance 1."""

    def changed(self, values, rng):
        return rng.standard_t(100, values.size) * np.sqrt(98 / 100)


class GrowsAlongTheInput(_Wrong):
    """Draws a little less at the start of an input and a little more at its end."""

    def changed(self, values, rng):
        return values * np.linspace(0.95, 1.05, values.size)


class TakesARoughQuantile(_Wrong):
    """Takes the quantile from a table of 33 places, with straight lines between them."""

    def changed(self, values, rng):
        places = np.concatenate([[1e-6], np.arange(1, 32) / 32, [1 - 1e-6]])
        return np.interp(rng.random(values.size), places, ndtri(places))


class _Congruential(_Wrong):
    """Starts a linear congruential generator with seed, level and length of the id."""

    def values(self, seed, name, level, x):
        state = 1000 * seed + level + 7 * sum(map(ord, name))
        u = []
        for _ in range(x.size):
            state = (1103515245 * state + 12345) % 2**31
            u.append((state + 0.5) / 2**31)
        return ndtri(u)


class DrawsFromTheCLibrary(_Congruential):
    """Draws from the congruential generator of old C libraries."""


class RotatesSkewness(_Wrong):
    """Draws a little more above zero than below: the mean of squares is kept."""

    def changed(self, values, rng):
        skewed = values + 0.02 * (values**2 - 1)
        return skewed / np.sqrt(1 + 2 * 0.02**2)
