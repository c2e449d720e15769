"""Laws of alterations, tried on white noise: family RMQM-ALT."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import numpy as np
from attrs import evolve
from hypothesis import strategies as st

from rmqm_conformance.laws import law
from rmqm_conformance.properties.helpers import altered
from rmqm_conformance.require import require, require_refusal, require_same_bits
from rmqm_conformance.strategies import Batch, Levels, inputs, levels, seeds
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "noise"
WIDE = st.sampled_from([(-64.0, 64.0), (-1.0, 1.0), (-1024.0, 1024.0)])


def _empty(batch: Batch) -> Batch:
    """Return inputs of zeros, which show the noise itself."""
    return evolve(batch, values=np.zeros_like(batch.values))


@law(
    "RMQM-ALT-001/unaltered-level",
    needs=NEEDS,
    also="RMQM-WN-002",
    batch=inputs(),
    n_levels=st.integers(1, 99),
    seed=seeds(),
)
def unaltered_level(subject: Subject, batch: Batch, n_levels: int, seed: int) -> None:
    """Level 0 is the input itself, bit for bit."""
    got = altered(subject, batch, Levels(n_levels, [n_levels, 0]), seed)
    require_same_bits("altered[:, 1]", got[:, 1], batch.values)


@law("RMQM-ALT-004/clipped", needs=NEEDS, batch=inputs(), asked=levels(), seed=seeds())
def clipped(subject: Subject, batch: Batch, asked: Levels, seed: int) -> None:
    """Every altered value lies within the bounds."""
    got = altered(subject, batch, asked, seed)
    inside = (got >= batch.low) & (got <= batch.high)
    require(
        inside.all(),
        f"altered must lie in [{batch.low}, {batch.high}]; got {got[~inside][:1].tolist()}",
    )


@law("RMQM-ALT-003/repeatable", needs=NEEDS, batch=inputs(), asked=levels(), seed=seeds())
def repeatable(subject: Subject, batch: Batch, asked: Levels, seed: int) -> None:
    """The same seed, ids and levels give the same bits, after anything else."""
    first = altered(subject, batch, asked, seed)
    altered(subject, batch, Levels(1, [1]), seed + 1)
    require_same_bits("altered", altered(subject, batch, asked, seed), first)


@law(
    "RMQM-ALT-003/alone",
    needs=NEEDS,
    batch=inputs(min_inputs=2),
    asked=levels(),
    seed=seeds(),
    order=st.integers(0),
)
def alone(subject: Subject, batch: Batch, asked: Levels, seed: int, order: int) -> None:
    """An input is altered in the same way alone, in any batch and at any place."""
    rows = np.random.default_rng(order).permutation(len(batch.ids))[:-1]
    got = altered(subject, batch.of(rows), asked, seed)
    require_same_bits("altered", got, altered(subject, batch, asked, seed)[rows])


@law(
    "RMQM-ALT-003/any-levels",
    needs=NEEDS,
    also="RMQM-ALT-005 RMQM-WN-004",
    batch=inputs(max_inputs=2),
    asked=levels(),
    seed=seeds(),
)
def any_levels(subject: Subject, batch: Batch, asked: Levels, seed: int) -> None:
    """A level is the same whichever levels are asked for with it, and in any order."""
    every = altered(subject, batch, Levels(asked.n_levels, list(range(asked.n_levels + 1))), seed)
    got = altered(subject, batch, asked, seed)
    require_same_bits("altered", got, every[:, asked.levels])


@law(
    "RMQM-ALT-003/unlike-draws",
    needs=NEEDS,
    also="RMQM-WN-008 RMQM-INP-011",
    batch=inputs(within=WIDE, max_inputs=1, min_values=16),
    seed=seeds(),
    n_levels=st.integers(64, 128),
)
def unlike_draws(subject: Subject, batch: Batch, seed: int, n_levels: int) -> None:
    """Another seed, another id or another level has another draw."""
    empty = _empty(batch)
    draws = altered(subject, empty, Levels(n_levels, [1, 2, 3]), seed)[0]
    draw, others = draws[0], {"level 2": draws[1] / 2, "level 3": draws[2] / 3}
    first_level = Levels(n_levels, [1])
    others["the next seed"] = altered(subject, empty, first_level, seed + 1)[0, 0]
    longer = evolve(empty, ids=[empty.ids[0] + "0"])
    others["a longer id"] = altered(subject, longer, first_level, seed)[0, 0]
    for what, other in others.items():
        far = np.abs(other - draw).max() > 1e-3 * np.abs(draw).max()
        require(far, f"{what} must have a draw of its own; it has that of level 1")


@law(
    "RMQM-ALT-001/impossible-levels",
    needs=NEEDS,
    batch=inputs(max_inputs=1),
    n_levels=st.integers(1, 20),
    beyond=st.integers(1, 3),
)
def impossible_levels(subject: Subject, batch: Batch, n_levels: int, beyond: int) -> None:
    """A level below 0 or above J, and a J of 0, are refused."""
    usual = {"seed": 0, "coupling": "independent", **batch.arguments}
    for why, count, level in (
        (f"level {n_levels + beyond} of J = {n_levels}", n_levels, n_levels + beyond),
        (f"level {-beyond}", n_levels, -beyond),
        ("J = 0", 0, 0),
    ):
        require_refusal(subject, "white_noise", why=why, levels=[level], n_levels=count, **usual)


CHECKS = (
    unaltered_level,
    impossible_levels,
    repeatable,
    alone,
    any_levels,
    unlike_draws,
    clipped,
)
