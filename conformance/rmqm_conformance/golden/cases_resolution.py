"""Cases of the family RMQM-RES and of RMQM-DIST-007: distances that are given."""

from __future__ import annotations

import numpy as np

from rmqm_conformance.golden.case import Case, case, refuse
from rmqm_conformance.golden.judged import characterized, distance_args

__all__ = ["cases"]

AUTHORS = "authors-2022"


def cases() -> list[Case]:
    """Return the cases."""
    return [*_resolution(), *_given()]


def _resolution() -> list[Case]:
    d, s = [[0.1, 0.5, 0.2, 0.9]], [[0.1, 0.5, 0.2, 0.7]]
    two = [[0.3, 0.6, 0.5], d[0][:3]], [[0.3, 0.4, 0.5], s[0][:3]]
    return [
        characterized(
            "RMQM-RES-002/before-any-formula",
            "Distances below the resolution are zero in every formula, D included",
            distance_args(d, s, resolution=0.25),
            "D D_RC P_RC undefined_D_RC undefined_P_RC status",
        ),
        characterized(
            "RMQM-RES-002/before-any-formula-authors",
            "Distances below the resolution are zero denominators, and zero in D and S",
            distance_args(*two, AUTHORS, 0.25),
            "D S D_RC P_RC left_out status rmqm",
        ),
        characterized(
            "RMQM-RES-002/at-the-resolution",
            "A distance equal to the resolution is not below it",
            distance_args([[0.25, 0.5, 0.25, 1.0]], [[0.25, 0.5, 0.25, 0.75]], resolution=0.25),
            "D D_RC P_RC undefined_D_RC undefined_P_RC",
        ),
        characterized(
            "RMQM-RES-003/at-the-resolution",
            "A D equal to the resolution is not below it",
            distance_args([[0.25, 0.25]], [[0.25, 0.5]], resolution=0.25),
            "D D_RC P_RC status rmqm",
        ),
        characterized(
            "RMQM-RES-003/mean-below",
            "A P_RC of the encoder below the resolution counts as zero",
            distance_args([[0.5, 0.9, 1.2]], [[0.5, 0.52, 0.5]], resolution=0.1),
            "D D_RC P_RC status rmqm",
        ),
        characterized(
            "RMQM-RES-003/single-inputs",
            "The value of one input below the resolution still counts in the mean",
            distance_args(
                [[0.5, 0.9, 1.2], [0.4, 0.8, 1.5]],
                [[0.5, 0.52, 0.5], [0.4, 0.9, 0.3]],
                resolution=0.1,
            ),
            "D D_RC P_RC status rmqm",
        ),
    ]


def _given() -> list[Case]:
    good = [[0.5, 0.7]]
    bad = {
        "negative": ([[0.5, -0.1]], good),
        "above-2": ([[0.5, 2.1]], good),
        "above-2-in-steps": (good, [[0.5, 2.1]]),
        "just-above-2": ([[0.5, 2 + 2e-9]], good),
        "nan": ([[0.5, np.nan]], good),
        "unlike-shapes": (good, [[0.5, 0.7, 0.2]]),
        "no-inputs": (np.empty((0, 2)), np.empty((0, 2))),
        "no-levels": (np.empty((1, 0)), np.empty((1, 0))),
    }
    return [
        *(
            case(
                f"RMQM-DIST-007/{name}",
                f"Distances from elsewhere are refused: {name.replace('-', ' ')}",
                "characterize",
                distance_args(d, s),
                refuse(name.replace("-", " ")),
            )
            for name, (d, s) in bad.items()
        ),
        characterized(
            "RMQM-DIST-007/rounding-excess",
            "A rounding excess of 5e-10 above 2 is accepted",
            distance_args([[1.0, 2 + 5e-10]], [[1.0, 2 + 5e-10]]),
            "D_RC P_RC status",
        ),
    ]
