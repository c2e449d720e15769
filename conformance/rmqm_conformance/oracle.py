"""
The definitions once more, in plain float64, for laws to compare with.

Nothing here is fast or general. Sums are correctly rounded, vectors are small, and the generator
works on Python integers.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
from attrs import frozen
from scipy import special

__all__ = [
    "RESOLUTION",
    "ExpectedCharacteristics",
    "characteristics",
    "distances",
    "half_width",
    "lanes",
    "mean",
    "metric",
    "noise",
    "path",
    "quantile16",
    "quantile_of_student",
    "relative_changes",
    "represent",
    "start",
]

Array: TypeAlias = npt.NDArray[Any]

RESOLUTION: Final = {
    "float64": 1e-12,
    "integer": 1e-12,
    "float32": 1e-6,
    "float16": 1e-3,
    "bfloat16": 1e-3,
}
"""The table of RMQM-RES-001."""


def mean(values: Iterable[float]) -> float:
    """Return the correctly rounded sum, divided by the count; NaN if there are no values."""
    listed = [float(value) for value in values]
    return math.fsum(listed) / len(listed) if listed else math.nan


# Distances


def distances(trajectories: Array) -> tuple[Array, Array]:
    """Return displacements and step lengths of representations (N, J + 1, E), none zeroed."""
    units = [[_unit(vector) for vector in row] for row in trajectories.astype(np.float64)]
    d = [[math.dist(row[0], later) for later in row[1:]] for row in units]
    s = [[math.dist(*pair) for pair in pairwise(row)] for row in units]
    return np.array(d), np.array(s)


def _unit(vector: Array) -> list[float]:
    largest = float(np.abs(vector).max())
    scaled = [float(value) / largest for value in vector]
    norm = math.sqrt(math.fsum(value * value for value in scaled))
    return [value / norm for value in scaled]


# Characteristics


@frozen(kw_only=True)
class ExpectedCharacteristics:
    """What `characterize` gives, before RMQM-RES-003; and the values of single inputs."""

    D: float
    S: float
    D_RC: float
    P_RC: float
    rmqm: float
    status: str
    undefined: tuple[int, int]
    left_out: int
    per_input: tuple[Array, Array, Array, Array]
    kept: Array
    variant: str


def characteristics(d: Array, s: Array, variant: str, resolution: float) -> ExpectedCharacteristics:
    """Return the characteristics of displacements and step lengths (N, J)."""
    d, s = (np.where(values < resolution, 0.0, values) for values in (d, s))
    paper = variant == "paper"
    kept = np.ones(len(d), bool) if paper else (d[:, :-1] * s[:, :-1] != 0).all(axis=1)
    terms = (
        relative_changes(np.pad(d, ((0, 0), (int(paper), 0))), paper),
        relative_changes(s, paper),
    )
    divisor = d.shape[1] - (not paper)
    D_RC_i, P_RC_i = (_means_of_defined(values, divisor) for values in terms)
    D_i, S_i = (np.array([mean(row) for row in values]) for values in (d, s))
    D, S, D_RC, P_RC = mean(D_i), mean(S_i), mean(D_RC_i[kept]), mean(P_RC_i[kept])
    undefined = [int(np.isnan(values).sum()) for values in terms]
    many = any(100 * count > values.size for count, values in zip(undefined, terms, strict=True))
    if resolution > D:
        status = "collapsed"
    elif many if paper else not kept.any():
        status = "undefined-terms"
    else:
        status = "constant-steps" if min(D_RC, P_RC) < resolution else "ok"
    return ExpectedCharacteristics(
        D=D,
        S=S,
        D_RC=D_RC,
        P_RC=P_RC,
        rmqm=metric(variant, D, S, D_RC, P_RC) if status == "ok" else math.nan,
        status=status,
        undefined=(undefined[0], undefined[1]),
        left_out=int((~kept).sum()),
        per_input=(D_i, S_i, D_RC_i, P_RC_i),
        kept=kept,
        variant=variant,
    )


def relative_changes(values: Array, by_current: bool) -> Array:
    """Return the terms of the spikes: 0/0 is 0, and x/0 is NaN."""
    before, now = values[:, :-1], values[:, 1:]
    below = now if by_current else before
    terms: Array = np.abs(now - before) / np.where(below == 0, 1.0, below)
    terms[(below == 0) & (before != now)] = math.nan
    return terms


def _means_of_defined(terms: Array, divisor: int) -> Array:
    rows = [row[~np.isnan(row)].tolist() for row in terms]
    left = [divisor - terms.shape[1] + len(row) for row in rows]
    return np.array(
        [math.fsum(row) / n if n else math.nan for row, n in zip(rows, left, strict=True)]
    )


def metric(variant: str, D: float, S: float, D_RC: float, P_RC: float) -> float:
    """Return RMQM of characteristics above zero."""
    return math.log(1 + D + (S if variant != "paper" else 0.0) + 1 / D_RC + 1 / P_RC)


def half_width(result: ExpectedCharacteristics) -> float:
    """Return half the width of the interval; NaN if it is undefined."""
    n = len(result.kept)
    if n < 2 or result.status != "ok":
        return math.nan
    D_i, S_i, D_RC_i, P_RC_i = result.per_input
    moved = D_i - result.D + (S_i - result.S if result.variant != "paper" else 0.0)
    spikes = (D_RC_i - result.D_RC) / result.D_RC**2 + (P_RC_i - result.P_RC) / result.P_RC**2
    spikes = np.where(result.kept, spikes, 0.0) * n / result.kept.sum()
    influences = (moved - spikes) / math.exp(result.rmqm)
    return float(quantile_of_student(n - 1) * math.sqrt(math.fsum(influences**2) / (n * (n - 1))))


def quantile_of_student(degrees: int) -> float:
    """Return what Student's t exceeds in one case of forty."""
    return float(special.stdtrit(degrees, 0.975))


