"""Laws of how many terms may be undefined: RMQM-DEG-003 to RMQM-DEG-005."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import numpy as np

from rmqm_conformance.checks import Effort
from rmqm_conformance.laws import statistic, walk
from rmqm_conformance.properties.thresholds.paths import (
    AUTHORS,
    PAPER,
    moving,
    require_characteristics,
)
from rmqm_conformance.strategies import Array
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "characteristics"
SHAPES = ((1, 20), (8, 20), (10, 10), (10, 11), (9, 11), (10, 15), (10, 20), (25, 8), (2, 99))
LARGE = ((100, 5), (3, 100), (100, 11), (30, 20))


def _with_zeros(values: Array, count: int, first: int) -> Array:
    """Return distances in which some stand still, none beside another or before `first`."""
    n, n_levels = values.shape
    places = [(i, j) for j in range(first, n_levels, 2) for i in range(n)][:count]
    spoilt = values.copy()
    for place in places:
        spoilt[place] = 0
    return spoilt


@statistic("RMQM-DEG-003/at-one-per-cent", needs=NEEDS, also="RMQM-DEG-002")
def at_one_per_cent(subject: Subject, effort: Effort) -> None:
    """Exactly one per cent of either kind may be undefined, one term more may not."""
    for shape in (*SHAPES, *(LARGE if effort.profile == "full" else LARGE[:2])):
        d, s = moving(*shape)
        n, n_levels = shape
        for terms, of_steps in ((n * n_levels, False), (n * (n_levels - 1), True)):
            limit = terms // 100
            for count in {1, limit, limit + 1}:
                zeros = _with_zeros(s if of_steps else d, count, 1)
                what = f"{count} of {terms} terms, {'steps' if of_steps else 'displacements'}"
                pair = (d, zeros) if of_steps else (zeros, s)
                require_characteristics(what, subject, *pair, PAPER)


@walk("RMQM-DEG-003/each-kind-alone", needs=NEEDS)
def each_kind_alone(subject: Subject) -> None:
    """The two kinds of terms are counted apart: one per cent of each is not two of both."""
    d, s = moving(10, 21)
    for of_d, of_s in ((2, 0), (2, 2), (0, 2), (3, 0), (0, 3), (1, 2)):
        what = f"{of_d} and {of_s} undefined terms"
        pair = _with_zeros(d, of_d, 1), _with_zeros(s, of_s, 1)
        require_characteristics(what, subject, *pair, PAPER)


@statistic("RMQM-DEG-005/no-other-limit", needs=NEEDS, also="RMQM-DEG-004 RMQM-AGG-002")
def no_other_limit(subject: Subject, effort: Effort) -> None:
    """In `authors-2022` a single input that stays is enough, however many leave."""
    for n in (1, 2, 10, 100, *((300,) if effort.profile == "full" else ())):
        d, s = moving(n, 5)
        for leaving in sorted({1, n // 9, n // 2 + 1, n - 1, n}):
            if not 0 <= leaving <= n:
                continue
            for of_steps in (False, True):
                zeros = (s if of_steps else d).copy()
                zeros[:leaving, 2] = 0
                pair = (d, zeros) if of_steps else (zeros, s)
                require_characteristics(f"{leaving} of {n} leaving", subject, *pair, AUTHORS)


@walk("RMQM-DEG-004/every-place", needs=NEEDS, also="RMQM-AGG-002 RMQM-DEG-002")
def every_place(subject: Subject) -> None:
    """A single zero is judged at every level, of displacements, of steps, and of both."""
    for n_levels in (2, 4):
        d, s = moving(3, n_levels)
        for level in range(n_levels):
            for kinds in ((0,), (1,), (0, 1)):
                pair = [d.copy(), s.copy()]
                for kind in kinds:
                    pair[kind][1, level] = 0
                for variant in (PAPER, AUTHORS):
                    what = f"a zero at level {level + 1} of {n_levels} in {variant}"
                    require_characteristics(what, subject, pair[0], pair[1], variant)


@walk("RMQM-DEG-001/runs-of-zeros", needs=NEEDS, also="RMQM-DEG-002 RMQM-DEG-006")
def runs_of_zeros(subject: Subject) -> None:
    """Zeros in a row, at the start and at the end are judged term by term."""
    rows = [[0, 0, 1, 1], [1, 0, 0, 1], [1, 1, 0, 0], [0, 1, 0, 1], [0, 0, 0, 1], [1, 0, 0, 0]]
    plain, steps = moving(2, 4)
    for row in rows:
        for kinds in ((0,), (1,), (0, 1)):
            pair = [plain.copy(), steps.copy()]
            for kind in kinds:
                pair[kind][0] *= np.array(row)
            for variant in (PAPER, AUTHORS):
                what = f"zeros {row} in {variant}"
                require_characteristics(what, subject, pair[0], pair[1], variant)


CHECKS = (at_one_per_cent, each_kind_alone, no_other_limit, every_place, runs_of_zeros)
