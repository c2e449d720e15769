"""Correct generators of their own: other streams, other ways to normal values."""

from __future__ import annotations

import hashlib
import struct

import numpy as np

from .own_generator import OwnGenerator
from .plain_noise import quantile16


class _Own(OwnGenerator):
    """A correct generator."""

    may_differ = ("white_noise", "evaluate", "document", "compare")

    def fresh(self, key, n):
        return self.normal_from(self.rng(key), n)

    def normal_from(self, rng, n):
        return rng.standard_normal(n)

    def hashed(self, key):
        return hashlib.sha256(str(key).encode("utf-8", "surrogatepass")).digest()


class DrawsByZiggurat(_Own):
    """Takes the ziggurat of NumPy on PCG64."""

    generator = "pcg64/ziggurat"


class DrawsFromMersenneTwister(_Own):
    """Takes MT19937, seeded by all bits of the hash."""

    generator = "mt19937/ziggurat"

    def rng(self, key):
        return np.random.Generator(np.random.MT19937(int.from_bytes(self.hashed(key), "big")))


class DrawsFromSmallFastChaos(_Own):
    """Takes SFC64."""

    generator = "sfc64/ziggurat"

    def rng(self, key):
        return np.random.Generator(np.random.SFC64(int.from_bytes(self.hashed(key), "big")))


class DrawsByThePolarMethod(_Own):
    """Takes the polar method of NumPy's older generator, on MT19937."""

    generator = "mt19937/polar"

    def fresh(self, key, n):
        words = np.frombuffer(self.hashed(key), "<u4")
        return np.random.RandomState(words).standard_normal(n)


class DrawsByBoxAndMuller(_Own):
    """Turns pairs of uniform numbers of Philox, in float64."""

    generator = "philox4x64-10/box-muller"

    def rng(self, key):
        return np.random.Generator(np.random.Philox(key=int.from_bytes(self.hashed(key)[:16])))

    def normal_from(self, rng, n):
        half = -(-n // 2)
        radius = np.sqrt(-2 * np.log1p(-rng.random(half)))
        angle = 2 * np.pi * rng.random(half)
        return np.concatenate([radius * np.cos(angle), radius * np.sin(angle)])[:n]


class DrawsByBoxAndMullerInFloat32(_Own):
    """Turns pairs of uniform numbers of 24 bits, in float32."""

    generator = "pcg64/box-muller-float32"

    def normal_from(self, rng, n):
        half = -(-n // 2)
        first, second = (rng.random(half, np.float32) for _ in range(2))
        radius = np.sqrt(-2 * np.log(np.float32(1) - first))
        angle = np.float32(2 * np.pi) * second
        pairs = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
        return pairs.astype(np.float32).ravel()[:n]


class DrawsByZigguratInFloat32(_Own):
    """Takes the ziggurat of NumPy in float32."""

    generator = "pcg64/ziggurat-float32"

    def normal_from(self, rng, n):
        return rng.standard_normal(n, np.float32)


class _ByQuantile(_Own):
    """Takes the normal quantile in the middle of equally probable cells."""

    bits = 0

    def normal_from(self, rng, n):
        return self.normal_quantile((rng.integers(0, 2**self.bits, n) + 0.5) / 2.0**self.bits)


class TakesQuantilesOf53Bits(_ByQuantile):
    """Takes uniform numbers of 53 bits."""

    generator = "pcg64/quantile52"
    bits = 52


class TakesQuantilesOf32Bits(_ByQuantile):
    """Takes uniform numbers of 32 bits."""

    generator = "pcg64/quantile32"
    bits = 32


class TakesQuantilesOf24Bits(_ByQuantile):
    """Takes uniform numbers of 24 bits, as float32 has them."""

    generator = "pcg64/quantile24"
    bits = 24


class TakesTheTableOnAnotherStream(_Own):
    """Takes the table of RMQM-WN-006, no coarser than it may be, on the lanes of PCG64."""

    generator = "pcg64/quantile16"

    def normal_from(self, rng, n):
        return quantile16()[rng.integers(0, 65536, n)]


class CountsWithSha256(_Own):
    """Hashes a counter: every digest gives four quantiles."""

    generator = "sha256-counter/quantile"

    def fresh(self, key, n):
        base = hashlib.sha256(self.hashed(key))
        blocks = []
        for count in range(-(-n // 4)):
            block = base.copy()
            block.update(struct.pack("<Q", count))
            blocks.append(block.digest())
        words = np.frombuffer(b"".join(blocks), "<u8")[:n]
        return self.normal_quantile(((words >> np.uint64(12)) + 0.5) / 2.0**52)


class CountsWithSplitMix(_Own):
    """Mixes a counter as SplitMix64 does; the key starts it."""

    generator = "splitmix64/quantile"

    def fresh(self, key, n):
        start = np.frombuffer(self.hashed(key)[:8], "<u8")
        z = start + np.arange(1, n + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
        return self.normal_quantile(((z >> np.uint64(12)) + 0.5) / 2.0**52)
