"""RMQM-JAC-013 to 016 to 50 digits: the regressions of errors on spectra."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import frozen

from rmqm_conformance.golden.oracle_interval import student
from rmqm_conformance.golden.precision import Exact, exact, mp

__all__ = ["ExactRegression", "regression"]


@frozen(kw_only=True)
class ExactRegression:
    """Coefficients with their intervals, and how many points of each set were used."""

    coefficients: list[Exact]
    lows: list[Exact]
    highs: list[Exact]
    test_slope: Exact
    test_slope_low: Exact
    test_slope_high: Exact
    n_train: int
    n_test: int


def regression(
    *,
    train_errors: Any,
    train_values: Any,
    train_orientations: Any,
    test_errors: Any,
    test_values: Any,
    test_orientations: Any,
    reading: str,
) -> ExactRegression:
    """Return equation (6) or (7) of points with log volumes or traces."""
    errors = exact(train_errors) + exact(test_errors)
    values = exact(train_values) + exact(test_values)
    test = [0] * len(train_errors) + [1] * len(test_errors)
    signs = (
        [1] * len(test)
        if train_orientations is None
        else [*map(int, train_orientations), *map(int, test_orientations)]
    )
    stay = [sign > 0 if reading == "dropped" else sign != 0 for sign in signs]
    standard = _standardised(errors) if reading == "dropped" else None
    kept = [i for i, stays in enumerate(stay) if stays]
    y = (
        [standard[i] for i in kept]
        if standard is not None
        else _standardised([errors[i] for i in kept])
    )
    x, t = _standardised([values[i] for i in kept]), [test[i] for i in kept]
    rows = mp.matrix([[1, a, b, a * b] for a, b in zip(x, t, strict=True)])
    inverse = (rows.T * rows) ** -1
    b = inverse * (rows.T * mp.matrix(y))
    half = _half_widths(rows, inverse, mp.matrix(y) - rows * b)
    slope, reach = b[1] + b[3], half.pop()
    return ExactRegression(
        coefficients=list(b),
        lows=[value - width for value, width in zip(b, half, strict=True)],
        highs=[value + width for value, width in zip(b, half, strict=True)],
        test_slope=slope,
        test_slope_low=slope - reach,
        test_slope_high=slope + reach,
        n_train=t.count(0),
        n_test=t.count(1),
    )


def _standardised(values: Sequence[Exact]) -> list[Exact]:
    mean = mp.fsum(values) / len(values)
    spread = mp.sqrt(mp.fsum((value - mean) ** 2 for value in values) / len(values))
    return [(value - mean) / spread for value in values]


def _half_widths(rows: Any, inverse: Any, residuals: Any) -> list[Exact]:
    """Return half the 95 % intervals of the coefficients and the test slope, by HC3."""
    meat = mp.zeros(4)
    for i in range(rows.rows):
        row = rows[i, :]
        leverage = (row * inverse * row.T)[0]
        meat += row.T * row * (residuals[i] / (1 - leverage)) ** 2
    covariance = inverse * meat * inverse
    variances = [covariance[k, k] for k in range(4)]
    variances.append(covariance[1, 1] + 2 * covariance[1, 3] + covariance[3, 3])
    return [student(rows.rows - 4) * mp.sqrt(variance) for variance in variances]
