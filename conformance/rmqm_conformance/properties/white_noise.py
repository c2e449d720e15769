"""Laws of white noise: families RMQM-ALT and RMQM-WN."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

from typing import Any

import numpy as np
from attrs import evolve
from hypothesis import strategies as st

from rmqm_conformance import oracle
from rmqm_conformance.checks import Effort
from rmqm_conformance.laws import law, statistic
from rmqm_conformance.properties.helpers import altered
from rmqm_conformance.require import (
    require,
    require_close,
    require_equal,
    require_refusal,
    require_same_bits,
)
from rmqm_conformance.strategies import (
    Array,
    Batch,
    Levels,
    bounds,
    decimal_bounds,
    inputs,
    levels,
    seeds,
)
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "noise"
WIDE = st.sampled_from([(-64.0, 64.0), (-1.0, 1.0), (-1024.0, 1024.0)])
FAINT = st.builds(lambda level, n: Levels(n, [level]), st.integers(1, 3), st.integers(64, 128))
"""Noise that stays within the bounds: nine deviations away from inputs near the middle."""


def _empty(batch: Batch) -> Batch:
    """Return inputs of zeros, which show the noise itself."""
    return evolve(batch, values=np.zeros_like(batch.values))


@law("RMQM-WN-007/same-type", needs=NEEDS, batch=inputs(), asked=levels(), seed=seeds())
def same_type(subject: Subject, batch: Batch, asked: Levels, seed: int) -> None:
    """Altered inputs have the type of the inputs, and an array for each requested level."""
    got = altered(subject, batch, asked, seed)
    require_equal("altered.dtype", got.dtype.str[1:], batch.values.dtype.str[1:])


@law(
    "RMQM-WN-002/equal-steps",
    needs=NEEDS,
    also="RMQM-ALT-003",
    batch=inputs(within=WIDE),
    asked=FAINT,
    seed=seeds(),
    power=st.integers(1, 4),
)
def equal_steps(subject: Subject, batch: Batch, asked: Levels, seed: int, power: int) -> None:
    """With twice as many levels a level has the same draw and half the strength."""
    empty = _empty(batch)
    strong = altered(subject, empty, asked, seed)
    faint = altered(subject, empty, Levels(asked.n_levels << power, asked.levels), seed)
    require_same_bits(f"{1 << power} times the noise", np.ldexp(faint, power), strong)


@law(
    "RMQM-WN-001/units",
    needs=NEEDS,
    also="RMQM-WN-007",
    batch=inputs(),
    asked=levels(),
    seed=seeds(),
    power=st.integers(-8, 8),
)
def units(subject: Subject, batch: Batch, asked: Levels, seed: int, power: int) -> None:
    """Inputs and bounds in another unit are altered alike: the noise has the width as its unit."""
    low, high = float(np.ldexp(batch.low, power)), float(np.ldexp(batch.high, power))
    other = Batch(np.ldexp(batch.values, power), batch.ids, low, high)
    before, after = (altered(subject, sample, asked, seed) for sample in (batch, other))
    require_same_bits("altered in another unit", after, np.ldexp(before, power))


@law(
    "RMQM-WN-001/additive",
    needs=NEEDS,
    also="RMQM-ALT-003 RMQM-WN-007",
    batch=inputs(within=WIDE, dtypes=("<f8",)),
    asked=FAINT,
    seed=seeds(),
    share=st.sampled_from([-0.125, -0.0625, 0.03125, 0.125]),
)
def additive(subject: Subject, batch: Batch, asked: Levels, seed: int, share: float) -> None:
    """The noise depends neither on the values of the input nor on their type."""
    empty, shift = _empty(batch), share * batch.high
    noise = altered(subject, empty, asked, seed)
    shifted = altered(subject, evolve(empty, values=empty.values + shift), asked, seed)
    require_close("altered - input", shifted - shift, noise, atol=1e-15 * batch.high)
    single = altered(subject, evolve(empty, values=empty.values.astype("<f4")), asked, seed)
    require_close("altered as float32", single, noise, atol=2.0**-24 * batch.high)


@law(
    "RMQM-WN-003/bits",
    needs="noise generator",
    also="RMQM-WN-001 RMQM-WN-002 RMQM-WN-004 RMQM-WN-005 RMQM-WN-006 RMQM-WN-007 RMQM-ALT-004",
    batch=inputs(max_inputs=2, within=bounds() | decimal_bounds()),
    asked=levels(max_levels=150),
    seed=seeds(),
)
def bits(subject: Subject, batch: Batch, asked: Levels, seed: int) -> None:
    """Altered inputs have the bits of the generator, operation by operation."""
    few = evolve(asked, levels=asked.levels[-2:])
    got = altered(subject, batch, few, seed)
    should = [
        [
            oracle.noise(x, name, level, asked.n_levels, seed, batch.low, batch.high)
            for level in few.levels
        ]
        for x, name in zip(batch.values, batch.ids, strict=True)
    ]
    require_same_bits("altered", got, np.array(should))


@law(
    "RMQM-WN-009/one-direction",
    needs="noise common",
    batch=inputs(within=WIDE, dtypes=("<f8",)),
    n_levels=st.integers(64, 128),
    seed=seeds(),
)
def one_direction(subject: Subject, batch: Batch, n_levels: int, seed: int) -> None:
    """With the coupling `common` every level is the draw of level 1 times the level."""
    empty, levels = _empty(batch), [3, 1, 2, 5]
    walk = altered(subject, empty, Levels(n_levels, levels), seed, "common")
    first: Array = altered(subject, empty, Levels(n_levels, [1]), seed)[:, 0]
    for place, level in enumerate(levels):
        require_close(f"level {level}", walk[:, place], level * first, atol=1e-13 * batch.high)


@law(
    "RMQM-WN-009/also-clipped",
    needs="noise common",
    also="RMQM-ALT-001 RMQM-ALT-004",
    batch=inputs(),
    asked=levels(),
    seed=seeds(),
)
def also_clipped(subject: Subject, batch: Batch, asked: Levels, seed: int) -> None:
    """With the coupling `common` levels 0 and 1 are those of `independent`; all are in bounds."""
    ends = Levels(asked.n_levels, [0, 1])
    walk = altered(subject, batch, ends, seed, "common")
    require_same_bits("levels 0 and 1", walk, altered(subject, batch, ends, seed))
    got = altered(subject, batch, asked, seed, "common")
    require((got >= batch.low).all() and (got <= batch.high).all(), "altered is out of bounds")


@law(
    "RMQM-WN-003/seed-below-zero",
    needs=NEEDS,
    batch=inputs(max_inputs=1),
    seed=st.integers(-(2**40), -1),
)
def negative_seed(subject: Subject, batch: Batch, seed: int) -> None:
    """A seed below 0 is refused."""
    usual: dict[str, Any] = {"levels": [1], "n_levels": 2, "coupling": "independent"}
    why = f"the seed {seed}"
    require_refusal(subject, "white_noise", why=why, seed=seed, **usual, **batch.arguments)


@statistic("RMQM-WN-006/whole-table", needs="noise generator", also="RMQM-WN-003 RMQM-WN-004")
def whole_table(subject: Subject, effort: Effort) -> None:
    """The table of normal values is exact, wherever a large input draws from it."""
    x, name = np.zeros(16 * effort.samples, "<f4"), f"table/{effort.seed}"
    got = altered(subject, Batch(x[None], [name], -8.0, 8.0), Levels(16, [1]), effort.seed)[0, 0]
    require_same_bits("altered", got, oracle.noise(x, name, 1, 16, effort.seed, -8.0, 8.0))


CHECKS = (
    negative_seed,
    units,
    additive,
    equal_steps,
    bits,
    whole_table,
    same_type,
    one_direction,
    also_clipped,
)
