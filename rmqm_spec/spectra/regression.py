"""Equations (6) and (7): the error of an input by its log volume or trace, train against test."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

import numpy as np
from attrs import frozen

from rmqm_spec.arrays import AnyArray, BoolArray, Float64Array
from rmqm_spec.errors import ShapeError, UsageError
from rmqm_spec.spectra.least_squares import Coefficient, least_squares

__all__ = ["Regression", "Sides", "intercept_identity", "regress"]

_LEAST: Final = 4
"""Inputs that each split must keep: with fewer, little is left to judge its line by."""


@frozen(kw_only=True)
class Regression:
    """
    A fit of error~ = b0 + b1 x~ + b2 1_test + b3 1_test x~, in standard deviations.

    Parameters
    ----------
    intercept, slope, test_shift, slope_difference : Coefficient
        b0, b1, b2 and b3.
    test_slope : Coefficient
        b1 + b3, the slope of the test inputs.
    r_squared : float
        Share of the variance of the error that the fit explains.
    n_train, n_test : int
        Inputs used.
    left_out_train, left_out_test : int
        Inputs that were not kept.
    error_mean : float
        Mean of error~ over the inputs used: 0 if all are.
    test_mean : float
        Mean of x~ over the test inputs used.
    """

    intercept: Coefficient
    slope: Coefficient
    test_shift: Coefficient
    slope_difference: Coefficient
    test_slope: Coefficient
    r_squared: float
    n_train: int
    n_test: int
    left_out_train: int
    left_out_test: int
    error_mean: float
    test_mean: float


class Sides(NamedTuple):
    """Both sides of an identity."""

    left: float
    right: float


def regress(
    error_train: AnyArray,
    x_train: AnyArray,
    error_test: AnyArray,
    x_test: AnyArray,
    *,
    kept_train: BoolArray | None = None,
    kept_test: BoolArray | None = None,
    error_over: Literal["all", "kept"] = "all",
) -> Regression:
    """
    Regress the error on x, with a level and a slope of their own for test inputs.

    Parameters
    ----------
    error_train, x_train : (N,) ndarray of float
        Reconstruction error and regressor of inputs that the autoencoder was trained on.
    error_test, x_test : (M,) ndarray of float
        Those of inputs that it has not seen.
    kept_train, kept_test : (N,) and (M,) ndarray of bool, optional
        Inputs that are fitted; by default all. x is standardised over them.
    error_over : {"all", "kept"}
        Whether the error is standardised over all inputs, or over those that are fitted.

    Returns
    -------
    Regression
        Coefficients with 95 % intervals.

    Raises
    ------
    ShapeError
        SPC004 if error, x and what is kept are not of the same inputs.
    UsageError
        SPC005 if a value is not finite; SPC006 if a split keeps fewer than 4 inputs; SPC007 if the
        error, or x within a split, is constant.

    Notes
    -----
    Equations (6) and (7) of Agarwala et al. (2022), as reconstructed from their tables: error and x
    are z-scored over train and test pooled (population standard deviation), the indicator is not.
    Intervals are by HC3, because errors vary more where they are larger: see `least_squares`. That
    many of the inputs resemble each other, as images of a class do, is not in the intervals.

    Examples
    --------
    >>> x = np.linspace(-1, 1, 50)
    >>> fit = regress(2 * x, x, 4 * x, x)
    >>> round(fit.test_slope.value / fit.slope.value, 6)
    2.0
    """
    errors, is_test = _pooled("error", error_train, error_test)
    x, of_x = _pooled("x", x_train, x_test)
    kept = _kept(kept_train, kept_test, is_test)
    if not np.array_equal(is_test, of_x):
        raise ShapeError(
            "SPC004",
            "error and x must be of the same inputs; got "
            f"{_sizes(is_test)} errors and {_sizes(of_x)} values of x (train and test)",
            fix="Give an error and a value of x for each input.",
        )
    _require_finite("error", errors)
    _require_finite("x", x[kept])
    _require_enough(kept, is_test)
    over = errors[kept] if error_over == "kept" else errors
    error_z = _standardised("error", errors[kept], over)
    x_z = _standardised("x", x[kept], x[kept])
    test = is_test[kept]
    _require_spread(x_z, test)
    fit = least_squares(np.stack([np.ones(len(x_z)), x_z, test, test * x_z], axis=1), error_z)
    return Regression(
        intercept=fit.combined(1, 0, 0, 0),
        slope=fit.combined(0, 1, 0, 0),
        test_shift=fit.combined(0, 0, 1, 0),
        slope_difference=fit.combined(0, 0, 0, 1),
        test_slope=fit.combined(0, 1, 0, 1),
        r_squared=fit.r_squared,
        n_train=int(np.count_nonzero(~test)),
        n_test=int(np.count_nonzero(test)),
        left_out_train=int(np.count_nonzero(~kept & ~is_test)),
        left_out_test=int(np.count_nonzero(~kept & is_test)),
        error_mean=float(error_z.mean()),
        test_mean=float(x_z[test].mean()),
    )


def intercept_identity(regression: Regression) -> Sides:
    """
    Return both sides of b0 = mean(error~) - (b2 + b3 mean_test(x~)) n_test / n.

    Residuals of least squares sum to zero, and x~ does so by its standardisation. Where all inputs
    are used the mean of error~ is zero too: with 60,000 and 10,000 inputs and a small last term
    b0 = -b2 / 7, as Table 2 of the source shows in 37 of 38 entries.

    Examples
    --------
    >>> x = np.linspace(-1, 1, 40)
    >>> left, right = intercept_identity(regress(x**2, x, x**3 + 1, x))
    >>> abs(left - right) < 1e-12
    True
    """
    share = regression.n_test / (regression.n_train + regression.n_test)
    moved = regression.test_shift.value + regression.slope_difference.value * regression.test_mean
    return Sides(regression.intercept.value, regression.error_mean - moved * share)


def _pooled(name: str, train: AnyArray, test: AnyArray) -> tuple[Float64Array, BoolArray]:
    parts = [np.asarray(train), np.asarray(test)]
    for split, part in zip(("train", "test"), parts, strict=True):
        if part.ndim != 1 or part.dtype.kind not in "fiu":
            raise ShapeError(
                "SPC004",
                f"{name}_{split} must be a number for each input, of shape (N,); got {part.dtype} "
                f"of shape {part.shape}",
                fix="Give a one-dimensional array.",
            )
    is_test = np.repeat([False, True], [len(part) for part in parts])
    return np.concatenate(parts).astype(np.float64), is_test


def _kept(train: BoolArray | None, test: BoolArray | None, is_test: BoolArray) -> BoolArray:
    n_test = int(np.count_nonzero(is_test))
    n_train = len(is_test) - n_test
    kept = [
        np.ones(n, dtype=bool) if given is None else np.asarray(given, dtype=bool)
        for given, n in ((train, n_train), (test, n_test))
    ]
    if kept[0].shape != (n_train,) or kept[1].shape != (n_test,):
        raise ShapeError(
            "SPC004",
            f"kept_train and kept_test must say of each input whether it stays, {n_train} and "
            f"{n_test}; got shapes {kept[0].shape} and {kept[1].shape}",
            fix="Give a truth value for each input.",
        )
    return np.concatenate(kept)


def _sizes(is_test: BoolArray) -> str:
    n_test = int(np.count_nonzero(is_test))
    return f"{len(is_test) - n_test} and {n_test}"


def _require_finite(name: str, values: Float64Array) -> None:
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        raise UsageError(
            "SPC005",
            f"the {name} of a regression must be finite; got {values[bad[0]]} at row {bad[0]} of "
            f"train and test pooled, and {len(bad)} such value(s) in all",
            fix="A log volume of -inf belongs to a singular Jacobian: leave such inputs out by "
            "kept_train and kept_test, or use the trace.",
        )


def _require_enough(kept: BoolArray, is_test: BoolArray) -> None:
    for split, rows in (("train", ~is_test), ("test", is_test)):
        n = int(np.count_nonzero(kept & rows))
        if n < _LEAST:
            raise UsageError(
                "SPC006",
                f"a regression must have at least {_LEAST} inputs of each split; got {n} of "
                f"{split}, out of {np.count_nonzero(rows)} before any were left out",
                fix="Give more inputs, or use the trace: it is defined for every input.",
            )


def _standardised(name: str, values: Float64Array, over: Float64Array) -> Float64Array:
    spread = over.std()
    if spread <= 1e-12 * np.abs(over).max():
        raise UsageError(
            "SPC007",
            f"the {name} of a regression must vary; got {over[0]:g} for all {len(over)} inputs",
            fix="There is no slope to fit: where the network is linear, every input has the same "
            "Jacobian.",
        )
    standardised: Float64Array = (values - over.mean()) / spread
    return standardised


def _require_spread(x: Float64Array, is_test: BoolArray) -> None:
    for split, rows in (("train", x[~is_test]), ("test", x[is_test])):
        if np.ptp(rows) <= 1e-12 * np.ptp(x):
            raise UsageError(
                "SPC007",
                f"the x of a regression must vary within each split; got the same value for all "
                f"{len(rows)} inputs of {split}",
                fix="Give other inputs: this split has no slope.",
            )
