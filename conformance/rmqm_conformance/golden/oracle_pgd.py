"""Chapters 4 and 6 of the specification: a dense layer as encoder, and paths along its gradient."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from rmqm_conformance.golden.oracle_distances import dot
from rmqm_conformance.golden.oracle_losses import displacement, gradient
from rmqm_conformance.golden.oracle_noise import lanes
from rmqm_conformance.golden.precision import Exact, exact, mp

__all__ = ["DEFAULT_ALPHA", "Network", "path", "represented", "start", "step"]

Array: TypeAlias = npt.NDArray[Any]
Network: TypeAlias = dict[str, Any]

DEFAULT_ALPHA: Final = 2 / 255
"""The step of RMQM-PGD-002."""


def represented(network: Network, values: Sequence[Exact]) -> list[Exact]:
    """Return the representation of an input, its values in C order."""
    scale, mean, std = (mp.mpf(network[key]) for key in ("scale", "mean", "std"))
    mapped = [(scale * value - mean) / std for value in values]
    sums = [
        dot(row, mapped) + bias
        for row, bias in zip(exact(network["weight"]), exact(network["bias"]), strict=True)
    ]
    return [mp.tanh(value) for value in sums] if network["activation"] == "tanh" else sums


def step(x: Array, signs: Array, alpha: float, low: float, high: float) -> Array:
    """Return where a step leads (RMQM-PGD-001, RMQM-PGD-008)."""
    type_ = x.dtype.type
    moved = x + type_(alpha * (high - low)) * signs.astype(x.dtype)
    return np.asarray(np.clip(moved, type_(low), type_(high)))


def start(x: Array, name: str, alpha: float, seed: int, low: float, high: float) -> Array:
    """Return where the first gradient is taken (RMQM-PGD-007)."""
    drawn = np.array(lanes(f"rmqm-pgd-start/1\n{seed}\n{name}", 1, x.size))
    return step(x, ((2.0 * drawn - 65535) / 65536).reshape(x.shape), alpha, low, high)


def path(
    x: Array,
    name: str,
    network: Network,
    *,
    n_levels: int,
    alpha: float,
    seed: int,
    low: float,
    high: float,
) -> Array:
    """Return all levels (J + 1, *S) of an input with the loss `displacement`."""
    origin = represented(network, exact(x.ravel()))

    def loss(values: Sequence[Exact]) -> Exact:
        return displacement(represented(network, values), origin)

    levels, at = [x], start(x, name, alpha, seed, low, high)
    for level in range(1, n_levels + 1):
        signs = _clear_signs(gradient(loss, exact(at.ravel())), f"{name}, level {level}")
        at = step(levels[-1], signs.reshape(x.shape), alpha, low, high)
        levels.append(at)
    return np.stack(levels)


def _clear_signs(slopes: Sequence[Exact], place: str) -> Array:
    """
    Return the signs of a gradient.

    Raises
    ------
    ValueError
        If the rounding of float64, or of the start, could decide about a sign.
    """
    sizes = [abs(slope) for slope in slopes]
    unclear = [size for size in sizes if 1e-25 < size < 1e-3 * max(sizes)]
    if unclear or max(sizes) < 1e-6:
        raise ValueError(f"the signs of {place} must be clear; got {[float(s) for s in slopes]}")
    return np.array([0 if abs(slope) < 1e-25 else int(mp.sign(slope)) for slope in slopes])
