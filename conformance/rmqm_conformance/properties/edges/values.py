"""What the laws of edges share: values at the ends of types, with the bits that they have."""

from __future__ import annotations

import numpy as np

from rmqm_conformance.strategies import Array

__all__ = ["INTEGERS", "integers_of", "not_numbers_of", "small_of"]

INTEGERS = ("|i1", "<i2", "<i4", "<i8", "|u1", "<u2", "<u4", "<u8")


def integers_of(dtype: str) -> Array:
    """Return the integers at the ends of a type, and those after 2^24, 2^53 and 2^63."""
    info = np.iinfo(dtype)
    near = [k + 2**power for power in (0, 7, 8, 15, 16, 24, 31, 32, 53, 63) for k in (-1, 0, 1, 3)]
    ends = [info.min, info.min + 1, info.max - 1, info.max]
    return np.array([k for k in [*ends, *near] if info.min <= k <= info.max], dtype)


def small_of(dtype: str) -> Array:
    """Return zeros of both signs, the smallest numbers of a floating type, and 1."""
    info = np.finfo(dtype)
    tiny, least = info.smallest_normal, info.smallest_subnormal
    return np.array([0, least, 3 * least, tiny - least, tiny, 1, -0.0], dtype)


def not_numbers_of(dtype: str) -> Array:
    """Return infinities, and values that are not numbers: of either sign, with unlike bits."""
    unsigned = np.dtype(dtype).str.replace("f", "u")
    info = np.finfo(dtype)
    infinity = np.array(np.inf, dtype).view(unsigned)
    sign, quiet = np.array(-0.0, dtype).view(unsigned), infinity.dtype.type(1 << (info.nmant - 1))
    one = infinity.dtype.type(1)
    bits = [infinity, infinity | sign, infinity | quiet, infinity | quiet | sign]
    bits += [infinity | one, infinity | quiet | one, infinity | quiet | sign | one]
    return np.array([int(value) for value in bits], unsigned).view(dtype)
