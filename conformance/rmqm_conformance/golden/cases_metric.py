"""Cases of the families RMQM-AGG and RMQM-MET."""

from __future__ import annotations

from rmqm_conformance.golden.case import Case
from rmqm_conformance.golden.cases_characteristics import THREE
from rmqm_conformance.golden.encoded import CIRCLE
from rmqm_conformance.golden.judged import characterized, distance_args, distances_of, uneven

__all__ = ["cases"]

AUTHORS = "authors-2022"


def cases() -> list[Case]:
    """Return the cases."""
    return [*_aggregates(), *_metrics()]


def _aggregates() -> list[Case]:
    unlike = [[0.5, 0.51, 0.5, 0.52], [0.1, 1.6, 0.05, 1.9]]
    steps = [[0.5, 0.49, 0.51, 0.5], [0.1, 1.5, 0.2, 1.8]]
    whole = "D D_RC P_RC rmqm status"
    return [
        characterized(
            "RMQM-AGG-001/mean-before-reciprocal",
            "The reciprocals are taken of means over inputs, not averaged",
            distance_args(unlike, steps),
            whole,
        ),
        characterized(
            "RMQM-AGG-001/mean-before-reciprocal-authors",
            "The same in authors-2022",
            distance_args(unlike, steps, AUTHORS),
            whole,
        ),
        characterized(
            "RMQM-AGG-002/all-inputs",
            "In paper an input with an undefined term stays in every mean",
            distance_args([[0.5, 0.0, 0.4], [0.2, 0.3, 0.6]], [[0.5, 0.5, 0.4], [0.2, 0.25, 0.5]]),
            "D D_RC P_RC left_out",
        ),
        characterized(
            "RMQM-AGG-004/full-size",
            "64 inputs and 99 levels are added up in float64",
            uneven(64, 99, "paper"),
            "D D_RC P_RC rmqm status",
        ),
        characterized(
            "RMQM-AGG-004/full-size-authors",
            "64 inputs and 99 levels are added up in float64, in authors-2022",
            uneven(64, 99, AUTHORS),
            "D S D_RC P_RC rmqm status left_out",
        ),
    ]


def _metrics() -> list[Case]:
    return [
        characterized(
            "RMQM-MET-001/annex-a",
            "RMQM of the points on the unit circle in paper, without S",
            distances_of([CIRCLE]),
            "rmqm status",
        ),
        characterized(
            "RMQM-MET-001/three-inputs",
            "All characteristics of the three inputs of Annex A in paper",
            distances_of(THREE),
            "D D_RC P_RC rmqm status undefined_D_RC undefined_P_RC left_out",
        ),
        characterized(
            "RMQM-MET-002/annex-a",
            "RMQM of the points on the unit circle in authors-2022, with S",
            distances_of([CIRCLE], AUTHORS),
            "S rmqm status",
        ),
        characterized(
            "RMQM-MET-002/three-inputs",
            "All characteristics of the three inputs of Annex A in authors-2022",
            distances_of(THREE, AUTHORS),
            "D S D_RC P_RC rmqm status left_out",
        ),
        characterized(
            "RMQM-MET-003/annex-a",
            "The weights are 0.95 of D, 0.74 of 1/D_RC and 0.11 of 1/P_RC",
            distances_of([CIRCLE]),
            "weighted_rmqm",
            needs="weighted",
        ),
        characterized(
            "RMQM-MET-003/authors",
            "The weighted metric is undefined in authors-2022",
            distances_of([CIRCLE], AUTHORS),
            "weighted_rmqm",
            needs="weighted",
        ),
    ]
