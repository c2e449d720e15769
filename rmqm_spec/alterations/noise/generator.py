"""
Draws: standard normal noise, a function of (seed, input id, level) alone, and starts of PGD paths.

Generator ``philox4x64-10/quantile16`` (clauses RMQM-WN-003 ff.). Philox, a counter-based generator
(Salmon et al., 2011), is keyed by seed and input; the level is a place in its counter, so any level
can be drawn alone. Sixteen bits choose one of 65536 equally probable cells of the normal
distribution, whose mean is the value: exact in every language, and 6 times as fast as the ziggurat
of NumPy, whose stream may change between versions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from rmqm_spec.errors import UnavailableError

__all__ = [
    "GENERATOR", "noise_key", "normal_pieces", "normal_table", "standard_normal", "uniform_draw",
    "uniform_start",
]  # fmt: skip

GENERATOR: Final = "philox4x64-10/quantile16"
"""Name of the generator, part of every protocol."""

_TABLE_SHA256: Final = "e6b56edea11a92475977d8ce30e38df854a13a7320e0e25f25288a43158e1711"

_LANES_PER_BLOCK: Final = 16
"""One counter value of Philox gives four words of 64 bits, each four lanes of 16 bits."""

_LANES_PER_PIECE: Final = 2400 * _LANES_PER_BLOCK
"""Temporary arrays of this length are small enough for the allocator to reuse their memory."""


@cache
def normal_table() -> npt.NDArray[np.float32]:
    """
    Return the value of each of the 65536 lanes: the mean of the normal over its cell.

    Returns
    -------
    (65536,) ndarray of float32
        Increasing, antisymmetric, read-only.

    Raises
    ------
    UnavailableError
        If this platform computes another table than the specification gives.

    Notes
    -----
    Clause RMQM-WN-006, which gives its SHA-256. Variance 0.9999985, kurtosis 2.99983, largest value
    4.3875; distance to the distribution function of the normal below 1e-5.

    Examples
    --------
    >>> table = normal_table()
    >>> bool((table == -table[::-1]).all()), round(float(table.max()), 4)
    (True, 4.3875)
    """
    from scipy.special import ndtri

    cells = 2**16
    edges = ndtri(np.arange(1, cells // 2 + 1) / cells)
    density = np.exp(-0.5 * edges * edges) / np.sqrt(2 * np.pi)
    # pdf(z_u) - pdf(z_u+1), written so that neighbouring densities do not cancel.
    growth = np.expm1((edges[1:] - edges[:-1]) * (edges[1:] + edges[:-1]) / 2)
    lower = (cells * np.concatenate([-density[:1], density[1:] * growth])).astype(np.float32)
    table = np.concatenate([lower, -lower[::-1]])
    if hashlib.sha256(table.astype("<f4").tobytes()).hexdigest() != _TABLE_SHA256:
        raise UnavailableError(
            "ENV005",
            "the table of normal values must have the SHA-256 of clause RMQM-WN-006; the one "
            "computed here has another",
            fix="Report the platform and the versions of NumPy and SciPy: its noise would differ.",
        )
    table.flags.writeable = False
    return table


def standard_normal(
    seed: int, input_id: str, first_level: int, n_levels: int, n_values: int
) -> npt.NDArray[np.float32]:
    """
    Draw the noise of an input at consecutive levels.

    Parameters
    ----------
    seed : int
        At least 0.
    input_id : str
        Name of the input, normally its content hash.
    first_level : int
        First level to draw, at least 1.
    n_levels : int
        Number of levels L.
    n_values : int
        Number of values P of an input.

    Returns
    -------
    (L, P) ndarray of float32
        Standard normal values, dimensionless.

    Examples
    --------
    >>> both = standard_normal(0, "a", 1, 2, 5)
    >>> second = standard_normal(0, "a", 2, 1, 5)
    >>> bool((both[1] == second[0]).all())
    True
    """
    noise = np.empty((n_levels, n_values), dtype=np.float32)
    for levels, values, piece in normal_pieces(seed, input_id, first_level, n_levels, n_values):
        noise[levels, values] = piece
    return noise


def normal_pieces(
    seed: int, input_id: str, first_level: int, n_levels: int, n_values: int
) -> Iterator[tuple[slice, slice, npt.NDArray[np.float32]]]:
    """
    Draw the same as `standard_normal` in pieces that stay in the processor's cache.

    Yields
    ------
    slice, slice, (l, p) ndarray of float32
        Which levels and which values, counted from the first level, and their noise.
    """
    blocks = -(-n_values // _LANES_PER_BLOCK)
    # NumPy's Philox increments its counter before it generates.
    key = noise_key(seed, input_id)
    bits = np.random.Philox(key=key, counter=first_level * blocks - 1)
    table = normal_table()
    n_rows = max(1, _LANES_PER_PIECE // (blocks * _LANES_PER_BLOCK))
    for level in range(0, n_levels, n_rows):
        rows = min(n_rows, n_levels - level)
        for start in range(0, n_values, _LANES_PER_PIECE):
            width = min(_LANES_PER_PIECE, n_values - start)
            words = bits.random_raw(rows * -(-width // _LANES_PER_BLOCK) * 4)
            lanes = words.astype("<u8", copy=False).view("<u2").reshape(rows, -1)[:, :width]
            piece = np.take(table, lanes, mode="wrap")
            yield slice(level, level + rows), slice(start, start + width), piece


def noise_key(seed: int, input_id: str) -> int:
    """Return the 128 bits that stand for seed and input (clause RMQM-WN-004)."""
    return _key(f"rmqm-white-noise/1\n{seed}\n{input_id}")


def uniform_start(seed: int, input_id: str, n_values: int) -> npt.NDArray[np.float32]:
    """
    Draw the direction to where the first gradient of a PGD path is taken (clause RMQM-PGD-007).

    Parameters
    ----------
    seed : int
        At least 0.
    input_id : str
        Name of the input.
    n_values : int
        Number of values P of an input.

    Returns
    -------
    (P,) ndarray of float32
        Odd multiples of 1/65536 in (-1, 1), all equally probable and exact.

    Examples
    --------
    >>> (uniform_start(0, "a", 3) * 65536).tolist()
    [47543.0, -30863.0, 61667.0]
    """
    return _uniform(f"rmqm-pgd-start/1\n{seed}\n{input_id}", n_values)


def uniform_draw(
    alteration: str, seed: int, input_id: str, n_values: int
) -> npt.NDArray[np.float32]:
    """
    Draw what an alteration of images leaves open for an input (clause RMQM-IMG-002).

    Parameters
    ----------
    alteration : str
        Its name: unlike alterations draw apart from each other.
    seed : int
        At least 0.
    input_id : str
        Name of the input.
    n_values : int
        Number of values.

    Returns
    -------
    (n_values,) ndarray of float32
        Odd multiples of 1/65536 in (-1, 1), all equally probable and exact.

    Examples
    --------
    >>> bool((uniform_draw("crop", 0, "a", 2) == uniform_draw("crop", 0, "a", 9)[:2]).all())
    True
    """
    return _uniform(f"rmqm-{alteration}/1\n{seed}\n{input_id}", n_values)


def _uniform(text: str, n_values: int) -> npt.NDArray[np.float32]:
    blocks = -(-n_values // _LANES_PER_BLOCK)
    bits = np.random.Philox(key=_key(text), counter=blocks - 1)
    lanes = bits.random_raw(blocks * 4).astype("<u8", copy=False).view("<u2")[:n_values]
    return (2 * lanes.astype(np.float32) - 65535) / np.float32(65536)


def _key(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:16], "little")
