"""Chapters 2 and 3 once more, in parts that a known mistake replaces."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt

from rmqm_conformance.oracle import quantile16

__all__ = ["Drawing"]

Array = npt.NDArray[Any]


class Drawing:
    """White noise of inputs (N, *S) at some levels."""

    def white_noise(
        self,
        inputs: Array,
        ids: list[str],
        levels: list[int],
        n_levels: int,
        seed: int,
        low: float,
        high: float,
        coupling: str,
    ) -> dict[str, Any]:
        """Return the results of `white_noise`."""
        self.inputs, self.ids, self.levels = inputs, self.names(ids), self.order(levels)
        self.n_levels, self.seed, self.low, self.high = n_levels, seed, low, high
        self.common = self.coupled(coupling)
        rows = [[self.altered(i, k) for k in range(len(levels))] for i in range(len(ids))]
        return {"altered": self.given(np.array(rows))}

    def names(self, ids: list[str]) -> list[str]:
        return ids

    def order(self, levels: list[int]) -> list[int]:
        return levels

    def coupled(self, coupling: str) -> bool:
        return coupling == "common"

    def given(self, altered: Array) -> Array:
        return altered

    def altered(self, i: int, k: int) -> Array:
        """Return input `i` at the level in place `k`."""
        x, level = self.inputs[i], self.levels[k]
        if self.is_unaltered(level):
            return x
        scale = x.dtype.type(self.spread(level))
        return self.sum(self.begin(i, k), scale, self.values(i, k, x).astype(x.dtype))

    def is_unaltered(self, level: int) -> bool:
        return level == 0

    def begin(self, i: int, k: int) -> Array:
        return np.asarray(self.inputs[i])

    def spread(self, level: int) -> float:
        return float(self.epsilon(level) * self.width())

    def epsilon(self, level: int) -> float:
        return level / self.n_levels

    def width(self) -> float:
        return self.high - self.low

    def sum(self, x: Array, scale: Any, noise: Array) -> Array:
        return self.clipped(x + scale * noise)

    def clipped(self, values: Array) -> Array:
        type_ = values.dtype.type
        return np.asarray(np.clip(values, type_(self.low), type_(self.high)))

    # The draw

    def values(self, i: int, k: int, x: Array) -> Array:
        return self.shaped(self.normal(self.lanes(i, k, x.size)), x)

    def shaped(self, noise: Array, x: Array) -> Array:
        return noise.reshape(x.shape)

    def normal(self, lanes: Array) -> Array:
        return np.asarray(quantile16()[lanes])

    def lanes(self, i: int, k: int, size: int) -> Array:
        counter = self.counter(self.level_of_draw(k), size)
        return self.split(self.words(self.key(self.text(i)), counter, self.blocks(size)))[:size]

    def level_of_draw(self, k: int) -> int:
        return 1 if self.common else self.levels[k]

    def text(self, i: int) -> str:
        return f"rmqm-white-noise/1\n{self.seed}\n{self.ids[i]}"

    def key(self, text: str) -> int:
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "little")

    def blocks(self, size: int) -> int:
        return -(-size // 16)

    def counter(self, level: int, size: int) -> int:
        return level * self.blocks(size)

    def words(self, key: int, counter: int, blocks: int) -> Array:
        generator = np.random.Philox(key=key, counter=(counter - 1) % 2**256)
        return np.asarray(generator.random_raw(4 * blocks))

    def split(self, words: Array) -> Array:
        return words.astype("<u8").view("<u2")
