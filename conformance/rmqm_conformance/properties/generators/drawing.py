"""Draws of an implementation: its noise, divided by its strength."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from rmqm_conformance.checks import Effort
from rmqm_conformance.properties.helpers import altered
from rmqm_conformance.require import require
from rmqm_conformance.strategies import Array, Batch, Levels
from rmqm_conformance.subject import Subject

__all__ = ["FARTHEST", "J", "amount", "draws", "is_own", "names"]

HALF: Final = 32.0
"""Half the width of the bounds."""

J: Final = 2048
"""Number of levels: up to level 102 the bounds are more than ten deviations away."""

FARTHEST: Final = 9.0
"""A normal value lies farther from 0 less than once in 10^18 draws."""

_MOST: Final = 2_000_000


def is_own(subject: Subject) -> bool:
    """Tell whether the generator is another one than that of RMQM-WN-003."""
    return "generator" not in subject.description.claims


def amount(subject: Subject, effort: Effort, *, times: int = 1) -> int:
    """
    Return how many values a law draws, 480,000 in `fast` and two millions in `full`, or more.

    The generator of RMQM-WN-003 is judged bit by bit elsewhere; a few values are enough for it.
    """
    few, many = 4 * effort.samples, min(120 * times * effort.samples, _MOST * min(times, 2))
    return many if is_own(subject) else few


def names(effort: Effort, n: int, label: str) -> list[str]:
    """Return n ids that another seed of a run does not share."""
    return [f"{label}/{effort.seed}/{k}" for k in range(n)]


def draws(
    subject: Subject,
    ids: Sequence[str],
    levels: Sequence[int],
    shape: Sequence[int],
    *,
    seed: int,
    n_levels: int = J,
) -> Array:
    """Return normal values (ids, levels, *shape): the noise of inputs of zeros."""
    batch = Batch(np.zeros((len(ids), *shape)), list(ids), -HALF, HALF)
    noise = altered(subject, batch, Levels(n_levels, list(levels)), seed)
    strengths = 2 * HALF / n_levels * np.array(levels, float)
    values = np.asarray(noise / strengths.reshape(-1, *[1] * len(shape)), float)
    require(np.isfinite(values).all(), "the noise must be finite")
    farthest = float(np.abs(values).max())
    require(
        farthest <= FARTHEST,
        f"noise must be standard normal, so farther than {FARTHEST:g} deviations almost never; "
        f"got {farthest:.4g}",
    )
    return values
