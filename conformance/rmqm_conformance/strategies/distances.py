"""Displacements and step lengths, whatever their source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from attrs import frozen
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from rmqm_conformance.strategies.choices import Array, randomness

__all__ = ["KINDS_OF_DISTANCES", "Distances", "distances"]

KINDS_OF_DISTANCES: Final = ("smooth", "nice", "repeated", "zeros", "resolution")
"""Anything in [0.05, 2]; multiples of 1/4; many equal neighbours; many zeros; values below, at and
above the resolution."""


@frozen
class Distances:
    """Displacements and step lengths, both (N, J), and the resolution that they are judged at."""

    displacements: Array
    step_lengths: Array
    resolution: float

    @property
    def arguments(self) -> dict[str, Any]:
        """Return the distances in the form in which operations take them."""
        return {
            "displacements": self.displacements,
            "step_lengths": self.step_lengths,
            "resolution": self.resolution,
        }

    def of(self, rows: Any) -> Distances:
        """Return those of some inputs, in the order of `rows`."""
        return Distances(self.displacements[rows], self.step_lengths[rows], self.resolution)


def distances(
    *,
    kinds: Sequence[str] = KINDS_OF_DISTANCES,
    resolutions: Sequence[float] = (1e-12, 1e-6, 1e-3),
    max_inputs: int = 4,
    max_levels: int = 8,
    min_inputs: int = 1,
    min_levels: int = 2,
) -> SearchStrategy[Distances]:
    """
    Draw distances in [0, 2] that need not come from vectors.

    Parameters
    ----------
    kinds : sequence of str
        Some of `KINDS_OF_DISTANCES`; each half of the inputs has its own kind.
    resolutions : sequence of float
        Resolutions to draw from.
    max_inputs, max_levels, min_inputs, min_levels : int
        Limits of N and J; ``authors-2022`` needs two levels.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(distances(), lambda drawn: drawn.displacements.shape == (1, 3)).resolution
    1e-12
    """
    return st.builds(
        _distances,
        st.sampled_from(kinds),
        st.sampled_from(kinds),
        st.sampled_from(resolutions),
        st.integers(min_inputs, max_inputs),
        st.integers(min_levels, max_levels),
        randomness(),
    )


def _distances(
    first: str, second: str, resolution: float, n: int, n_levels: int, seed: int
) -> Distances:
    rng = np.random.default_rng(seed)

    def make() -> Array:
        half = -(-n // 2)
        rows = [
            _of_kind(kind, (size, n_levels), resolution, rng)
            for kind, size in ((first, half), (second, n - half))
        ]
        return np.concatenate(rows)

    return Distances(make(), make(), resolution)


def _of_kind(kind: str, shape: tuple[int, int], resolution: float, rng: Any) -> Array:
    values: Array = rng.uniform(0.05, 2.0, size=shape)
    some = rng.random(shape)
    if kind == "nice":
        values = np.ceil(values * 4) / 4
    elif kind == "repeated":
        fresh = rng.random(shape[1]) < 0.6
        values = values[:, np.maximum.accumulate(np.arange(shape[1]) * fresh)]
    elif kind == "zeros":
        values = np.where(some < 0.3, 0.0, np.ceil(values * 4) / 4)
    elif kind == "resolution":
        multiples = np.array([0.0, 0.5, 0.999, 1.0, 1.001, 2.0, 40.0])
        values = np.where(some < 0.5, resolution * rng.choice(multiples, size=shape), values)
    return values
