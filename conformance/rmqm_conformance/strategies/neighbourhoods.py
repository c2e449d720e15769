"""Points among which neighbourhoods are looked for, and the kernel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from attrs import evolve, frozen
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from rmqm_conformance.strategies.choices import Array, randomness

__all__ = ["KINDS_OF_POINTS", "Neighbourhood", "neighbourhoods"]

KINDS_OF_POINTS: Final = ("spread", "near", "lattice")
"""Normal; around a common centre; small integers, with copies, opposites and equal distances."""


@frozen(kw_only=True)
class Neighbourhood:
    """What is asked of `nnk_neighbourhoods`."""

    queries: Array
    gallery: Array
    own: list[int] | None
    k: int
    kernel: str
    bandwidth: float | None

    @property
    def arguments(self) -> dict[str, Any]:
        """Return all of it in the form in which operations take it."""
        return {
            "queries": self.queries,
            "gallery": self.gallery,
            "own": self.own,
            "k": self.k,
            "kernel": self.kernel,
            "bandwidth": self.bandwidth,
        }

    def moved(self, move: Any, bandwidth: float | None = None) -> Neighbourhood:
        """Return the same with other points, and another bandwidth if one is given."""
        queries, gallery = move(self.queries), move(self.gallery)
        width = self.bandwidth if bandwidth is None else bandwidth
        return evolve(self, queries=queries, gallery=gallery, bandwidth=width)


def neighbourhoods(
    *,
    kinds: Sequence[str] = KINDS_OF_POINTS,
    kernels: Sequence[str] = ("cosine", "gaussian"),
    max_points: int = 8,
    max_values: int = 5,
) -> SearchStrategy[Neighbourhood]:
    """
    Draw queries and a gallery of float64; half of the time the queries are points of the gallery.

    Parameters
    ----------
    kinds : sequence of str
        Some of `KINDS_OF_POINTS`.
    kernels : sequence of str
        One or both of cosine and gaussian.
    max_points : int
        Points of a gallery at most, at least 3.
    max_values : int
        Values of a point at most, at least 2.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(neighbourhoods(), lambda drawn: drawn.kernel == "gaussian").queries.shape
    (1, 2)
    """

    def make(
        draw: int, kind: str, kernel: str, sizes: tuple[int, int, int], k: int, members: bool
    ) -> Neighbourhood:
        n_queries, n_points, n_values = sizes
        rng = np.random.default_rng(draw)
        points = _points(rng, kind, (n_queries + n_points, n_values))
        queries, gallery = points[:n_queries], points[n_queries:]
        own = None
        if members:
            own = [int(i) for i in rng.choice(n_points, n_queries)]
            queries = gallery[own]
        return Neighbourhood(
            queries=queries,
            gallery=gallery,
            own=own,
            k=min(k, n_points - members),
            kernel=kernel,
            bandwidth=float(rng.uniform(0.4, 2.0)) if kernel == "gaussian" else None,
        )

    sizes = st.tuples(st.integers(1, 3), st.integers(3, max_points), st.integers(2, max_values))
    return st.builds(
        make,
        randomness(),
        st.sampled_from(kinds),
        st.sampled_from(kernels),
        sizes,
        st.integers(1, max_points),
        st.booleans(),
    )


def _points(rng: np.random.Generator, kind: str, shape: tuple[int, int]) -> Array:
    """Return points none of which is the origin."""
    if kind == "lattice":
        points = rng.integers(-2, 3, shape).astype(np.float64)
        points[~points.any(axis=1), 0] = 1.0
        return points
    points = rng.normal(size=shape)
    return points if kind == "spread" else rng.normal(size=shape[1]) + 0.4 * points
