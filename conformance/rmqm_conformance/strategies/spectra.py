"""Matrices, networks of dense layers, autoencoders and points of regressions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import numpy as np
from attrs import evolve, frozen
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from rmqm_conformance.strategies.choices import Array, randomness

__all__ = [
    "ACTIVATIONS",
    "Layers",
    "PlainAutoencoder",
    "PlainEncoder",
    "Points",
    "autoencoders",
    "layered_encoders",
    "points",
    "square_matrices",
]

Layers: TypeAlias = list[dict[str, Any]]
"""Dense layers as in the operations: weight (O, I), bias (O), activation."""

ACTIVATIONS: Final = ("identity", "tanh", "relu")


def square_matrices(*, max_size: int = 6, max_count: int = 3) -> SearchStrategy[Array]:
    """
    Draw matrices (N, n, n) of normal values; most have complex eigenvalues.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(square_matrices(), lambda drawn: drawn.shape[1] == 3).shape
    (1, 3, 3)
    """

    def make(draw: int, count: int, size: int) -> Array:
        return np.random.default_rng(draw).normal(size=(count, size, size))

    return st.builds(make, randomness(), st.integers(1, max_count), st.integers(1, max_size))


@frozen(kw_only=True)
class PlainEncoder:
    """A network and inputs for it."""

    encoder: Layers
    inputs: Array

    @property
    def arguments(self) -> dict[str, Any]:
        """Return both in the form in which operations take them."""
        return {"encoder": self.encoder, "inputs": self.inputs}

    @property
    def n_outputs(self) -> int:
        """Number of values of an encoding."""
        return len(self.encoder[-1]["bias"])


def layered_encoders(
    *,
    activations: Sequence[str] = ACTIVATIONS,
    min_outputs: int = 1,
    max_layers: int = 3,
    max_size: int = 5,
) -> SearchStrategy[PlainEncoder]:
    """
    Draw networks of up to three layers, with inputs whose sums are no kinks.

    Parameters
    ----------
    activations : sequence of str
        Some of `ACTIVATIONS`.
    min_outputs, max_layers, max_size : int
        Limits of the number of values of an encoding, of layers and of values between them.

    Examples
    --------
    >>> from hypothesis import find
    >>> len(find(layered_encoders(), lambda drawn: len(drawn.encoder) == 2).encoder)
    2
    """

    def make(draw: int, sizes: list[int], kinds: list[str], n_inputs: int) -> PlainEncoder:
        rng = np.random.default_rng(draw)
        sizes[-1] = max(sizes[-1], min_outputs)
        return PlainEncoder(
            encoder=_layers(rng, sizes, kinds), inputs=rng.normal(size=(n_inputs, sizes[0]))
        )

    sizes = st.lists(st.integers(1, max_size), min_size=2, max_size=max_layers + 1)
    kinds = st.lists(st.sampled_from(activations), min_size=max_layers, max_size=max_layers)
    return st.builds(make, randomness(), sizes, kinds, st.integers(1, 3))


def _layers(rng: np.random.Generator, sizes: Sequence[int], kinds: Sequence[str]) -> Layers:
    return [
        {
            "weight": rng.normal(size=(after, before)) / np.sqrt(before),
            "bias": rng.normal(size=after) / 2,
            "activation": kind,
        }
        for before, after, kind in zip(sizes[:-1], sizes[1:], kinds, strict=False)
    ]


@frozen(kw_only=True)
class PlainAutoencoder:
    """An encoder, a decoder that leads back, and inputs."""

    encoder: Layers
    decoder: Layers
    inputs: Array

    @property
    def arguments(self) -> dict[str, Any]:
        """Return all in the form in which operations take them."""
        return {"encoder": self.encoder, "decoder": self.decoder, "inputs": self.inputs}

    @property
    def n(self) -> int:
        """Number of values of a latent."""
        return len(self.encoder[-1]["bias"])

    def through(self, inner: Array, back: Array) -> PlainAutoencoder:
        """Return the same autoencoder whose latents are multiplied by `inner`."""
        last = {"weight": inner, "bias": np.zeros(len(inner)), "activation": "identity"}
        first = {"weight": back, "bias": np.zeros(len(back)), "activation": "identity"}
        return evolve(self, encoder=[*self.encoder, last], decoder=[first, *self.decoder])


def autoencoders(
    *,
    activations: Sequence[str] = ACTIVATIONS,
    narrow: bool = False,
    max_size: int = 5,
) -> SearchStrategy[PlainAutoencoder]:
    """
    Draw autoencoders of one or two layers on either side.

    Parameters
    ----------
    activations : sequence of str
        Some of `ACTIVATIONS`; the last layer of a side is never rectified.
    narrow : bool
        Whether no latent is larger than an input.
    max_size : int
        Values of an input at most.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(autoencoders(), lambda drawn: drawn.n == 2).n
    2
    """
    last = [kind for kind in activations if kind != "relu"]

    def make(
        draw: int, d: int, n: int, hidden: tuple[int, int], kinds: list[str], ends: list[str]
    ) -> PlainAutoencoder:
        rng = np.random.default_rng(draw)
        n = min(n, d) if narrow else n
        sides = []
        for sizes, size, kind, end in (
            ([d, n], hidden[0], kinds[0], ends[0]),
            ([n, d], hidden[1], kinds[1], ends[1]),
        ):
            wide = [sizes[0], size + max(d, n), sizes[1]] if size else sizes
            sides.append(_layers(rng, wide, [kind, end] if size else [end]))
        inputs = rng.normal(size=(int(rng.integers(1, 4)), d))
        return PlainAutoencoder(encoder=sides[0], decoder=sides[1], inputs=inputs)

    size = st.integers(1, max_size)
    pair = st.lists(st.sampled_from(activations), min_size=2, max_size=2)
    ends = st.lists(st.sampled_from(last), min_size=2, max_size=2)
    hidden = st.tuples(st.integers(0, 2), st.integers(0, 2))
    return st.builds(make, randomness(), size, size, hidden, pair, ends)


@frozen(kw_only=True)
class Points:
    """Points of training and test: an error, a value and an orientation each."""

    errors: Array
    values: Array
    orientations: Array | None
    n_train: int
    reading: str

    @property
    def arguments(self) -> dict[str, Any]:
        """Return all in the form in which `spectrum_regression` takes them."""
        sets = {"train": slice(0, self.n_train), "test": slice(self.n_train, None)}
        keys = {"errors": self.errors, "values": self.values, "orientations": self.orientations}
        given = {
            f"{name}_{key}": None if array is None else array[part]
            for name, part in sets.items()
            for key, array in keys.items()
        }
        return given | {"reading": self.reading}

    @property
    def is_test(self) -> Array:
        """Whether each point is a test point."""
        return np.arange(len(self.errors)) >= self.n_train


def points(
    *, signed: bool | None = None, readings: Sequence[str] = ("absolute", "dropped")
) -> SearchStrategy[Points]:
    """
    Draw points; of those with orientations at least six of each set keep a positive one.

    Parameters
    ----------
    signed : bool, optional
        Whether they have orientations; either, if not given.
    readings : sequence of str
        Of negative orientation.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(points(), lambda drawn: drawn.orientations is not None).n_train
    6
    """

    def make(draw: int, n: tuple[int, int], has_signs: bool, reading: str) -> Points:
        rng = np.random.default_rng(draw)
        total = sum(n)
        values = rng.normal(size=total) * rng.uniform(0.5, 4) + rng.normal()
        slope = np.where(np.arange(total) >= n[0], rng.normal(), rng.normal())
        errors = 0.1 * np.exp(0.5 * slope * values / values.std() + 0.3 * rng.normal(size=total))
        signs = None
        if has_signs:
            signs = rng.choice([1.0, 1.0, 1.0, -1.0, 0.0], total)
            signs[:6] = signs[n[0] : n[0] + 6] = 1.0
            values = np.where(signs == 0, -np.inf, values)
        return Points(
            errors=errors, values=values, orientations=signs, n_train=n[0], reading=reading
        )

    has_signs = st.booleans() if signed is None else st.just(signed)
    sizes = st.tuples(st.integers(6, 20), st.integers(6, 20))
    return st.builds(make, randomness(), sizes, has_signs, st.sampled_from(readings))
