"""Own generators: no draw is used twice within an input, or from level to level. RMQM-WN-010."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import math
from typing import Final

import numpy as np

from rmqm_conformance.checks import Effort
from rmqm_conformance.laws import statistic
from rmqm_conformance.properties.generators.coincidences import (
    SHARE,
    fewest,
    pairs_of_equals,
    sizes,
)
from rmqm_conformance.properties.generators.drawing import amount, draws, is_own, names
from rmqm_conformance.properties.generators.evidence import accept
from rmqm_conformance.require import require
from rmqm_conformance.strategies import Array
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

SHAPES: Final = ((6000,), (3, 32, 32), (1, 28, 28), (2, 45, 31), (24, 40, 3))


def _require_no_repeats(row: Array, where: str) -> None:
    """Demand few equal sizes altogether, and few at any distance or around any middle."""
    n = len(row)
    _, counts = np.unique(sizes(row), return_counts=True)
    equal, expected = n - len(counts), n * n / 2 * SHARE
    # Given those before it, draw k has the size of one of them with probability k/32768 at most:
    # Chernoff's bound for a sum of such events of that mean.
    more = max(equal / expected, 1.0)
    p = math.exp(-expected * (more * math.log(more) - more + 1))
    accept(p, f"{equal} of {n} draws of {where} have the size of another, {expected:.1f} expected")
    first, second = pairs_of_equals(row)
    limit = fewest(n, SHARE, 4 * n)
    for what, places in (("apart", np.abs(second - first)), ("in sum", first + second)):
        most = np.bincount(places, minlength=1)
        place, count = int(most.argmax()), int(most.max())
        require(
            count < limit,
            f"draws must be drawn anew; {count} pairs of draws of {where}, "
            f"places {place} {what}, have one size; chance gives less than {limit}",
        )


@statistic("RMQM-WN-010/no-repeats", needs="noise", also="RMQM-WN-005")
def no_repeats(subject: Subject, effort: Effort) -> None:
    """An input repeats, mirrors or negates none of its draws: no period, half or channel does."""
    for shape in SHAPES:
        name = names(effort, 1, f"repeats/{len(shape)}")
        for level, row in zip(
            (1, 16), draws(subject, name, [1, 16], shape, seed=effort.seed)[0], strict=True
        ):
            _require_no_repeats(row.ravel(), f"an input {shape}, level {level},")


@statistic("RMQM-WN-010/no-buffer", needs="noise", also="RMQM-WN-004 RMQM-WN-005")
def no_buffer(subject: Subject, effort: Effort) -> None:
    """Draws do not start again, neither in a long input nor from level to level."""
    n = amount(subject, effort) // 7 if is_own(subject) else 4 * effort.samples
    name = names(effort, 1, "buffer")
    long = draws(subject, name, [8], [n], seed=effort.seed)
    _require_no_repeats(long.ravel(), f"an input of {n} values")
    levels = draws(subject, name, range(1, 101), [97], seed=effort.seed)
    _require_no_repeats(levels.ravel(), "levels 1 to 100 of an input of 97 values, row by row,")


CHECKS = (no_repeats, no_buffer)