# White noise

_WORD = 2**64 - 1
_LARGE = 1000


@cache
def quantile16() -> Array:
    """
    Return the table of RMQM-WN-006.

    Raises
    ------
    ArithmeticError
        If the elementary functions of this platform are too coarse for it.
    """
    q = special.ndtri(np.arange(1, 32769) / 65536)
    p = np.exp(-(q**2) / 2) / math.sqrt(2 * math.pi)
    inner = p[1:] * np.expm1((q[1:] - q[:-1]) * (q[1:] + q[:-1]) / 2)
    lower = (65536 * np.concatenate([-p[:1], inner])).astype("<f4")
    table = np.concatenate([lower, -lower[::-1]])
    if not hashlib.sha256(table.tobytes()).hexdigest().startswith("e6b56edea11a9247"):
        raise ArithmeticError("this platform does not compute the table of RMQM-WN-006 exactly")
    table.setflags(write=False)
    return table


def _philox(counter: int, key: int) -> Iterable[int]:
    c = [counter >> (64 * k) & _WORD for k in range(4)]
    k0, k1 = key & _WORD, key >> 64
    for _ in range(10):
        first, second = 0xD2E7470EE14C6C93 * c[0], 0xCA5A826395121157 * c[2]
        c = [second >> 64 ^ c[1] ^ k0, second & _WORD, first >> 64 ^ c[3] ^ k1, first & _WORD]
        k0, k1 = k0 + 0x9E3779B97F4A7C15 & _WORD, k1 + 0xBB67AE8584CAA73B & _WORD
    return c


def lanes(text: str, level: int, n_values: int) -> Array:
    """Return a lane for each value: RMQM-WN-003 to RMQM-WN-005."""
    key = int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "little")
    n_blocks = -(-n_values // 16)
    first = level * n_blocks
    if n_values <= _LARGE:
        words = [word for k in range(n_blocks) for word in _philox(first + k, key)]
        return np.array(words, "<u8").view("<u2")[:n_values]
    generator = np.random.Philox(key=key, counter=first - 1)  # it counts before it draws
    return generator.random_raw(4 * n_blocks).astype("<u8").view("<u2")[:n_values]


def noise(
    x: Array, name: str, level: int, n_levels: int, seed: int, low: float, high: float
) -> Array:
    """Return an input at a level, bit by bit."""
    if level == 0:
        return x
    drawn = quantile16()[lanes(f"rmqm-white-noise/1\n{seed}\n{name}", level, x.size)]
    scale = x.dtype.type(level / n_levels * (high - low))
    moved = x + scale * drawn.astype(x.dtype).reshape(x.shape)
    return np.asarray(np.clip(moved, x.dtype.type(low), x.dtype.type(high)))


# Encoder and PGD


def represent(network: dict[str, Any], x: Array) -> Array:
    """Return the representations (N, E) of inputs (N, *S) by a dense layer, in float64."""
    mapped = (network["scale"] * x.astype(np.float64) - network["mean"]) / network["std"]
    sums = mapped.reshape(len(x), -1) @ network["weight"].T + network["bias"]
    return np.asarray(np.tanh(sums) if network["activation"] == "tanh" else sums)


def _gradient(network: dict[str, Any], x: Array, at: Array) -> Array:
    """Return the gradient of `displacement` from the representations of `x`, at inputs `at`."""
    z, reference = represent(network, at), represent(network, x)
    length = np.linalg.norm(z, axis=1, keepdims=True)
    phi = z / length
    origin = reference / np.linalg.norm(reference, axis=1, keepdims=True)
    cotangent = 2 / length * ((phi * origin).sum(axis=1, keepdims=True) * phi - origin)
    if network["activation"] == "tanh":
        cotangent = cotangent * (1 - z**2)
    slope = network["scale"] / network["std"]
    return np.asarray((cotangent @ network["weight"] * slope).reshape(x.shape))


def start(x: Array, name: str, alpha: float, seed: int, low: float, high: float) -> Array:
    """Return where the first gradient of an input is taken: RMQM-PGD-007."""
    drawn = lanes(f"rmqm-pgd-start/1\n{seed}\n{name}", 1, x.size).astype(np.float64)
    away = ((2 * drawn - 65535) / 65536).astype(x.dtype).reshape(x.shape)
    moved = x + x.dtype.type(alpha * (high - low)) * away
    return np.asarray(np.clip(moved, x.dtype.type(low), x.dtype.type(high)))


def path(
    x: Array,
    ids: list[str],
    network: dict[str, Any],
    n_levels: int,
    alpha: float,
    seed: int,
    low: float,
    high: float,
) -> tuple[Array, bool]:
    """Return a PGD path (N, J + 1, *S), and whether the sign of some gradient is in doubt."""
    type_ = x.dtype.type
    levels, doubt = [x], False
    at = np.array(
        [start(x_i, name, alpha, seed, low, high) for x_i, name in zip(x, ids, strict=True)]
    )
    for _ in range(n_levels):
        g = _gradient(network, x, at)
        sizes = np.abs(g.reshape(len(x), -1))
        doubt |= bool((sizes.min(axis=1) <= 1e-9 * sizes.max(axis=1)).any())
        moved = levels[-1] + type_(alpha * (high - low)) * np.sign(g).astype(x.dtype)
        at = np.clip(moved, type_(low), type_(high))
        levels.append(at)
    return np.stack(levels, axis=1), doubt
