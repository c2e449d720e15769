"""Cases of the families RMQM-D, RMQM-DRC and RMQM-PRC."""

from __future__ import annotations

import numpy as np

from rmqm_conformance.golden.case import Case, case, refuse
from rmqm_conformance.golden.encoded import CIRCLE
from rmqm_conformance.golden.judged import characterized, distance_args, distances_of

__all__ = ["THREE", "cases"]

AUTHORS = "authors-2022"
THREE = [
    CIRCLE,
    [[1.0, 0.0], [0.8, 0.6], [0.6, 0.8], [0.0, 1.0]],
    [[1.0, 0.0], [0.96, 0.28], [0.8, 0.6], [-0.6, 0.8]],
]
"""The three inputs of Annex A."""

_UNEVEN = distance_args([[0.4, 0.9, 0.6, 1.2]], [[0.4, 0.7, 0.5, 0.8]])
_UNEVEN_BEFORE = _UNEVEN | {"variant": AUTHORS}


def cases() -> list[Case]:
    """Return the cases."""
    return [*_moved(), *_changes()]


def _moved() -> list[Case]:
    return [
        characterized(
            "RMQM-D-001/level-0",
            "The mean displacement is over the levels 1 to J, level 0 does not count",
            distance_args([[0.5, 1.0]], [[0.5, 0.75]]),
            "D",
        ),
        characterized(
            "RMQM-D-002/three-inputs",
            "D is the mean over all inputs",
            distances_of(THREE),
            "D",
        ),
        characterized(
            "RMQM-D-003/from-level-1",
            "S is the mean of all J step lengths, the first included",
            _UNEVEN_BEFORE,
            "S",
        ),
    ]


def _changes() -> list[Case]:
    harmonic = np.arange(1, 10) / 10
    one_level = distance_args([[0.5], [0.25]], [[0.5], [0.25]])
    return [
        characterized(
            "RMQM-DRC-001/annex-a",
            "D_RC of the points on the unit circle, by the current displacement",
            distances_of([CIRCLE]),
            "D_RC",
        ),
        characterized(
            "RMQM-DRC-001/current-denominator",
            "A displacement that grows and shrinks is divided by the current one, sign dropped",
            _UNEVEN,
            "D_RC",
        ),
        characterized(
            "RMQM-DRC-001/first-term",
            "The term of level 1 counts, also when nothing changes after it",
            distance_args([[0.8, 0.8]], [[0.8, 0.5]]),
            "D_RC",
        ),
        characterized(
            "RMQM-DRC-001/straight-path",
            "A straight path with equal steps has the D_RC of the harmonic number",
            distance_args([harmonic], [[0.1] * 9]),
            "D_RC P_RC",
            also="RMQM-PRC-001",
        ),
        characterized(
            "RMQM-DRC-002/annex-a",
            "D_RC of the points on the unit circle, by the previous displacement",
            distances_of([CIRCLE], AUTHORS),
            "D_RC",
        ),
        characterized(
            "RMQM-DRC-002/previous-denominator",
            "The previous displacement divides, J - 1 terms, the one of level 1 left out",
            _UNEVEN_BEFORE,
            "D_RC",
        ),
        case(
            "RMQM-DRC-002/one-level",
            "The variant authors-2022 refuses J = 1",
            "characterize",
            one_level | {"variant": AUTHORS},
            refuse("J = 1 in authors-2022"),
        ),
        characterized(
            "RMQM-PRC-001/annex-a",
            "P_RC of the points on the unit circle, by the current step and J",
            distances_of([CIRCLE]),
            "P_RC",
        ),
        characterized(
            "RMQM-PRC-001/divisor",
            "The J - 1 terms of P_RC are divided by J",
            _UNEVEN,
            "P_RC",
        ),
        characterized(
            "RMQM-PRC-002/annex-a",
            "P_RC of the points on the unit circle, by the previous step and J - 1",
            distances_of([CIRCLE], AUTHORS),
            "P_RC",
        ),
        characterized(
            "RMQM-PRC-002/divisor",
            "The J - 1 terms of P_RC are divided by J - 1",
            _UNEVEN_BEFORE,
            "P_RC",
        ),
        characterized(
            "RMQM-PRC-003/one-level",
            "With J = 1 P_RC is 0 and the steps are constant",
            one_level,
            "D D_RC P_RC rmqm status",
            also="RMQM-DEG-007",
        ),
    ]
