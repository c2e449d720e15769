"""Known mistakes of keys: seeds and ids in RMQM-WN-003."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import Any

from rmqm_conformance.mistakes.known import parts

__all__ = ["KEYS"]


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _seeded(n: Any, second: str) -> str:
    return f"rmqm-white-noise/1\n{n.seed}\n{second}"


KEYS: dict[str, dict[str, Any]] = {
    "reads the key big-endian": parts(
        key=lambda n, text: int.from_bytes(_digest(text)[:16], "big")
    ),
    "takes the last 16 bytes of the digest for the key": parts(
        key=lambda n, text: int.from_bytes(_digest(text)[16:], "little")
    ),
    "puts the high word of the key first": parts(
        key=lambda n, text: int.from_bytes(_digest(text)[8:16] + _digest(text)[:8], "little")
    ),
    "derives the key without the id": parts(text=lambda n, i: f"rmqm-white-noise/1\n{n.seed}"),
    "derives the key without the id, which stays empty": parts(text=lambda n, i: _seeded(n, "")),
    "derives the key without the seed": parts(text=lambda n, i: f"rmqm-white-noise/1\n{n.ids[i]}"),
    "takes seed 0, whatever seed is asked for": parts(
        text=lambda n, i: f"rmqm-white-noise/1\n0\n{n.ids[i]}"
    ),
    "leaves the version line out of the text of the key": parts(
        text=lambda n, i: f"{n.seed}\n{n.ids[i]}"
    ),
    "ends the text of the key with a line feed": parts(
        text=lambda n, i: _seeded(n, n.ids[i]) + "\n"
    ),
    "cuts seeds to 32 bits": parts(
        text=lambda n, i: f"rmqm-white-noise/1\n{n.seed % 2**32}\n{n.ids[i]}"
    ),
    "cuts seeds to 64 bits": parts(
        text=lambda n, i: f"rmqm-white-noise/1\n{n.seed % 2**64}\n{n.ids[i]}"
    ),
    "rounds seeds to float64 (beyond 2^53)": parts(
        text=lambda n, i: f"rmqm-white-noise/1\n{int(float(n.seed))}\n{n.ids[i]}"
    ),
    "takes seeds without their sign": parts(
        text=lambda n, i: f"rmqm-white-noise/1\n{abs(n.seed)}\n{n.ids[i]}"
    ),
    "writes the seed as 8 bytes instead of as text": parts(
        key=lambda n, text: int.from_bytes(
            hashlib.sha256(
                b"rmqm-white-noise/1\n"
                + n.seed.to_bytes(8, "little")
                + b"\n"
                + text.split("\n", 2)[2].encode()
            ).digest()[:16],
            "little",
        )
    ),
    "replaces letters of ids beyond ASCII": parts(
        key=lambda n, text: int.from_bytes(
            hashlib.sha256(text.encode("ascii", "replace")).digest()[:16], "little"
        )
    ),
    "writes ids in Latin-1 or UTF-16 instead of UTF-8": parts(
        key=lambda n, text: int.from_bytes(
            hashlib.sha256(text.encode("utf-16-le")).digest()[:16], "little"
        )
    ),
    "trims white space around ids": parts(text=lambda n, i: _seeded(n, n.ids[i].strip())),
    "normalises ids (Unicode) before they become a key": parts(
        text=lambda n, i: _seeded(n, unicodedata.normalize("NFC", n.ids[i]))
    ),
    "writes ids in lower case": parts(text=lambda n, i: _seeded(n, n.ids[i].lower())),
    "draws the noise by the position of an input instead of its id": parts(
        text=lambda n, i: _seeded(n, str(i))
    ),
    "adds the same noise to every input, that of the first": parts(
        text=lambda n, i: _seeded(n, n.ids[0])
    ),
    "adds the same noise to every input": parts(text=lambda n, i: _seeded(n, "all")),
    "repeats the noise of the first 32 inputs": parts(text=lambda n, i: _seeded(n, n.ids[i % 32])),
    "mixes the number of levels into the key": parts(
        text=lambda n, i: f"rmqm-white-noise/1\n{n.seed}\n{n.ids[i]}\n{n.n_levels}"
    ),
}
