"""Cases of the family RMQM-DEG: what vanishes."""

from __future__ import annotations

from typing import Any

import numpy as np

from rmqm_conformance.golden.case import Case
from rmqm_conformance.golden.judged import characterized, distance_args

__all__ = ["ZEROS", "cases"]

AUTHORS = "authors-2022"
ZEROS = distance_args([[0.5, 0.5, 0, 0.8, 0.8]], [[0.5, 0, 0, 0.8, 0]])
"""The zero denominators of Annex A."""


def cases() -> list[Case]:
    """Return the cases."""
    return [*_terms(), *_limit(), *_authors()]


def _one_bad(n_inputs: int, n_levels: int, bad: str) -> dict[str, Any]:
    """Return distances with a single zero: a displacement or a step length of the last input."""
    levels = np.arange(1, n_levels + 1)
    d = np.outer(np.linspace(0.5, 1.0, n_inputs), levels / n_levels)
    s = np.outer(np.linspace(0.1, 0.2, n_inputs), 1 + levels % 3)
    s[:, 0] = d[:, 0]
    d, s = np.round(d, 4), np.round(s, 4)
    (d if bad == "displacement" else s)[-1, 4] = 0.0
    return distance_args(d, s)


def _terms() -> list[Case]:
    return [
        characterized(
            "RMQM-DEG-001/nothing-moved",
            "0/0 counts as the term 0: it stays in the divisor",
            distance_args([[0, 0, 0.5]], [[0, 0, 0.5]]),
            "D_RC P_RC undefined_D_RC undefined_P_RC status",
        ),
        characterized(
            "RMQM-DEG-001/stands-still",
            "Steps of zero after each other are 0/0, the first one after a step is x/0",
            distance_args([[0.5, 0.5, 0.5, 0.5]], [[0.5, 0, 0, 0]]),
            "D_RC P_RC undefined_D_RC undefined_P_RC",
            also="RMQM-DEG-002",
        ),
        characterized(
            "RMQM-DEG-002/shrinking-divisor",
            "Each x/0 leaves the sum and the divisor of its input: the zeros of Annex A",
            ZEROS,
            "D_RC P_RC undefined_D_RC undefined_P_RC status",
        ),
        characterized(
            "RMQM-DEG-002/divisor-per-input",
            "The divisor shrinks for the input with the undefined term alone",
            distance_args(
                [[0.5, 0.0, 0.4, 0.9], [0.2, 0.3, 0.6, 0.7]],
                [[0.5, 0.5, 0.4, 0.6], [0.2, 0.25, 0.0, 0.5]],
            ),
            "D_RC P_RC undefined_D_RC undefined_P_RC",
        ),
    ]


def _limit() -> list[Case]:
    whole = "D_RC P_RC rmqm status undefined_D_RC undefined_P_RC"
    return [
        characterized(
            "RMQM-DEG-003/one-per-cent-of-displacements",
            "1 undefined of 100 terms of D_RC is allowed",
            _one_bad(10, 10, "displacement"),
            whole,
        ),
        characterized(
            "RMQM-DEG-003/more-displacements",
            "1 undefined of 99 terms of D_RC is too many",
            _one_bad(9, 11, "displacement"),
            whole,
        ),
        characterized(
            "RMQM-DEG-003/one-per-cent-of-steps",
            "1 undefined of 100 terms of P_RC is allowed",
            _one_bad(10, 11, "step"),
            whole,
        ),
        characterized(
            "RMQM-DEG-003/more-steps",
            "1 undefined of N(J - 1) = 90 terms of P_RC is too many, though NJ is 100",
            _one_bad(10, 10, "step"),
            whole,
        ),
    ]


def _authors() -> list[Case]:
    even = [0.3, 0.5, 0.8, 0.7], [0.3, 0.4, 0.35, 0.3]
    all_ = "D S D_RC P_RC rmqm status left_out"
    return [
        characterized(
            "RMQM-DEG-004/zero-displacement",
            "A zero displacement takes the input out of both means, not out of D and S",
            distance_args([even[0], [0.5, 0, 0.6, 0.9]], [even[1], [0.5, 0.5, 0.6, 0.4]], AUTHORS),
            all_,
            also="RMQM-AGG-002",
        ),
        characterized(
            "RMQM-DEG-004/zero-step",
            "A zero step takes the input out of both means, not out of D and S",
            distance_args([even[0], [0.5, 0.5, 0.6, 0.9]], [even[1], [0.5, 0, 0.6, 0.4]], AUTHORS),
            all_,
            also="RMQM-AGG-002",
        ),
        characterized(
            "RMQM-DEG-004/nothing-over-nothing",
            "0/0 takes the input out of the means as x/0 does",
            distance_args([even[0], [0, 0, 0.6, 0.9]], [even[1], [0, 0, 0.6, 0.4]], AUTHORS),
            all_,
        ),
        characterized(
            "RMQM-DEG-004/last-level",
            "A zero at the last level is no denominator: the input stays",
            distance_args([even[0], [0.5, 0.4, 0.6, 0]], [even[1], [0.5, 0.3, 0.6, 0.6]], AUTHORS),
            all_,
        ),
        characterized(
            "RMQM-DEG-004/no-limit",
            "One input left of three still gives a score",
            distance_args(
                [even[0], [0.5, 0, 0.6, 0.9], [0, 0.2, 0.4, 0.5]],
                [even[1], [0.5, 0.5, 0.6, 0.4], [0, 0.2, 0.3, 0.1]],
                AUTHORS,
            ),
            all_,
            also="RMQM-DEG-005",
        ),
        characterized(
            "RMQM-DEG-005/no-input-left",
            "Without any input left both means and the metric are undefined",
            ZEROS | {"variant": AUTHORS},
            all_,
        ),
    ]
