"""Philox4x64 in whole numbers, as RMQM-WN-003 lists it."""

from __future__ import annotations

MASK = 2**64 - 1


def philox(key, counter, rounds=10):
    """Return the four words of one block."""
    k = [key & MASK, key >> 64]
    c = [counter >> 64 * place & MASK for place in range(4)]
    for _ in range(rounds):
        h0, l0 = divmod(0xD2E7470EE14C6C93 * c[0], 2**64)
        h1, l1 = divmod(0xCA5A826395121157 * c[2], 2**64)
        c = [h1 ^ c[1] ^ k[0], l1, h0 ^ c[3] ^ k[1], l0]
        k = [k[0] + 0x9E3779B97F4A7C15 & MASK, k[1] + 0xBB67AE8584CAA73B & MASK]
    return c
