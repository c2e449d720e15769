"""Representations along the levels of an alteration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from rmqm_conformance.strategies.choices import Array, randomness

__all__ = ["KINDS_OF_TRAJECTORIES", "trajectories"]

KINDS_OF_TRAJECTORIES: Final = ("free", "axes", "walk", "near", "repeated", "scaled")
"""Independent levels; small whole numbers; a walk; levels that hardly differ; levels that return or
stay; and vectors of norms from 1e-200 to 1e200 (1e-30 to 1e30 in float32)."""


def trajectories(
    *,
    kinds: Sequence[str] = KINDS_OF_TRAJECTORIES,
    dtypes: Sequence[str] = ("<f8", "<f4"),
    max_inputs: int = 3,
    max_levels: int = 6,
    max_dimensions: int = 6,
    min_inputs: int = 1,
    min_dimensions: int = 2,
) -> SearchStrategy[Array]:
    """
    Draw representations (N, J + 1, E), level 0 first, with norms above zero.

    Parameters
    ----------
    kinds : sequence of str
        Some of `KINDS_OF_TRAJECTORIES`.
    dtypes : sequence of str
        Floating types.
    max_inputs, max_levels, max_dimensions, min_inputs, min_dimensions : int
        Limits of N, J and E.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(trajectories(), lambda z: z.shape == (2, 4, 3)).dtype
    dtype('float64')
    """
    return st.builds(
        _trajectories,
        st.sampled_from(kinds),
        st.sampled_from(dtypes),
        st.integers(min_inputs, max_inputs),
        st.integers(1, max_levels),
        st.integers(min_dimensions, max_dimensions),
        randomness(),
    )


def _trajectories(kind: str, dtype: str, n: int, n_levels: int, length: int, seed: int) -> Array:
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(n, n_levels + 1, length))
    if kind == "axes":
        z = rng.integers(-2, 3, size=z.shape).astype(float)
        z[(z == 0).all(-1)] = np.eye(length)[-1]
    elif kind == "walk":
        z = np.cumsum(z * 10.0 ** rng.integers(-4, 1), axis=1) + rng.normal(size=length)
    elif kind == "near":
        z = z[:, :1] + z * 10.0 ** rng.uniform(-11, -2, size=(n, n_levels + 1, 1))
    elif kind == "repeated":
        source = np.where(rng.random(n_levels + 1) < 0.6, np.arange(n_levels + 1) // 2, 0)
        z = z[:, source]
    elif kind == "scaled":
        reach = 200 if np.dtype(dtype).itemsize == 8 else 30
        z = z * 10.0 ** rng.uniform(-reach, reach, size=(n, n_levels + 1, 1))
    return z.astype(dtype)
