"""Chapter 7 once more, in parts that a known mistake replaces."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from rmqm_conformance.oracle import RESOLUTION

__all__ = ["Separating"]

Array = npt.NDArray[Any]


class Separating:
    """Displacements and step lengths of representations (N, J + 1, E)."""

    def distances(self, trajectories: Array, arithmetic: str) -> dict[str, Any]:
        """Return the results of `distances`."""
        z = self.read(np.asarray(trajectories))
        if z.ndim != 3 or z.shape[1] < 2 or not z.size or not self.usable(z):
            raise ValueError("no distances")
        phi = self.unit(z)
        return {
            "displacements": self.displacements(phi),
            "step_lengths": self.steps(phi),
            "resolution": self.resolution(arithmetic, trajectories),
        }

    def read(self, trajectories: Array) -> Array:
        return trajectories.astype(np.float64)

    def usable(self, z: Array) -> bool:
        return bool(np.isfinite(z).all() and (z != 0).any(-1).all())

    def unit(self, z: Array) -> Array:
        scaled = z / np.abs(z).max(-1, keepdims=True)
        return np.asarray(scaled / np.linalg.norm(scaled, axis=-1, keepdims=True))

    def displacements(self, phi: Array) -> Array:
        return self.distance(phi[:, :1], phi[:, 1:])

    def steps(self, phi: Array) -> Array:
        return self.distance(phi[:, :-1], phi[:, 1:])

    def distance(self, a: Array, b: Array) -> Array:
        return np.asarray(np.linalg.norm(b - a, axis=-1))

    def resolution(self, arithmetic: str, trajectories: Array) -> float:
        return RESOLUTION[arithmetic]
