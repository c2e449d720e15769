"""Cases of the family RMQM-DEG: which status holds, and what is undefined then."""

from __future__ import annotations

import numpy as np

from rmqm_conformance.golden.case import Case
from rmqm_conformance.golden.cases_degenerate import ZEROS
from rmqm_conformance.golden.judged import characterized, distance_args
from rmqm_conformance.golden.precision import mp

__all__ = ["cases"]

AUTHORS = "authors-2022"


def cases() -> list[Case]:
    """Return the cases."""
    zero = [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    chords = [float(2 * mp.sin(mp.mpf(j) / 20)) for j in range(1, 10)]
    steps = np.full(9, chords[0])
    steps[1::2] = np.nextafter(steps[1::2], 1)
    great = distance_args([chords], [steps])
    away_and_back = distance_args([[0.5, 0, 0.5, 0]], [[0.5] * 4])
    small = distance_args([[9e-4, 9e-4, 9e-4]], [[9e-4, 1.5e-3, 5e-4]], resolution=1e-3)
    flat = distance_args([[0.5, 0.5, 0.5]], [[0.5, 0.3, 0.6]], AUTHORS)
    return [
        characterized(
            "RMQM-DEG-006/paper",
            "A constant encoder has collapsed, its characteristics are 0",
            distance_args(zero, zero),
            "D D_RC P_RC rmqm status undefined_D_RC undefined_P_RC",
        ),
        characterized(
            "RMQM-DEG-006/authors",
            "A constant encoder has collapsed in authors-2022, too",
            distance_args(zero, zero, AUTHORS),
            "D S D_RC P_RC rmqm status left_out",
        ),
        characterized(
            "RMQM-DEG-006/one-input-still",
            "An input that does not move is no collapse",
            distance_args([[0.5, 0.8, 0.6], [0, 0, 0]], [[0.5, 0.4, 0.3], [0, 0, 0]]),
            "D D_RC P_RC rmqm status",
        ),
        characterized(
            "RMQM-DEG-007/great-circle",
            "Equal steps but for rounding are constant: no P_RC of 1e-16, no RMQM of 35",
            great,
            "D D_RC P_RC rmqm status",
            also="RMQM-RES-003 RMQM-DEG-010",
        ),
        characterized(
            "RMQM-DEG-007/great-circle-authors",
            "The same in authors-2022",
            great | {"variant": AUTHORS},
            "D S D_RC P_RC rmqm status",
            also="RMQM-RES-003 RMQM-DEG-010",
        ),
        characterized(
            "RMQM-DEG-007/constant-displacements",
            "A D_RC of zero makes the steps constant as a P_RC of zero does",
            flat,
            "D D_RC P_RC rmqm status",
            also="RMQM-DEG-010",
        ),
        characterized(
            "RMQM-DEG-008/collapsed-first",
            "Collapsed comes before undefined terms",
            small,
            "D D_RC status undefined_P_RC rmqm",
        ),
        characterized(
            "RMQM-DEG-008/undefined-before-constant",
            "Undefined terms come before constant steps",
            away_and_back,
            "D D_RC P_RC status rmqm",
        ),
        characterized(
            "RMQM-DEG-009/weighted",
            "With too many undefined terms the weighted metric is undefined as the metric is",
            ZEROS,
            "weighted_rmqm rmqm",
            needs="weighted",
        ),
    ]
