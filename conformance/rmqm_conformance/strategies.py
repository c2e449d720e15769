"""
What laws are tried on: hypothesis strategies for the data of the specification.

Each strategy draws a seed and a few numbers that say how large and of which sort the data are;
NumPy makes the arrays of them. Examples therefore cost microseconds, and a counterexample shrinks
towards few inputs, few levels and the plainest sort. They serve in any test suite:

>>> from hypothesis import given
>>> @given(trajectory=trajectories())
... def test_finite(trajectory):
...     assert np.isfinite(trajectory).all()
>>> test_finite()
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
from attrs import frozen
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

__all__ = [
    "KINDS_OF_DISTANCES",
    "KINDS_OF_TRAJECTORIES",
    "Array",
    "Batch",
    "Distances",
    "Levels",
    "Network",
    "any_arrays",
    "bounds",
    "decimal_bounds",
    "distances",
    "evaluations",
    "images",
    "inputs",
    "levels",
    "names",
    "networks",
    "seeds",
    "trajectories",
    "variants",
]

Array: TypeAlias = npt.NDArray[Any]
Network: TypeAlias = dict[str, Any]

KINDS_OF_TRAJECTORIES: Final = ("free", "axes", "walk", "near", "repeated", "scaled")
"""Independent levels; small whole numbers; a walk; levels that hardly differ; levels that return or
stay; and vectors of norms from 1e-200 to 1e200 (1e-30 to 1e30 in float32)."""

KINDS_OF_DISTANCES: Final = ("smooth", "nice", "repeated", "zeros", "resolution")
"""Anything in [0.05, 2]; multiples of 1/4; many equal neighbours; many zeros; values below, at and
above the resolution."""


def seeds() -> SearchStrategy[int]:
    """
    Draw seeds of alterations: small ones, and some of more than 32 bits.

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
    Draw bounds that float32 does not hold; rounded to it they lie within themselves.

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
        _randomness(),
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


@frozen
class Distances:
    """Displacements and step lengths, both (N, J), and the resolution that they are judged at."""

    displacements: Array
    step_lengths: Array
    resolution: float

    @property
    def arguments(self) -> dict[str, Any]:
        """Return them as the operations take them."""
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
        Some of `KINDS_OF_DISTANCES`; each array and each half of the inputs has one of its own.
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
        _randomness(),
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


@frozen
class Batch:
    """Inputs (N, *S) of float32 or float64 with their names and bounds."""

    values: Array
    ids: list[str]
    low: float
    high: float

    @property
    def arguments(self) -> dict[str, Any]:
        """Return them as the operations take them."""
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
        Limits of the number of values in one input.
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
        _randomness(),
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
    Draw names of inputs, some of them equal: hashes and names of one's own.

    They are of ASCII letters and digits: capital letters come before small ones.

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
    """Return different names: hashes, names of one's own, and some beyond ASCII."""
    rng = np.random.default_rng([seed, 1])
    sort = seed % 3
    if sort == 0:
        return [_hash_like(rng) for _ in range(n)]
    form = "img-{:04d}" if sort == 1 else "Größe/{}.png"
    return [form.format(int(k)) for k in rng.permutation(n)]


def _hash_like(rng: np.random.Generator) -> str:
    return str(rng.bytes(32).hex())


def networks(*, n_values: int, max_length: int = 6) -> SearchStrategy[Network]:
    """
    Draw encoders of one dense layer for inputs of `n_values` values.

    Their representations are well away from the origin, and ``tanh`` is not saturated, so that
    rounding decides nothing.

    Parameters
    ----------
    n_values : int
        Number of values of one input.
    max_length : int
        Largest E; the smallest is 3.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(networks(n_values=4), lambda network: True)["weight"].shape
    (3, 4)
    """
    return st.builds(
        lambda length, seed, activation: _network(n_values, length, seed, activation),
        st.integers(3, max_length),
        _randomness(),
        st.sampled_from(["identity", "tanh"]),
    )


def _network(
    n_values: int, length: int, seed: int, activation: str, low: float = 0.0, high: float = 1.0
) -> Network:
    rng = np.random.default_rng([seed, 2])
    scale = rng.uniform(0.5, 2.0) * rng.choice([-1.0, 1.0])
    return {
        "weight": rng.normal(size=(length, n_values)) / np.sqrt(n_values),
        "bias": rng.normal(size=length) / 2,
        "scale": float(scale / (high - low)),
        "mean": float(scale * (low + high) / (high - low) / 2 + rng.normal() / 4),
        "std": float(rng.uniform(0.5, 1.5)),
        "activation": activation,
    }


def evaluations(
    *,
    max_inputs: int = 3,
    min_inputs: int = 1,
    max_values: int = 24,
    min_values: int = 8,
    dtypes: Sequence[str] = ("<f4", "<f8"),
    within: SearchStrategy[tuple[float, float]] | None = None,
) -> SearchStrategy[tuple[Batch, Network]]:
    """
    Draw inputs together with an encoder for them.

    Parameters
    ----------
    max_inputs, min_inputs, max_values, min_values, dtypes, within
        As in `inputs`.

    Examples
    --------
    >>> from hypothesis import find
    >>> batch, network = find(evaluations(), lambda drawn: True)
    >>> batch.values[0].size == network["weight"].shape[1]
    True
    """

    def make(batch: Batch, length: int, seed: int, activation: str) -> tuple[Batch, Network]:
        size = batch.values[0].size
        return batch, _network(size, length, seed, activation, batch.low, batch.high)

    return st.builds(
        make,
        inputs(
            dtypes=dtypes,
            max_inputs=max_inputs,
            min_inputs=min_inputs,
            max_values=max_values,
            min_values=min_values,
            within=within,
        ),
        st.integers(3, 6),
        _randomness(),
        st.sampled_from(["identity", "tanh"]),
    )


def any_arrays(
    dtypes: Sequence[str] = ("|u1", "<f4", "<f8", "<i4", "|b1", "<f2", "<u2", "<i8"),
) -> SearchStrategy[Array]:
    """
    Draw arrays of any real type, of one to three axes, with whole numbers that all types hold.

    Parameters
    ----------
    dtypes : sequence of str
        Types.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(any_arrays(), lambda array: array.ndim == 2).shape
    (1, 1)
    """

    def make(dtype: str, shape: list[int], seed: int) -> Array:
        top = 2 if dtype == "|b1" else 128
        return np.random.default_rng(seed).integers(0, top, size=shape).astype(dtype)

    shapes = st.lists(st.integers(1, 5), min_size=1, max_size=3)
    return st.builds(make, st.sampled_from(dtypes), shapes, _randomness())


def images(dtypes: Sequence[str] = ("|u1", "<f4", "<f8")) -> SearchStrategy[Array]:
    """
    Draw images (H, W, C), grey or RGB: of eight bits, or of floats in [0, 1].

    Parameters
    ----------
    dtypes : sequence of str
        Types.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(images(), lambda image: image.shape[2] == 3).dtype
    dtype('uint8')
    """

    def make(dtype: str, height: int, width: int, channels: int, seed: int) -> Array:
        values = np.random.default_rng(seed).integers(0, 256, size=(height, width, channels))
        return values.astype(dtype) if dtype == "|u1" else (values / 255).astype(dtype)

    sides = st.integers(1, 6)
    return st.builds(
        make, st.sampled_from(dtypes), sides, sides, st.sampled_from([1, 3]), _randomness()
    )


def _randomness() -> SearchStrategy[int]:
    return st.integers(0, 2**32 - 1)
