"""What a fixed number of inputs would have needed: the analysis of `rank` without a race."""

from __future__ import annotations

from typing import Any

import numpy as np

from rmqm_spec.contracts.race import Until
from rmqm_spec.ranking.joint import JointScores
from studies.race.designs import Design
from studies.race.drawing import drawn, seen_of
from studies.race.pools import gradients_of, scores_of
from studies.race.races import MOST

__all__ = ["fixed_number"]

_OFTEN = 0.95
_STEP = 1.1


def fixed_number(design: Design, until: Until, n_runs: int, seed: int = 0) -> dict[str, Any]:
    """
    Find the fewest inputs with which `rank` settles in 95 of 100 samples.

    Nobody knows this number before the race; it is the hardest comparison for a race.
    """
    random = np.random.default_rng([seed, len(design.name), 1])
    quantile = _quantile(design)
    n = 16
    while True:
        n = min(n, MOST)
        settled = np.mean([_settles(design, until, n, quantile, random) for _ in range(n_runs)])
        if settled >= _OFTEN or n == MOST:
            return {"number": n, "settled": float(settled)}
        n = int(np.ceil(_STEP * n))


def _quantile(design: Design) -> float:
    means = design.pool.mean(axis=0)
    influence = ((design.pool - means) * gradients_of(means)).sum(axis=2)
    return JointScores.of(scores_of(means), influence).quantile()


def _settles(
    design: Design, until: Until, n: int, quantile: float, random: np.random.Generator
) -> bool:
    number = design.pool.shape[1]
    (one,) = drawn(design.pool, (n,), random)
    seen = seen_of(design.pool, one, [""] * number, range(number))
    apart = np.abs(seen.differences) > quantile * seen.errors
    if until == "best":
        first = int(np.argmax(seen.differences[:, 0]))
        return bool(np.delete(apart[first], first).all())
    return bool((apart | np.eye(number, dtype=bool)).all())
