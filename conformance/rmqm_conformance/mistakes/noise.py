"""Known mistakes of the noise: chapters 2 and 3 of the specification."""

from __future__ import annotations

from typing import Any

import numpy as np

from rmqm_conformance.mistakes.drawing import Drawing
from rmqm_conformance.mistakes.generator import COUNTERS, NORMAL
from rmqm_conformance.mistakes.keys import KEYS
from rmqm_conformance.mistakes.known import Table, changed, parts, same_bits, within

__all__ = ["NOISE", "TABLES"]


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
    "spaces the levels geometrically": parts(epsilon=lambda n, level: 2.0 ** (level - n.n_levels)),
    "does not scale the noise by the width of the bounds": parts(width=lambda n: 1.0),
    "takes the upper bound for the width of the bounds": parts(width=lambda n: n.high),
    "takes half the width of the bounds": parts(width=lambda n: (n.high - n.low) / 2),
    "cuts the width of the bounds at a million": parts(width=lambda n: min(n.high - n.low, 1e6)),
    "adds the noise to the level before instead of the unaltered input": parts(
        begin=lambda n, i, k: n.inputs[i] if k == 0 else n.altered(i, k - 1)
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
        clipped=lambda n, values: (n.low + np.mod(values - n.low, n.high - n.low)).astype(
            values.dtype
        )
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
