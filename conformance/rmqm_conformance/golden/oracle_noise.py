"""Chapter 3 of the specification: the noise, in whole numbers and single roundings."""

from __future__ import annotations

import hashlib
from functools import cache
from itertools import pairwise
from statistics import NormalDist
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from rmqm_conformance.golden.precision import Exact, mp

__all__ = ["altered", "lanes", "philox", "table"]

Array: TypeAlias = npt.NDArray[Any]

_WORD = 2**64
_CELLS = 2**16
_SHA256 = "e6b56edea11a92475977d8ce30e38df854a13a7320e0e25f25288a43158e1711"


def philox(counter: int, key: int) -> list[int]:
    """
    Return the four words of Philox4x64-10 (RMQM-WN-003).

    Examples
    --------
    >>> [f"{word:016x}" for word in philox(0, 0)][:2]
    ['16554d9eca36314c', 'db20fe9d672d0fdc']
    """
    c = [counter >> shift & _WORD - 1 for shift in (0, 64, 128, 192)]
    k0, k1 = key & _WORD - 1, key >> 64
    for _ in range(10):
        h0, l0 = divmod(0xD2E7470EE14C6C93 * c[0], _WORD)
        h1, l1 = divmod(0xCA5A826395121157 * c[2], _WORD)
        c = [h1 ^ c[1] ^ k0, l1, h0 ^ c[3] ^ k1, l0]
        k0, k1 = (k0 + 0x9E3779B97F4A7C15) % _WORD, (k1 + 0xBB67AE8584CAA73B) % _WORD
    return c


def lanes(text: str, level: int, n_values: int) -> list[int]:
    """
    Return the lanes of a level under the key of a text (RMQM-WN-003 to RMQM-WN-005).

    Examples
    --------
    >>> name = "da3a92e3e9e05a7fe5df7caec4341665527e456c5c7fbd801f02dbcc743bab23"
    >>> lanes("rmqm-white-noise/1" + chr(10) + "0" + chr(10) + name, 1, 18)[:4]
    [32512, 5651, 22472, 8667]
    """
    key = int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest()[:16], "little")
    n_blocks = -(-n_values // 16)
    blocks = (philox(level * n_blocks + b, key) for b in range(n_blocks))
    words = [word for block in blocks for word in block]
    return [word >> shift & 0xFFFF for word in words for shift in (0, 16, 32, 48)][:n_values]


@cache
def table() -> Array:
    """
    Return T of RMQM-WN-006, from densities of 50 digits.

    Examples
    --------
    >>> float(table()[0]).hex(), float(table()[32768]).hex()
    ('-0x1.18ccfc0000000p+2', '0x1.40d9320000000p-16')
    """
    densities = [mp.zero, *(_density(_quantile(u)) for u in range(1, _CELLS // 2 + 1))]
    lower = [_float32(_CELLS * (p - q)) for p, q in pairwise(densities)]
    values = np.array([*lower, *(-value for value in reversed(lower))], dtype="<f4")
    if hashlib.sha256(values.tobytes()).hexdigest() != _SHA256:
        raise ValueError("the table must have the digest of RMQM-WN-006")
    return values


def altered(
    x: Array,
    name: str,
    level: int,
    *,
    n_levels: int,
    seed: int,
    low: float,
    high: float,
    coupling: str = "independent",
) -> Array:
    """Return an input at a level, each operation rounded on its own (RMQM-WN-007)."""
    if level == 0:
        return x
    drawn_at = 1 if coupling == "common" else level
    places = lanes(f"rmqm-white-noise/1\n{seed}\n{name}", drawn_at, x.size)
    noise = table()[places].astype(x.dtype).reshape(x.shape)
    scale = x.dtype.type((level / n_levels) * (high - low))
    return np.asarray(np.clip(x + scale * noise, x.dtype.type(low), x.dtype.type(high)))


def _quantile(u: int) -> Exact:
    """Return the quantile of u / 65536: that of the library, improved by two Newton steps."""
    q = mp.mpf(NormalDist().inv_cdf(u / _CELLS))
    for _ in range(2):
        q -= (mp.erfc(-q / mp.sqrt(2)) / 2 - mp.mpf(u) / _CELLS) / _density(q)
    return q


def _density(q: Exact) -> Exact:
    return mp.exp(-q * q / 2) / mp.sqrt(2 * mp.pi)


def _float32(value: Exact) -> float:
    with mp.workprec(24):
        return float(+value)
