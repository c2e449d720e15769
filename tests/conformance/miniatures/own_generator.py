"""A correct generator of its own, from which wrong ones depart."""

from __future__ import annotations

import hashlib

import numpy as np
from scipy.special import ndtri

from .plain import Plain


class OwnGenerator(Plain):
    """Draws from PCG64, seeded by SHA-256 of seed, id and level."""

    generator = "own"

    def draw(self, text, level, x):
        _, seed, name = text.split("\n", maxsplit=2)
        values = self.values(int(seed), name, level, x)
        return np.asarray(values, np.float64).astype(x.dtype).reshape(x.shape)

    def values(self, seed, name, level, x):
        return self.fresh(self.key_of(seed, name, level), x.size)

    def key_of(self, seed, name, level):
        return f"{seed}\n{name}\n{level}"

    def fresh(self, key, n):
        return self.rng(key).standard_normal(n)

    def rng(self, key):
        digest = hashlib.sha256(str(key).encode("utf-8", "surrogatepass")).digest()
        return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))

    def normal_quantile(self, u):
        return ndtri(u)
