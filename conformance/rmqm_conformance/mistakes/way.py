"""The whole way once more, in parts that a known mistake replaces."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from rmqm_conformance.mistakes.drawing import Drawing
from rmqm_conformance.mistakes.measuring import Measuring
from rmqm_conformance.mistakes.separating import Separating
from rmqm_conformance.oracle import represent

__all__ = ["Way"]

Array = npt.NDArray[Any]


class Way:
    """Alter inputs, encode them, and measure the representations."""

    drawing: type[Any] = Drawing
    separating: type[Any] = Separating
    measuring: type[Any] = Measuring

    def evaluate(
        self,
        inputs: Array,
        ids: list[str],
        low: float,
        high: float,
        network: dict[str, Any],
        n_levels: int,
        seed: int,
        variant: str,
    ) -> dict[str, Any]:
        """Return the results of `evaluate`."""
        z = self.representations(inputs, ids, low, high, network, n_levels, seed)
        found = self.distances(z, self.arithmetic(inputs))
        scored = self.measuring().characterize(variant=variant, **found)
        kept = {key: scored[key] for key in ("D", "D_RC", "P_RC", "rmqm", "status")}
        return {"n_inputs": len(z), **kept}

    def representations(
        self,
        inputs: Array,
        ids: list[str],
        low: float,
        high: float,
        network: dict[str, Any],
        n_levels: int,
        seed: int,
    ) -> Array:
        """Return the representations (N, J + 1, E)."""
        names, J = self.names(ids), self.number(n_levels)
        altered = self.drawing().white_noise(
            inputs=inputs[[ids.index(name) for name in names]],
            ids=names,
            levels=[*range(J + 1)],
            n_levels=J,
            seed=self.seed(seed),
            low=low,
            high=high,
            coupling="independent",
        )["altered"]
        return self.after(self.encoded(network, altered))

    def distances(self, z: Array, arithmetic: str) -> dict[str, Any]:
        """Return displacements, step lengths and the resolution."""
        found: dict[str, Any] = self.separating().distances(trajectories=z, arithmetic=arithmetic)
        return found

    def names(self, ids: list[str]) -> list[str]:
        return sorted(set(ids))

    def number(self, n_levels: int) -> int:
        return n_levels

    def seed(self, seed: int) -> int:
        return seed

    def arithmetic(self, inputs: Array) -> str:
        return "float64"

    def encoded(self, network: dict[str, Any], altered: Array) -> Array:
        flat = altered.reshape(-1, *altered.shape[2:])
        return self.represented(network, flat).reshape(*altered.shape[:2], -1)

    def represented(self, network: dict[str, Any], x: Array) -> Array:
        return represent(network, x)

    def after(self, z: Array) -> Array:
        return z

    def document(
        self,
        inputs: Array,
        ids: list[str],
        low: float,
        high: float,
        network: dict[str, Any],
        n_levels: int | None,
        seed: int | None,
        variant: str | None,
    ) -> dict[str, Any]:
        """Return the numbers of `document`."""
        n_levels = 99 if n_levels is None else n_levels
        found = self.evaluate(
            inputs, ids, low, high, network, n_levels, seed or 0, variant or "paper"
        )
        return {"D": found["D"], "rmqm": found["rmqm"]}
