"""Cases of RMQM-JAC-013 to 016: regressions of errors on log volumes and traces."""

from __future__ import annotations

from typing import Any

import numpy as np

from rmqm_conformance.golden.case import Case, Rule, case, number, plain, refuse, within
from rmqm_conformance.golden.oracle_regressions import regression

__all__ = ["cases", "points"]

_FIT = 1e-10
_INTERVALS = 1e-9


def points(n_train: int, n_test: int, *, mirrored: int = 0, singular: int = 0) -> dict[str, Any]:
    """
    Return points that look random and are not.

    Every `mirrored`-th point has the orientation -1, every `singular`-th one 0 and no volume.
    """
    i = np.arange(1, n_train + n_test + 1)
    values = np.round(3 * ((i * 0.6180339887) % 1) - 2 + 0.5 * (i > n_train), 4)
    noise = (i * 0.4142135623) % 1
    errors = np.round(np.exp(0.5 * values + 0.75 * noise + 0.25 * (i > n_train)) / 20, 5)
    signs = np.ones(len(i))
    if mirrored:
        signs[i % mirrored == 1] = -1.0
    if singular:
        signs[i % singular == 2] = 0.0
        values[i % singular == 2] = -np.inf
    sets = {"train": slice(0, n_train), "test": slice(n_train, None)}
    return {
        f"{name}_{key}": array[part]
        for name, part in sets.items()
        for key, array in (("errors", errors), ("values", values), ("orientations", signs))
    }


def _judged(
    name: str, title: str, args: dict[str, Any], reading: str = "absolute", also: str = ""
) -> Case:
    """Return a case that judges all results of `spectrum_regression`."""
    asked = args | {"reading": reading}
    found = regression(**asked)
    rules: dict[str, Rule] = {
        "coefficients": within(found.coefficients, _FIT, "rounding of least squares"),
        "lows": within(found.lows, _INTERVALS, "the same, and a quantile of nine digits"),
        "highs": within(found.highs, _INTERVALS, "the same"),
        "test_slope": number(found.test_slope, _FIT, "rounding of least squares"),
        "test_slope_low": number(found.test_slope_low, _INTERVALS, "the same"),
        "test_slope_high": number(found.test_slope_high, _INTERVALS, "the same"),
        "n_train": plain(found.n_train),
        "n_test": plain(found.n_test),
    }
    return case(name, title, "spectrum_regression", asked, rules, also=also)


def _traces(args: dict[str, Any]) -> dict[str, Any]:
    return args | {"train_orientations": None, "test_orientations": None}


def cases() -> list[Case]:
    """Return the cases."""
    fine = _traces(points(12, 6)) | {"reading": "absolute"}
    return [
        _judged(
            "RMQM-JAC-013/traces",
            "Errors and traces are standardised together, the indicator is not",
            _traces(points(12, 6)),
            also="RMQM-JAC-015 RMQM-JAC-016",
        ),
        _judged(
            "RMQM-JAC-013/more-test-points",
            "A test set may be the larger",
            _traces(points(7, 19)),
            also="RMQM-JAC-015 RMQM-JAC-016",
        ),
        _judged(
            "RMQM-JAC-013/fewest",
            "Four points of each set are enough",
            _traces(points(4, 4)),
            also="RMQM-JAC-015",
        ),
        _judged(
            "RMQM-JAC-014/absolute",
            "Under `absolute`, mirrored points take part with the modulus of their volume",
            points(15, 8, mirrored=4),
            also="RMQM-JAC-013 RMQM-JAC-015 RMQM-JAC-016",
        ),
        _judged(
            "RMQM-JAC-014/dropped",
            "Under `dropped`, mirrored points leave after errors were standardised",
            points(15, 8, mirrored=4),
            "dropped",
            also="RMQM-JAC-013 RMQM-JAC-015",
        ),
        _judged(
            "RMQM-JAC-014/nothing-to-drop",
            "Where no point is mirrored, both readings agree",
            points(12, 6),
            "dropped",
            also="RMQM-JAC-013",
        ),
        _judged(
            "RMQM-JAC-014/singular",
            "Under `absolute`, points without a volume leave before anything is standardised",
            points(16, 9, mirrored=5, singular=6),
            also="RMQM-JAC-013 RMQM-JAC-016",
        ),
        _judged(
            "RMQM-JAC-014/singular-dropped",
            "Mirrored and singular points leave under `dropped`",
            points(16, 9, mirrored=5, singular=6),
            "dropped",
            also="RMQM-JAC-013",
        ),
        _judged(
            "RMQM-JAC-014/traces-of-mirrored",
            "A regression on traces uses all points, whatever its reading",
            _traces(points(15, 8, mirrored=4)),
            "dropped",
            also="RMQM-JAC-013",
        ),
        case(
            "RMQM-JAC-014/another-reading",
            "A reading of another name is refused",
            "spectrum_regression",
            points(12, 6, mirrored=4) | {"reading": "signed"},
            refuse("a reading that nobody defined"),
        ),
        case(
            "RMQM-JAC-013/constant",
            "Values that do not vary cannot be standardised",
            "spectrum_regression",
            fine | {"train_values": np.ones(12), "test_values": np.ones(6)},
            refuse("values that do not vary"),
        ),
    ]
