"""Known mistakes of the noise: chapters 2 and 3 of the specification."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import Any

import numpy as np
from scipy import special

from rmqm_conformance.mistakes.drawing import Drawing
from rmqm_conformance.mistakes.known import Table, changed, same_bits, within
from rmqm_conformance.mistakes.changes import parts
from rmqm_conformance.oracle import quantile16

__all__ = ["LEVELS", "NOISE", "TABLES"]


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
    "derives the key without the seed": parts(
        text=lambda n, i: f"rmqm-white-noise/1\n{n.ids[i]}"
    ),
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
    "trims white space around ids": parts(
        text=lambda n, i: _seeded(n, n.ids[i].strip())
    ),
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
    "repeats the noise of the first 32 inputs": parts(
        text=lambda n, i: _seeded(n, n.ids[i % 32])
    ),
    "mixes the number of levels into the key": parts(
        text=lambda n, i: f"rmqm-white-noise/1\n{n.seed}\n{n.ids[i]}\n{n.n_levels}"
    ),
}


def _rounds(key: int, counter: int, n_rounds: int) -> list[int]:
    mask = 2**64 - 1
    c = [counter >> (64 * k) & mask for k in range(4)]
    k0, k1 = key & mask, key >> 64
    for _ in range(n_rounds):
        first, second = 0xD2E7470EE14C6C93 * c[0], 0xCA5A826395121157 * c[2]
        c = [second >> 64 ^ c[1] ^ k0, second & mask, first >> 64 ^ c[3] ^ k1, first & mask]
        k0, k1 = k0 + 0x9E3779B97F4A7C15 & mask, k1 + 0xBB67AE8584CAA73B & mask
    return c


def _seven_rounds(n: Any, key: int, counter: int, blocks: int) -> Any:
    drawn = [word for b in range(blocks) for word in _rounds(key, counter + b, 7)]
    return np.array(drawn, np.uint64)


def _continued(n: Any, i: int, k: int, size: int) -> Any:
    level = n.level_of_draw(k)
    words = n.words(n.key(n.text(i)), 0, -(-(level + 1) * size // 16))
    return n.split(words)[level * size : (level + 1) * size]


def _wrapped(bits: int) -> Any:
    def words(n: Any, key: int, counter: int, blocks: int) -> Any:
        counters = [(counter + b) % 2**bits for b in range(blocks)]
        return np.concatenate([Drawing.words(n, key, c, 1) for c in counters])

    return words


def _half_blocks(n: Any, i: int, k: int, size: int) -> Any:
    blocks = -(-size // 8)
    words = n.words(n.key(n.text(i)), n.level_of_draw(k) * blocks, blocks)
    return n.split(words.reshape(-1, 4)[:, :2].ravel())[:size]


COUNTERS: dict[str, dict[str, Any]] = {
    "starts one block late: NumPy counts before it draws": parts(
        words=lambda n, key, counter, blocks: np.random.Philox(
            key=key, counter=counter
        ).random_raw(4 * blocks)
    ),
    "rounds the number of blocks (P / 16) down": parts(
        counter=lambda n, level, size: level * (size // 16)
    ),
    "takes a block more than needed (P / 16 rounded up by adding 1)": parts(
        counter=lambda n, level, size: level * (size // 16 + 1)
    ),
    "starts level 1 at counter 0": parts(
        counter=lambda n, level, size: (level - 1) * n.blocks(size)
    ),
    "puts the level into the second word of the counter": parts(
        counter=lambda n, level, size: level << 64
    ),
    "ignores the level: every level starts at counter 0": parts(counter=lambda n, level, size: 0),
    "goes on with the lanes that the level before left over": parts(lanes=_continued),
    "takes the first half of each Philox block only": parts(lanes=_half_blocks),
    "runs 7 rounds of Philox instead of 10": parts(words=_seven_rounds),
    "counts blocks in 32 bits": parts(words=_wrapped(32)),
    "counts blocks in 64 bits, the lowest word alone": parts(words=_wrapped(64)),
    "repeats the first 32768 lanes": parts(
        lanes=lambda n, i, k, size: np.resize(Drawing.lanes(n, i, k, size)[:32768], size)
    ),
    "takes the highest lane of a word first": parts(
        split=lambda n, words: words.astype(">u8").view(">u2").astype("<u2")
    ),
    "reads lanes big-endian": parts(
        split=lambda n, words: words.astype("<u8").view("<u2").byteswap()
    ),
    "reads words big-endian": parts(split=lambda n, words: words.astype(">u8").view("<u2")),
    "gives the lanes to the values in the order of Fortran": parts(
        shaped=lambda n, noise, x: noise.reshape(x.shape, order="F")
    ),
    "seeds NumPy's default generator with the key": parts(
        words=lambda n, key, counter, blocks: np.random.default_rng([key, counter]).integers(
            0, 2**64, 4 * blocks, dtype=np.uint64
        )
    ),
}


def _uniform(n: Any, lanes: Any) -> Any:
    return ((2.0 * lanes - 65535) / 65536).astype(np.float32)


def _by_densities(n: Any, lanes: Any) -> Any:
    q = special.ndtri(np.arange(1, 65536) / 65536)
    p = np.concatenate([[0.0], np.exp(-(q**2) / 2) / np.sqrt(2 * np.pi), [0.0]])
    return (65536 * (p[:-1] - p[1:])).astype(np.float32)[lanes]


def _box_muller(n: Any, lanes: Any, turned: bool) -> Any:
    first, second = lanes[0::2], lanes[1::2]
    size = np.sqrt(-2 * np.log((first + 1) / 65536))[: len(second)]
    angle = 2 * np.pi * second / 65536
    pair = (np.sin(angle), np.cos(angle)) if turned else (np.cos(angle), np.sin(angle))
    return np.stack([size * side for side in pair], axis=1).ravel().astype(np.float32)


NORMAL: dict[str, dict[str, Any]] = {
    "draws uniform noise instead of normal noise": parts(normal=_uniform),
    "draws uniform noise, -1 to 1, instead of normal noise": parts(
        normal=lambda n, lanes: (lanes / 32767.5 - 1).astype(np.float32)
    ),
    "takes the quantile in the middle of a cell instead of the mean of the cell": parts(
        normal=lambda n, lanes: special.ndtri((lanes + 0.5) / 65536).astype(np.float32)
    ),
    "subtracts densities, which misrounds entries of the table": parts(normal=_by_densities),
    "makes normal values by Box-Muller instead of the table": parts(
        normal=lambda n, lanes: _box_muller(n, lanes, turned=False)
    ),
    "makes normal values by Box-Muller, cosine and sine swapped": parts(
        normal=lambda n, lanes: _box_muller(n, lanes, turned=True)
    ),
    "lets NumPy make normal values of the right stream": parts(
        lanes=lambda n, i, k, size: np.random.Generator(
            np.random.Philox(
                key=n.key(n.text(i)),
                counter=(n.counter(n.level_of_draw(k), size) - 1) % 2**256,
            )
        ).standard_normal(size),
        normal=lambda n, drawn: drawn,
    ),
    "subtracts the noise": parts(normal=lambda n, lanes: -quantile16()[lanes]),
}


def _root(value: float) -> float:
    return float(value**0.5)


LEVELS: dict[str, dict[str, Any]] = {
    "alters level 0: takes (j + 1) / (J + 1) for j / J": parts(
        is_unaltered=lambda n, level: False,
        epsilon=lambda n, level: (level + 1) / (n.n_levels + 1),
    ),
    "takes the variance for the standard deviation: (j / J)^2": parts(
        epsilon=lambda n, level: (level / n.n_levels) ** 2
    ),
    "takes the level for the variance: the root of j / J": parts(
        epsilon=lambda n, level: _root(level / n.n_levels)
    ),
    "counts level 0: divides by J + 1 instead of J": parts(
        epsilon=lambda n, level: level / (n.n_levels + 1)
    ),
    "starts the schedule at level 1: (j - 1) / (J - 1) for j / J": parts(
        epsilon=lambda n, level: (level - 1) / max(n.n_levels - 1, 1)
    ),
    "takes 100 j / J for j / J": parts(epsilon=lambda n, level: 100 * level / n.n_levels),
    "takes j for j / J": parts(epsilon=lambda n, level: level),
    "spaces the levels geometrically": parts(
        epsilon=lambda n, level: 2.0 ** (level - n.n_levels)
    ),
    "does not scale the noise by the width of the bounds": parts(width=lambda n: 1.0),
    "takes the upper bound for the width of the bounds": parts(width=lambda n: n.high),
    "takes half the width of the bounds": parts(width=lambda n: (n.high - n.low) / 2),
    "cuts the width of the bounds at a million": parts(
        width=lambda n: min(n.high - n.low, 1e6)
    ),
    "adds the noise to the level before instead of the unaltered input": parts(
        begin=lambda n, i, k: n.inputs[i]
        if k == 0
        else n.altered(i, k - 1)
    ),
    "adds the noise to the level j - 1 instead of the unaltered input": parts(
        begin=lambda n, i, k: _below(n, i, n.levels[k] - 1)
    ),
    "draws the noise of a level by its place in the list": parts(
        level_of_draw=lambda n, k: 1 if n.common else k
    ),
    "draws the noise of a level by its place in the list, from 1": parts(
        level_of_draw=lambda n, k: 1 if n.common else k + 1
    ),
    "returns the levels in ascending order, not in that asked for": parts(
        order=lambda n, levels: sorted(levels)
    ),
    "repeats the draw of level 1 at every level (common coupling)": parts(
        level_of_draw=lambda n, k: 1
    ),
    "ignores the coupling `common`": parts(coupled=lambda n, coupling: False),
    "takes the draw of level 0 for the common direction": parts(
        level_of_draw=lambda n, k: 0 if n.common else n.levels[k]
    ),
    "takes the draw of level J for the common direction": parts(
        level_of_draw=lambda n, k: n.n_levels if n.common else n.levels[k]
    ),
    "takes a level beyond J for J, and -1 for the last": parts(
        order=lambda n, levels: [min(level % (n.n_levels + 1), n.n_levels) for level in levels]
    ),
    "adds a noise of zero at level 0, which loses the sign of zero": parts(
        given=lambda n, altered: altered + altered.dtype.type(0)
    ),
    "clips level 0": parts(
        is_unaltered=lambda n, level: False,
    ),
}


def _below(n: Any, i: int, level: int) -> Any:
    if level <= 0:
        return n.inputs[i]
    n_levels = n.levels
    n.levels = [level]
    try:
        return n.altered(i, 0)
    finally:
        n.levels = n_levels


def _fused(n: Any, x: Any, scale: Any, noise: Any) -> Any:
    exact = np.longdouble(x) + np.longdouble(scale) * np.longdouble(noise)
    return n.clipped(exact.astype(x.dtype))


def _in_double(n: Any, i: int, k: int) -> Any:
    x = n.inputs[i]
    if n.levels[k] == 0:
        return x
    wide = n.inputs[i].astype(np.float64)
    moved = wide + n.spread(n.levels[k]) * n.values(i, k, x).astype(np.float64)
    return np.clip(moved, n.low, n.high).astype(x.dtype)


def _rounded_level(n: Any, i: int, k: int) -> Any:
    x = n.inputs[i]
    if n.levels[k] == 0:
        return x
    type_ = x.dtype.type
    scale = type_(n.epsilon(n.levels[k])) * type_(n.width())
    return n.sum(x, scale, n.values(i, k, x).astype(x.dtype))


ARITHMETIC: dict[str, dict[str, Any]] = {
    "does not clip altered inputs to the bounds": parts(clipped=lambda n, values: values),
    "clips the input before the noise instead of the sum after it": parts(
        sum=lambda n, x, scale, noise: n.clipped(x) + scale * noise
    ),
    "clips the noise instead of the sum": parts(
        sum=lambda n, x, scale, noise: x + n.clipped(scale * noise)
    ),
    "clips to [0, 1], whatever the bounds are": parts(
        clipped=lambda n, values: np.clip(values, 0, 1)
    ),
    "wraps values around at the bounds instead of clipping them": parts(
        clipped=lambda n, values: (
            n.low + np.mod(values - n.low, n.high - n.low)
        ).astype(values.dtype)
    ),
    "rounds once after product and sum (a fused multiply-add)": parts(sum=_fused),
    "computes in float64 and rounds to float32 at the end": parts(altered=_in_double),
    "rounds j / J to the type before it is multiplied by the width": parts(altered=_rounded_level),
    "returns float64, whatever the type of the inputs is": parts(
        given=lambda n, altered: altered.astype(np.float64)
    ),
    "returns float32, whatever the type of the inputs is": parts(
        given=lambda n, altered: altered.astype(np.float32)
    ),
    "clips float32 to the last numbers inside the bounds": parts(
        clipped=lambda n, values: np.clip(values, *_inside(n, values.dtype.type))
    ),
}


def _inside(n: Any, type_: Any) -> Any:
    low, high = type_(n.low), type_(n.high)
    low = np.nextafter(low, type_(np.inf)) if float(low) < n.low else low
    return low, (np.nextafter(high, type_(-np.inf)) if float(high) > n.high else high)


NOISE = ARITHMETIC | LEVELS | KEYS | COUNTERS | NORMAL

TABLES = (
    Table(
        operation="white_noise",
        right=changed(Drawing, "white_noise"),
        same=same_bits,
        mistakes={words: changed(Drawing, "white_noise", **made) for words, made in NOISE.items()},
        fits=within(100_000),
    ),
)
