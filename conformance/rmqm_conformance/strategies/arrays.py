"""Inputs as they are given: arrays of any type, and images."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from rmqm_conformance.strategies.choices import Array, randomness

__all__ = ["any_arrays", "images"]


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
    return st.builds(make, st.sampled_from(dtypes), shapes, randomness())


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
        make, st.sampled_from(dtypes), sides, sides, st.sampled_from([1, 3]), randomness()
    )
