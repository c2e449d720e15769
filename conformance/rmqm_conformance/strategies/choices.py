"""Single choices: seeds, variants, bounds and levels."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from attrs import frozen
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

__all__ = [
    "Array",
    "Levels",
    "Network",
    "bounds",
    "decimal_bounds",
    "levels",
    "randomness",
    "seeds",
    "variants",
]

Array: TypeAlias = npt.NDArray[Any]
Network: TypeAlias = dict[str, Any]


def seeds() -> SearchStrategy[int]:
    """
    Draw seeds of alterations: small seeds, and some of more than 32 bits.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(seeds(), lambda seed: seed > 2**32) < 2**53
    True
    """
    return st.integers(0, 1000) | st.integers(2**32, 2**53 - 1)


def variants() -> SearchStrategy[str]:
    """Draw a variant of the specification."""
    return st.sampled_from(["paper", "authors-2022"])


def bounds() -> SearchStrategy[tuple[float, float]]:
    """
    Draw bounds (low, high) that float32 holds exactly, so that no rounding decides what is inside.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(bounds(), lambda pair: True)
    (0.0, 1.0)
    """
    usual = st.sampled_from([(0.0, 1.0), (-1.0, 1.0), (0.0, 255.0), (-2.5, 4.75)])
    sixteenths = st.builds(
        lambda low, width: (low / 16, (low + width) / 16),
        st.integers(-1000, 1000),
        st.integers(1, 4000),
    )
    return usual | sixteenths


def decimal_bounds() -> SearchStrategy[tuple[float, float]]:
    """
    Draw bounds that float32 cannot hold; rounded to float32 they lie within the exact bounds.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(decimal_bounds(), lambda pair: True)
    (-0.7, 2.6)
    """
    return st.sampled_from([(-0.7, 2.6), (0.1, 0.7), (-3.3, 1.9)])


@frozen
class Levels:
    """The number of levels J, and which of them are asked for, in which order."""

    n_levels: int
    levels: list[int]


def levels(*, max_levels: int = 12, min_levels: int = 1) -> SearchStrategy[Levels]:
    """
    Draw a number of levels J and some of the levels 0 to J, in any order.

    Parameters
    ----------
    max_levels, min_levels : int
        Limits of J.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(levels(), lambda drawn: drawn.n_levels == 3 and len(drawn.levels) == 4).levels
    [0, 1, 2, 3]
    """

    def make(n_levels: int, n_asked: int, order: int) -> Levels:
        every = np.arange(n_levels + 1)
        if order:
            every = np.random.default_rng(order).permutation(every)
        return Levels(n_levels, [int(level) for level in every[:n_asked]])

    sizes = st.integers(min_levels, max_levels)
    return st.builds(make, sizes, st.integers(1, max_levels + 1), st.integers(0, 1000))


def randomness() -> SearchStrategy[int]:
    """Draw the seed of everything that NumPy makes."""
    return st.integers(0, 2**32 - 1)
