"""
Seeds, ids and levels that are easily taken for one another.

A generator makes one key of seed, id and level. Written one after the other without a mark
between them, added up, or hashed to few bits, different triples give the same key.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import frozen

__all__ = ["ADDED", "ALIKE", "JOINED", "Request"]


@frozen
class Request:
    """Ids and levels that are asked for with one seed."""

    seed: int
    ids: tuple[str, ...]
    levels: tuple[int, ...]

    def addresses(self) -> Iterator[str]:
        """Name what is drawn, in the order of the answer."""
        for name in self.ids:
            for level in self.levels:
                yield f"seed {self.seed}, id {name!r}, level {level}"


_ONES: Final = ("1", "11", "111", "1111")
_NUMBERS: Final = ("1", "2", "3", "12", "21", "112", "121", "211", "1-1", "1/1", "1_1", "1:1")

JOINED: Final = (
    *(Request(seed, _ONES, (1, 11)) for seed in (1, 11, 111, 1111)),
    *(Request(seed, _NUMBERS[1:], (1, 2, 3, 12, 21)) for seed in (2, 12, 21, 3, 0)),
)
"""Texts that run together: "1" + "12" is "11" + "2"."""

_ROUND: Final = (99, 100, 127, 128, 255, 256, 999, 1000, 1024, 2048, 10**4, 10**5, 10**6, 10**9)
_POWERS: Final = tuple(2**power for power in (16, 20, 24, 31, 32, 48, 63, 64))
_FAR: Final = sorted({seed + k for seed in (*_ROUND, *_POWERS) for k in (0, 1)})

ADDED: Final = (
    *(Request(seed, ("photo",), tuple(range(1, 103))) for seed in range(4)),
    *(Request(seed, ("photo",), (1, 2, 3, 4, 10, 100)) for seed in range(4, 41)),
    *(Request(seed, ("photo",), (1, 2, 3)) for seed in _FAR),
)
"""Sums, products and exclusive ors of a seed and a level, and of multiples of either."""

_HEX: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

_IDS: Final = (
    *("photo-12.png", "photo-21.png", "photo-11.png", "photo-1.png", "photo-012.png"),
    *("Photo-12.png", "photo-12.PNG", "photo-12.jpg", "photo-12", " photo-12.png", "photo-12.png "),
    *("a/photo-12.png", "b/photo-12.png", "/photo-12.png", "photo-12.png\n", "photo_12.png"),
    *("gnp.21-otohp", "listen", "silent", "enlist", "tinsel", "LISTEN", "abc", "acb", "bac", "ad"),
    *("bc", "cb", "da", "aad", "abcabc", "a", "aa", "aaa", "b", "bb", "ab", "ba", "aab", "aba"),
    *("Aa", "BB", "AaAa", "BBBB", "AaBB", "BBAa"),  # pairs of the hash of Java
    *("plumless", "buckeroo", "costarring", "liquid", "declinate", "macallums"),  # CRC-32, FNV
    *("hetairas", "mentioner", "heliotropes", "neurospora"),  # pairs of the hash of Bernstein
    *(_HEX[:k] + ("1" if _HEX[k] != "1" else "2") + _HEX[k + 1 :] for k in range(64)),
    *(_HEX, _HEX[::-1], _HEX.upper(), _HEX[:32], _HEX[32:] + _HEX[:32], _HEX[:16], _HEX[:8]),
    *(
        "x" * k + end
        for k in (7, 8, 15, 16, 31, 32, 63, 64, 100, 127, 128, 255, 256)
        for end in "yz"
    ),
    *(
        "caf\u00e9",
        "cafe\u0301",
        "cafe",
        "caf?",
        "caf",
        "\u732b",
        "\u72ac",
        "?",
        "\U0001f600",
        "??",
    ),
)
ALIKE: Final = tuple(dict.fromkeys(_IDS))
"""Ids that fall together if they are sorted, added, folded, trimmed, cut or hashed to 32 bits."""
