"""Inputs within bounds, and their names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from attrs import frozen
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from rmqm_conformance.strategies.choices import Array, bounds, randomness

__all__ = ["Batch", "inputs", "names"]


@frozen
class Batch:
    """Inputs (N, *S) of float32 or float64 with their names and bounds."""

    values: Array
    ids: list[str]
    low: float
    high: float

    @property
    def arguments(self) -> dict[str, Any]:
        """Return the inputs in the form in which operations take them."""
        return {"inputs": self.values, "ids": self.ids, "low": self.low, "high": self.high}

    def of(self, rows: Any) -> Batch:
        """Return some of the inputs, in the order of `rows`."""
        places = np.arange(len(self.ids))[rows]
        return Batch(self.values[places], [self.ids[k] for k in places], self.low, self.high)


def inputs(
    *,
    dtypes: Sequence[str] = ("<f4", "<f8"),
    max_inputs: int = 3,
    min_inputs: int = 1,
    max_values: int = 40,
    min_values: int = 1,
    within: SearchStrategy[tuple[float, float]] | None = None,
) -> SearchStrategy[Batch]:
    """
    Draw inputs with different names; values within bounds, some of them at the bounds.

    Parameters
    ----------
    dtypes : sequence of str
        Floating types.
    max_inputs, min_inputs : int
        Limits of N.
    max_values, min_values : int
        Limits of the number of values in an input.
    within : SearchStrategy, optional
        Where bounds come from; by default `bounds`.

    Examples
    --------
    >>> from hypothesis import find
    >>> batch = find(inputs(), lambda drawn: len(drawn.ids) == 2)
    >>> len(set(batch.ids)), bool((batch.values >= batch.low).all())
    (2, True)
    """
    blocks = [size for size in range(16, max_values + 1, 16) if size >= min_values]
    sizes = st.integers(min_values, max_values)
    return st.builds(
        _inputs,
        st.sampled_from(dtypes),
        st.integers(min_inputs, max_inputs),
        sizes | st.sampled_from(blocks) if blocks else sizes,
        st.integers(0, 2),
        bounds() if within is None else within,
        randomness(),
    )


def _inputs(
    dtype: str, n: int, n_values: int, rank: int, within: tuple[float, float], seed: int
) -> Batch:
    rng = np.random.default_rng(seed)
    low, high = within
    shape = ((n_values,), (1, n_values), (-(-n_values // 2), 2))[rank]
    shares = np.clip(rng.uniform(-0.1, 1.1, size=(n, *shape)), 0, 1)
    values = np.clip((low + (high - low) * shares).astype(dtype), low, high)
    return Batch(values + 0.0, _names(n, seed), low, high)


def names(*, max_size: int = 8, min_size: int = 1) -> SearchStrategy[list[str]]:
    """
    Draw names of inputs, some of them equal: hashes and freely chosen names.

    They consist of ASCII letters and digits: capital letters sort before small letters.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(names(), lambda drawn: len(drawn) == 2)
    ['0', '0']
    """
    alphabet = "0123456789abcdefgABCDEFG"
    own = st.text(alphabet, min_size=1, max_size=8)
    hashes = st.integers(0, 2**32).map(lambda seed: _hash_like(np.random.default_rng(seed)))
    drawn = st.lists(own | hashes, min_size=min_size, max_size=max_size)
    return st.builds(lambda some, twice: some + some[: twice % 3], drawn, st.integers(0, 2))


def _names(n: int, seed: int) -> list[str]:
    """Return different names: hashes, freely chosen names, and some beyond ASCII."""
    rng = np.random.default_rng([seed, 1])
    sort = seed % 3
    if sort == 0:
        return [_hash_like(rng) for _ in range(n)]
    form = "img-{:04d}" if sort == 1 else "Größe/{}.png"
    return [form.format(int(k)) for k in rng.permutation(n)]


def _hash_like(rng: np.random.Generator) -> str:
    return str(rng.bytes(32).hex())
