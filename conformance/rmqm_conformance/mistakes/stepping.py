"""Chapter 4 once more, in parts that a known mistake replaces."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from rmqm_conformance.mistakes.drawing import Drawing
from rmqm_conformance.oracle import represent

__all__ = ["Stepping"]

Array = npt.NDArray[Any]


class Stepping:
    """Steps and paths of PGD."""

    default = 2 / 255
    drawing: type[Any] = Drawing

    def pgd_step(
        self,
        inputs: Array,
        gradient: Array,
        ids: list[str],
        level: int,
        alpha: float | None,
        low: float,
        high: float,
    ) -> dict[str, Any]:
        """Return the results of `pgd_step`."""
        self.low, self.high, self.alpha = low, high, self.size(alpha)
        return {"stepped": self.given(self.clipped(self.moved(inputs, self.signs(gradient))))}

    def size(self, alpha: float | None) -> float:
        return self.default if alpha is None else alpha

    def signs(self, gradient: Array) -> Array:
        return np.sign(gradient)

    def moved(self, x: Array, signs: Array) -> Array:
        return x + self.scale(x.dtype) * self.directed(signs).astype(x.dtype)

    def directed(self, signs: Array) -> Array:
        return signs

    def scale(self, dtype: Any) -> Any:
        return dtype.type(self.alpha * self.width())

    def width(self) -> float:
        return self.high - self.low

    def clipped(self, values: Array) -> Array:
        type_ = values.dtype.type
        return np.asarray(np.clip(values, type_(self.low), type_(self.high)))

    def given(self, stepped: Array) -> Array:
        return stepped

    def pgd_path(
        self,
        inputs: Array,
        ids: list[str],
        network: dict[str, Any],
        n_levels: int | None,
        alpha: float | None,
        seed: int,
        low: float,
        high: float,
        variant: str,
    ) -> dict[str, Any]:
        """Return the results of `pgd_path`."""
        self.low, self.high, self.alpha = low, high, self.size(alpha)
        self.ids, self.seed, self.network, self.x = ids, seed, network, inputs
        start = self.start()
        levels, at = [inputs], inputs
        for level in range(1, self.number(n_levels, variant) + 1):
            gradient = self.gradient(self.point(level, levels, start))
            moved = self.moved(self.begin(level, at, start), self.signs(gradient))
            levels.append(self.projected(self.clipped(moved)))
            at = self.carried(moved, levels[-1])
        return {"altered": self.given(np.stack(self.listed(levels, start), axis=1))}

    def number(self, n_levels: int | None, variant: str) -> int:
        return self.defaults()[variant] if n_levels is None else n_levels

    def defaults(self) -> dict[str, int]:
        return {"paper": 30, "authors-2022": 29}

    def start(self) -> Array:
        drawn = [self.drawn(i) for i in range(len(self.ids))]
        away = self.away(np.array(drawn)).astype(self.x.dtype).reshape(self.x.shape)
        return self.clipped_start(self.x + self.scale(self.x.dtype) * away)

    def drawn(self, i: int) -> Array:
        return self.drawn_at(1, i)

    def drawn_at(self, level: int, i: int) -> Array:
        generator, size = self.drawing(), self.x[0].size
        words = generator.words(
            generator.key(self.text(i)), generator.counter(level, size), generator.blocks(size)
        )
        return np.asarray(generator.split(words)[:size].astype(float))

    def text(self, i: int) -> str:
        return f"rmqm-pgd-start/1\n{self.seed}\n{self.ids[i]}"

    def away(self, drawn: Array) -> Array:
        return (2 * drawn - 65535) / 65536

    def clipped_start(self, values: Array) -> Array:
        return self.clipped(values)

    def point(self, level: int, levels: list[Array], start: Array) -> Array:
        return start if level == 1 else levels[-1]

    def begin(self, level: int, at: Array, start: Array) -> Array:
        return at

    def projected(self, x: Array) -> Array:
        return x

    def carried(self, moved: Array, clipped: Array) -> Array:
        return clipped

    def listed(self, levels: list[Array], start: Array) -> list[Array]:
        return levels

    def gradient(self, at: Array) -> Array:
        z, reference = (represent(self.network, values) for values in (at, self.x))
        length = np.linalg.norm(z, axis=1, keepdims=True)
        phi = z / length
        origin = reference / np.linalg.norm(reference, axis=1, keepdims=True)
        cotangent = 2 / length * ((phi * origin).sum(axis=1, keepdims=True) * phi - origin)
        if self.network["activation"] == "tanh":
            cotangent = cotangent * (1 - z**2)
        return np.asarray((cotangent @ self.network["weight"] * self.slope()).reshape(at.shape))

    def slope(self) -> float:
        return float(self.network["scale"] / self.network["std"])
