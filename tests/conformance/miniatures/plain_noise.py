"""Chapters 2 and 3 of the specification: white noise."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

from .plain_inputs import Refused


class Setting(NamedTuple):
    """What the noise of all inputs and levels has in common."""

    n_levels: int
    seed: int
    low: float
    high: float
    coupling: str


@lru_cache
def quantile16():
    """Return T of RMQM-WN-006: the mean of each of 65536 equally probable cells."""
    q = ndtri(np.arange(1, 32769) / 65536)
    p = np.exp(-(q**2) / 2) / np.sqrt(2 * np.pi)
    inner = p[1:] * np.expm1((q[1:] - q[:-1]) * (q[1:] + q[:-1]) / 2)
    lower = (65536 * np.concatenate([[-p[0]], inner])).astype(np.float32)
    table = np.concatenate([lower, -lower[::-1]])
    table.setflags(write=False)
    return table


class Noise:
    """Capability `noise`, extension `common`."""

    couplings = ("independent", "common")

    def white_noise(self, *, inputs, ids, levels, n_levels, seed, low, high, coupling):
        setting = Setting(n_levels, seed, low, high, coupling)
        self.check_noise(inputs, ids, levels, setting)
        altered = np.empty((len(inputs), len(levels), *inputs.shape[1:]), self.type_of(inputs))
        for i, name in enumerate(self.names_for_noise(ids)):
            for place, level in enumerate(levels):
                altered[i, place] = self.at_level(inputs[i], name, level, levels, setting)
        return {"altered": altered}

    def check_noise(self, inputs, ids, levels, setting):
        self.check_bounds(setting.low, setting.high)
        self.check_altered_inputs(inputs, ids, setting.low, setting.high)
        if setting.n_levels < 1:
            raise Refused(f"J = {setting.n_levels} is less than 1")
        if setting.seed < 0:
            raise Refused(f"seed {setting.seed} is negative")
        if setting.coupling not in self.couplings:
            raise Refused(f"coupling {setting.coupling!r} is none of {self.couplings}")
        for level in levels:
            if not 0 <= level <= setting.n_levels:
                raise Refused(f"level {level} is not within 0 to J = {setting.n_levels}")

    def check_altered_inputs(self, inputs, ids, low, high):
        if len(ids) != len(inputs):
            raise Refused(f"{len(ids)} ids of {len(inputs)} inputs")
        if inputs.dtype not in {np.dtype(np.float32), np.dtype(np.float64)}:
            raise Refused(f"type {inputs.dtype} is neither float32 nor float64")
        self.within(inputs, low, high)

    def type_of(self, inputs):
        return inputs.dtype

    def names_for_noise(self, ids):
        return ids

    def at_level(self, x, name, level, levels, setting):
        if self.is_unaltered(level):
            return x
        drawn_at = self.level_of_draw(level, levels, setting)
        draw = self.draw(self.noise_text(setting.seed, name), drawn_at, x)
        scale = self.scale(level, setting, x.dtype)
        start = self.start_of_noise(x, name, level, levels, setting)
        return self.clipped_sum(start, scale, draw, setting)

    def is_unaltered(self, level):
        return level == 0

    def level_of_draw(self, level, levels, setting):
        return 1 if setting.coupling == "common" else level

    def draw(self, text, level, x):
        lanes = self.lanes_at(text, level, x.size)
        return self.normal_values(lanes).astype(x.dtype).reshape(x.shape)

    def lanes_at(self, text, level, size):
        counter = self.counter_of_level(level, size)
        return self.lanes(self.words(self.key(text), counter, self.blocks(size)))[:size]

    def noise_text(self, seed, name):
        return f"rmqm-white-noise/1\n{seed}\n{name}"

    def key(self, text):
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "little")

    def blocks(self, size):
        return -(-size // 16)

    def counter_of_level(self, level, size):
        return level * self.blocks(size)

    def words(self, key, counter, blocks):
        return np.random.Philox(key=key, counter=(counter - 1) % 2**256).random_raw(4 * blocks)

    def lanes(self, words):
        return words.astype("<u8").view("<u2")

    def normal_values(self, lanes):
        return quantile16()[lanes]

    def epsilon(self, level, n_levels):
        return level / n_levels

    def width(self, low, high):
        return high - low

    def scale(self, level, setting, dtype):
        epsilon = self.epsilon(level, setting.n_levels)
        return dtype.type(epsilon * self.width(setting.low, setting.high))

    def start_of_noise(self, x, name, level, levels, setting):
        return x

    def clipped_sum(self, x, scale, draw, setting):
        return self.clip(self.add_noise(x, scale, draw), setting.low, setting.high)

    def add_noise(self, x, scale, draw):
        return x + scale * draw

    def clip(self, values, low, high):
        return np.clip(values, values.dtype.type(low), values.dtype.type(high))
