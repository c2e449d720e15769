"""Laws of J = 1 and 2, of small movements, and of distances at 0 and 2."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import numpy as np

from rmqm_conformance.laws import walk
from rmqm_conformance.properties.requests import sound
from rmqm_conformance.properties.thresholds.paths import (
    AUTHORS,
    PAPER,
    moving,
    request,
    require_characteristics,
)
from rmqm_conformance.require import require_equal, require_near, require_same_bits
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "characteristics"


@walk("RMQM-PRC-003/few-levels", needs=NEEDS, also="RMQM-DRC-002 RMQM-DEG-007 RMQM-DEG-008")
def few_levels(subject: Subject) -> None:
    """One level is enough for `paper`, two for `authors-2022`; a single step is constant."""
    for n in (1, 2, 5):
        for n_levels in (1, 2, 3):
            d, s = moving(n, n_levels)
            for variant in (PAPER, AUTHORS)[: min(2, n_levels)]:
                what = f"J={n_levels} in {variant}"
                require_characteristics(what, subject, d, s, variant)
                require_characteristics(what, subject, 0 * d, 0 * s, variant)


@walk("RMQM-ALT-001/first-and-last-level", needs="noise")
def ends_of_the_levels(subject: Subject) -> None:
    """Levels 0 and J exist for every J of at least 1; a level has its noise in any list."""
    for n_levels in (1, 2, 3, 99, 1000):
        usual = sound("white_noise") | {"n_levels": n_levels}
        ends = subject.perform("white_noise", **usual | {"levels": [0, n_levels]})["altered"]
        require_same_bits(f"level 0 of {n_levels}", ends[:, 0], usual["inputs"])
        lists = ([n_levels], [n_levels, n_levels], [n_levels, 0, n_levels])
        for levels in lists:
            again = subject.perform("white_noise", **usual | {"levels": levels})["altered"]
            require_same_bits(f"level {n_levels} in {levels}", again[:, -1], ends[:, 1])


@walk("RMQM-DEG-007/hardly-uneven", needs=NEEDS, also="RMQM-DEG-006 RMQM-RES-002")
def hardly_uneven(subject: Subject) -> None:
    """Movements and changes above the resolution count, however small: no limit of one's own."""
    for size in (1e-11, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3):
        small = size * np.array([[1.0, 2.0, 1.5]])
        for d, s in (
            ([[0.5, 0.5 + size, 0.75]], [[0.25, 0.25 + size, 0.25]]),
            ([[0.5, 0.5 + size, 0.5]], [[0.25, 0.5, 0.75]]),
            (small, small[:, ::-1]),
            ([[0.5, size, 0.75]], [[0.25, size, 0.5]]),
        ):
            for variant in (PAPER, AUTHORS):
                what = f"movements of {size}"
                require_characteristics(what, subject, np.array(d), np.array(s), variant)


@walk("RMQM-DEG-006/there-and-back", needs=NEEDS, also="RMQM-D-001 RMQM-DEG-005")
def there_and_back(subject: Subject) -> None:
    """An encoder that ends, or starts, where it was has not collapsed; others may stand still."""
    d, s = moving(3, 40)
    for level in (0, -1):
        for rows in ([0], [0, 1], [0, 1, 2]):
            pair = [d.copy(), s.copy()]
            pair[0][rows, level] = 0
            for variant in (PAPER, AUTHORS):
                require_characteristics("a path back", subject, pair[0], pair[1], variant)
    for still in ([0], [0, 1], [0, 1, 2]):
        pair = [d.copy(), s.copy()]
        pair[0][still], pair[1][still] = 0, 0
        for variant in (PAPER, AUTHORS):
            require_characteristics("inputs that stand still", subject, pair[0], pair[1], variant)


@walk("RMQM-DIST-007/at-the-ends", needs=NEEDS)
def ends_of_distances(subject: Subject) -> None:
    """Distances of 0, of -0.0, of 2 and of hardly more than 2 are taken."""
    d, s = moving(1, 4)
    for value in (0.0, 2.0, float(np.nextafter(2, 3)), 2 + 1e-12, 2 + 1e-10, 2 + 9e-10):
        for kind in (0, 1):
            pair = [d.copy(), s.copy()]
            pair[kind][0, 3] = value
            require_characteristics(f"a distance {value!r}", subject, pair[0], pair[1], PAPER)
    zero, negative = (np.array([[0.5, 0.25, value, 0.75]]) for value in (0.0, -0.0))
    for variant in (PAPER, AUTHORS):
        answers = [
            subject.perform("characterize", **request(x, x, variant)) for x in (zero, negative)
        ]
        require_equal("status", answers[1]["status"], answers[0]["status"])
        for key in ("D", "S", "D_RC", "P_RC"):
            require_near(f"{key} of -0.0", answers[1][key], answers[0][key], atol=0.0)


CHECKS = (few_levels, ends_of_the_levels, hardly_uneven, there_and_back, ends_of_distances)
