"""Ten distributions of inputs that are no images, as the protocol lists them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["DISTRIBUTIONS", "inputs_of"]

FloatArray = npt.NDArray[np.float32]
_Random = np.random.Generator
_SIDE: Final = 28
_BLOCK: Final = 4


def inputs_of(name: str, count: int, train: FloatArray, test: FloatArray) -> FloatArray:
    """
    Draw inputs from a distribution.

    Parameters
    ----------
    name : str
        One of `DISTRIBUTIONS`.
    count : int
        Number of inputs.
    train, test : (N, 1, 28, 28) ndarray of float32
        Images, 0 to 1, whose values two of the distributions take.

    Returns
    -------
    (count, 1, 28, 28) ndarray of float32
        0 to 1; the same for the same arguments.
    """
    random = np.random.default_rng([1, list(DISTRIBUTIONS).index(name)])
    drawn = DISTRIBUTIONS[name](random, count, train, test)
    return np.clip(drawn, 0, 1).astype(np.float32).reshape(count, 1, _SIDE, _SIDE)


def _pixels(count: int) -> tuple[int, int, int]:
    return count, _SIDE, _SIDE


def _blocks(random: _Random, count: int, _train: FloatArray, _test: FloatArray) -> FloatArray:
    levels = random.random((count, _SIDE // _BLOCK, _SIDE // _BLOCK))
    return np.kron(levels, np.ones((1, _BLOCK, _BLOCK)))


def _marginal(random: _Random, count: int, train: FloatArray, _test: FloatArray) -> FloatArray:
    """Each pixel has the value that it has in an image of its own."""
    rows = random.integers(len(train), size=_pixels(count))
    down, across = np.indices((_SIDE, _SIDE))
    return train[rows, 0, down, across]


def _shuffled(random: _Random, count: int, _train: FloatArray, test: FloatArray) -> FloatArray:
    return random.permuted(test[:count].reshape(count, -1), axis=1)


DISTRIBUTIONS: Final[dict[str, Callable[[_Random, int, FloatArray, FloatArray], FloatArray]]] = {
    "uniform": lambda random, count, _, __: random.random(_pixels(count)),
    "faint": lambda random, count, _, __: np.abs(random.normal(0, 0.1, _pixels(count))),
    "normal": lambda random, count, _, __: random.normal(0.5, 0.25, _pixels(count)),
    "strong": lambda random, count, _, __: random.normal(0.5, 1, _pixels(count)),
    "binary": lambda random, count, _, __: random.integers(2, size=_pixels(count)),
    "sparse": lambda random, count, _, __: random.random(_pixels(count)) < 0.05,
    "constant": lambda random, count, _, __: np.broadcast_to(
        random.random((count, 1, 1)), _pixels(count)
    ),
    "blocks": _blocks,
    "marginal": _marginal,
    "shuffled": _shuffled,
}
"""How each draws."""
