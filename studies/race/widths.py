"""Scores that stop at a precision: how many inputs they take, and how often they cover."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.special import stdtrit

from rmqm_spec.evaluation.precision import FIRST_LOOK, next_look
from studies.race.pools import Pool, gradients_of, scores_of

__all__ = ["coverage_at", "coverage_until"]

_MOST = 100_000


def coverage_until(pool: Pool, precision: float, n_runs: int, seed: int = 0) -> dict[str, Any]:
    """Score an encoder (N, 3) until it is precise, again and again."""
    random = np.random.default_rng([seed, round(1 / precision)])
    truth = float(scores_of(pool.mean(axis=0)))
    ends = [_end(pool, precision, random) for _ in range(n_runs)]
    numbers = [n for n, _, _ in ends]
    return {
        "precision": precision,
        "runs": n_runs,
        "covered": float(np.mean([abs(score - truth) <= half for _, score, half in ends])),
        "inputs": float(np.median(numbers)),
        "most": int(max(numbers)),
    }


def coverage_at(pool: Pool, n: int, n_runs: int, seed: int = 0) -> float:
    """Return how often the interval of so many inputs covers, without any stopping."""
    random = np.random.default_rng([seed, n])
    truth = float(scores_of(pool.mean(axis=0)))
    ends = [next(_looks(pool, iter([n]), random)) for _ in range(n_runs)]
    return float(np.mean([abs(score - truth) <= half for _, score, half, _ in ends]))


def _end(pool: Pool, precision: float, random: np.random.Generator) -> tuple[int, float, float]:
    ends = _looks(pool, _numbers(), random)
    n, score, half, least = next(ends)
    while not (half <= precision and n >= least) and n < _MOST:
        n, score, half, least = next(ends)
    return n, score, half


def _numbers() -> Iterator[int]:
    n = FIRST_LOOK
    while n < _MOST:
        yield n
        n = next_look(n)
    yield _MOST


def _looks(
    pool: Pool, numbers: Iterator[int], random: np.random.Generator
) -> Iterator[tuple[int, float, float, float]]:
    """Yield number of inputs, score, half width, and the inputs that its skewness asks for."""
    counts = np.zeros(len(pool), dtype=np.int64)
    before = 0
    for n in numbers:
        new = random.integers(0, len(pool), n - before)
        counts, before = counts + np.bincount(new, minlength=len(pool)), n
        means = counts @ pool / n
        influence = (pool - means) @ gradients_of(means)
        variance = counts @ influence**2 / n
        third = counts @ influence**3 / n
        half = stdtrit(n - 1, 0.975) * np.sqrt(variance / (n - 1))
        yield n, float(scores_of(means)), float(half), float(25 * third**2 / variance**3)
