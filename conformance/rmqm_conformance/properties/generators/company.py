"""Any generator: the draws of an input are a function of seed, id, level and place alone."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

from typing import Any, Final

import numpy as np
from attrs import evolve
from hypothesis import strategies as st

from rmqm_conformance.checks import Effort
from rmqm_conformance.laws import law, statistic
from rmqm_conformance.properties.generators.drawing import J, names
from rmqm_conformance.properties.helpers import altered
from rmqm_conformance.require import require_close, require_same_bits
from rmqm_conformance.strategies import Array, Batch, Levels, seeds
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

HALF: Final = 32.0
ATOL: Final = 1e-13
"""Far more than the rounding of a sum of values below 64."""


def _content(kind: str, shape: tuple[int, ...], order: int) -> Array:
    """Return contents within a quarter of the bounds."""
    rng = np.random.default_rng(order)
    if kind == "single":
        values = np.zeros(shape)
        values.flat[rng.integers(values.size)] = HALF / 4
        return values
    if kind == "ramp":
        return np.linspace(-HALF / 4, HALF / 4, int(np.prod(shape))).reshape(shape)
    if kind == "signs":
        return np.where(rng.random(shape) < 0.5, -HALF / 4, HALF / 4)
    return rng.uniform(-HALF / 4, HALF / 4, shape)


@law(
    "RMQM-WN-010/any-content",
    needs="noise",
    also="RMQM-ALT-003 RMQM-WN-001",
    kind=st.sampled_from(["single", "ramp", "signs", "uniform"]),
    shape=st.sampled_from([(1,), (6,), (40,), (1, 5, 6), (3, 4, 5), (7, 5, 1)]),
    order=st.integers(0, 2**20),
    seed=seeds(),
)
def any_content(subject: Subject, kind: str, shape: tuple[int, ...], order: int, seed: int) -> None:
    """The draws are those of zeros, whatever the content of the input."""
    empty = Batch(np.zeros((2, *shape)), ["a", f"b{order}"], -HALF, HALF)
    noise = altered(subject, empty, Levels(J, [1, 37]), seed)
    contents = np.stack([_content(kind, shape, order + k) for k in range(2)])
    got = altered(subject, evolve(empty, values=contents), Levels(J, [1, 37]), seed)
    require_close("altered - input", got - contents[:, None], noise, atol=ATOL)


@statistic("RMQM-WN-010/any-company", needs="noise", also="RMQM-ALT-003 RMQM-ALT-005")
def any_company(subject: Subject, effort: Effort) -> None:
    """In a batch of many inputs and levels, in any order, draws are those of the input alone."""
    rng = np.random.default_rng([effort.seed, 10])
    levels = [int(level) for level in rng.permutation(np.arange(1, 50))]
    ids = [*names(effort, 39, "company"), *names(effort, 1, "company")]
    contents = rng.uniform(-HALF / 4, HALF / 4, (40, 3, 5))
    batch = Batch(contents, ids, -HALF, HALF)
    together = altered(subject, batch, Levels(J, levels), effort.seed)
    for row in (0, 17, 38, 39):
        _require_same(subject, batch.of([row]), levels[:3], together[row : row + 1, :3], effort)
    for place in (0, 48):
        chosen: Any = slice(place, place + 1)
        _require_same(
            subject, batch.of(slice(None, None, -1)), levels[chosen], together[::-1, chosen], effort
        )


def _require_same(
    subject: Subject, batch: Batch, levels: list[int], should: Array, effort: Effort
) -> None:
    got = altered(subject, batch, Levels(J, levels), effort.seed)
    what = f"{len(batch.ids)} of 40 inputs altered at {len(levels)} of 49 levels"
    require_same_bits(what, got, should)


CHECKS = (any_content, any_company)
