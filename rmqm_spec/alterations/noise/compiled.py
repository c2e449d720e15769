"""
White noise by a compiled loop: the bits of NumPy's in a third of the time.

Philox4x64-10 (Salmon et al., 2011, section 3.3), the table of normal values and the clipping of
`rmqm_spec.alterations.noise.white_noise`, without an array between them. Importing this module
imports numba, which compiles the loop at the first import and keeps it in its cache.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from rmqm_spec.arrays import AnyArray

__all__ = ["fill"]

_M0, _M1 = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
"""Multipliers of Philox4x64."""

_W0, _W1 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
"""What its key grows by from round to round."""

_LANE = np.uint64(0xFFFF)

_LINE = 16
"""Values of 32 bits in a line of the cache."""


@intrinsic
def _high_word(_context: Any, _a: Any, _b: Any) -> Any:
    """Return the upper half of the product of two words of 64 bits."""

    def generate(_target: Any, builder: Any, _signature: Any, words: Any) -> Any:
        wide = ir.IntType(128)
        product = builder.mul(*(builder.zext(word, wide) for word in words))
        return builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), ir.IntType(64))

    return types.uint64(types.uint64, types.uint64), generate


@njit(inline="always")
def _philox(counter: Any, key_0: Any, key_1: Any) -> Any:  # pragma: no cover - compiled
    """Return the four words of a counter below 2**64."""
    zero = np.uint64(0)
    x_0, x_1, x_2, x_3 = counter, zero, zero, zero
    for _ in range(10):
        high_0: Any = _high_word(_M0, x_0)  # type: ignore[call-arg]
        high_1: Any = _high_word(_M1, x_2)
        low_0, low_1 = _M0 * x_0, _M1 * x_2
        x_0, x_1, x_2, x_3 = high_1 ^ x_1 ^ key_0, low_1, high_0 ^ x_3 ^ key_1, low_0
        key_0 += _W0
        key_1 += _W1
    return x_0, x_1, x_2, x_3


_SIGNATURE = types.float32(
    types.Array(types.uint64, 2, "C"),
    types.uint64,
    types.Array(types.float32, 1, "C", readonly=True),
    types.Array(types.float32, 2, "C", readonly=True),
    types.Array(types.float32, 1, "C", readonly=True),
    *(types.float32,) * 2,
    types.Array(types.float32, 3, "C"),
)


@njit(
    _SIGNATURE,
    nogil=True,
    cache=True,
    error_model="numpy",
)
def _fill(
    keys: Any,
    first_level: Any,
    table: Any,
    inputs: Any,
    scale: Any,
    low: Any,
    high: Any,
    out: Any,
) -> Any:  # pragma: no cover - compiled
    # A network has pushed the table out of the processor's cache. Read in order, it comes back
    # in a tenth of the time that it takes at random.
    touched = np.float32(0)
    for line in range(0, table.size, _LINE):
        touched += table[line]
    n_inputs, n_levels, n_values = out.shape
    n_blocks = (n_values + 15) // 16
    for item in range(n_inputs):
        key_0, key_1 = keys[item, 0], keys[item, 1]
        for level in range(n_levels):
            if first_level + np.uint64(level) == 0:
                out[item, level] = inputs[item]
                continue
            deviation = scale[level]
            counter = (first_level + np.uint64(level)) * np.uint64(n_blocks)
            for block in range(n_blocks):
                words = _philox(counter + np.uint64(block), key_0, key_1)
                start = 16 * block
                is_whole = start + 16 <= n_values
                for word in range(4):
                    bits = words[word]
                    for lane in range(4):
                        place = start + 4 * word + lane
                        if is_whole or place < n_values:
                            normal = table[(bits >> np.uint64(16 * lane)) & _LANE]
                            value = inputs[item, place] + normal * deviation
                            # Compared as NumPy does, for the same bits.
                            value = value if value >= low else low  # noqa: FURB136
                            out[item, level, place] = value if value <= high else high  # noqa: FURB136
    return touched  # or the compiler would leave the reading out


def fill(
    keys: Sequence[int],
    first_level: int,
    table: AnyArray,
    inputs: AnyArray,
    scale: AnyArray,
    bounds: tuple[float, float],
    out: AnyArray,
) -> None:
    """
    Write a block: inputs at consecutive levels of noise.

    Parameters
    ----------
    keys : sequence of int
        For each input, 128 bits that stand for it and the seed.
    first_level : int
        At least 0, which is the input itself.
    table : (65536,) ndarray of float32
        Value of each lane of 16 bits.
    inputs : (N, P) ndarray of float32
        The unaltered inputs.
    scale : (L,) ndarray of float32
        Standard deviation of the noise at each level, in the units of the inputs.
    bounds : tuple of two floats
        What values are clipped to.
    out : (N, L, P) ndarray of float32
        Where the altered inputs go.

    Examples
    --------
    >>> from rmqm_spec.alterations.noise.generator import normal_table
    >>> out = np.empty((1, 2, 3), np.float32)
    >>> inputs, scale = np.full((1, 3), 0.5, np.float32), np.array([0.1, 0.2], np.float32)
    >>> fill([1], 1, normal_table(), inputs, scale, (0.0, 1.0), out)
    >>> bool(((out >= 0) & (out <= 1)).all())
    True
    """
    words = np.array([(key & (2**64 - 1), key >> 64) for key in keys], dtype=np.uint64)
    low, high = (np.float32(bound) for bound in bounds)
    _fill(words, np.uint64(first_level), table, inputs, scale, low, high, out)
