"""Known mistakes of the generator: counters and normal values of RMQM-WN-003 to 006."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from rmqm_conformance.mistakes.drawing import Drawing
from rmqm_conformance.mistakes.known import parts
from rmqm_conformance.oracle import quantile16

__all__ = ["COUNTERS", "NORMAL"]


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
        words=lambda n, key, counter, blocks: np.random.Philox(key=key, counter=counter).random_raw(
            4 * blocks
        )
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
