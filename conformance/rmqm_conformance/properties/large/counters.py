"""White noise far into its stream: long inputs, many inputs, high levels. RMQM-WN-003 to 005."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

from typing import Final

import numpy as np

from rmqm_conformance import oracle
from rmqm_conformance.checks import Effort
from rmqm_conformance.laws import statistic
from rmqm_conformance.problems import Refused
from rmqm_conformance.properties.helpers import altered
from rmqm_conformance.properties.large.ladder import rungs
from rmqm_conformance.require import require, require_same_bits
from rmqm_conformance.strategies import Array, Batch, Levels
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

BITS = "noise generator"
HALF = 8.0


def _batch(n: int, n_values: int, label: str) -> Batch:
    """Return inputs all of the same values, so that only their ids set them apart."""
    values = np.resize(np.linspace(-0.7, 0.7, 61), (1, n_values)).astype("<f4").repeat(n, axis=0)
    return Batch(values, [f"{label}/{k}" for k in range(n)], -HALF, HALF)


def _exact(batch: Batch, row: int, level: int, n_levels: int, seed: int) -> Array:
    return oracle.noise(
        batch.values[row], batch.ids[row], level, n_levels, seed, batch.low, batch.high
    )


@statistic("RMQM-WN-004/long-input", needs=BITS, also="RMQM-WN-005 RMQM-WN-006")
def long_input(subject: Subject, effort: Effort) -> None:
    """Every value of a long input has its own place in the stream."""
    sizes = (2**16 + 21, 2**20 + 37) if effort.profile == "full" else (2**16 + 21,)
    for size in (*rungs(effort, 60, 10_001, skip=4), *sizes):
        batch = _batch(1, size, f"long/{effort.seed}")
        got = altered(subject, batch, Levels(16, [3]), effort.seed)[0, 0]
        require_same_bits(f"noise of {size} values", got, _exact(batch, 0, 3, 16, effort.seed))


MUST_BE_TAKEN: Final = 2**53
"""The largest J that no implementation may refuse: RMQM-ALT-001."""


@statistic("RMQM-WN-004/high-levels", needs=BITS, also="RMQM-WN-002 RMQM-WN-007")
def high_levels(subject: Subject, effort: Effort) -> None:
    """The counter has 256 bits: levels beyond 2^8 and up to 2^128 have draws, or are refused."""
    batch = _batch(1, 33, f"high/{effort.seed}")
    for power in (7, 8, 15, 16, 31, 32, 53, 63, 64, 127, 128):
        wanted = Levels(2 ** (power + 1), [2**power, 2**power + 1])
        try:
            got = altered(subject, batch, wanted, effort.seed)[0]
        except Refused:
            if wanted.n_levels > MUST_BE_TAKEN:
                return
            raise
        for level, values in zip(wanted.levels, got, strict=True):
            exact = _exact(batch, 0, level, wanted.n_levels, effort.seed)
            require_same_bits(f"level {level} of {wanted.n_levels}", values, exact)


@statistic("RMQM-ALT-003/many-inputs", needs="noise", also="RMQM-WN-003")
def many_inputs(subject: Subject, effort: Effort) -> None:
    """An input has the noise that it has alone, in however large a set it stands."""
    rng = np.random.default_rng([effort.seed, 4])
    for size in rungs(effort, 17, 600, skip=2):
        batch, levels = _batch(size, 5, f"many/{effort.seed}"), Levels(4, [1, 4])
        together = altered(subject, batch, levels, 0)
        for row in (0, size - 1, *rng.integers(1, size - 1, 3)):
            alone = altered(subject, batch.of([row]), levels, 0)
            require_same_bits(f"noise of input {row} of {size}", together[row], alone[0])
            others = {values.tobytes() for values in np.delete(together, row, axis=0)}
            _require_unlike(together[row], others, f"the noise of input {row} of {size}")


def _require_unlike(values: Array, others: set[bytes], what: str) -> None:
    """Demand that values occur only once."""
    require(values.tobytes() not in others, f"{what} must not be that of another input")


CHECKS = (long_input, high_levels, many_inputs)
