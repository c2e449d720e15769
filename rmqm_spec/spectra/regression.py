"""Equations (6) and (7): the error of an input by its log volume or trace, train against test."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from attrs import frozen

from rmqm_spec.arrays import AnyArray, BoolArray
from rmqm_spec.errors import ShapeError
from rmqm_spec.spectra.least_squares import Coefficient, least_squares
from rmqm_spec.spectra.splits import (
    kept_rows,
    pooled,
    require_enough,
    require_finite,
    require_spread,
    sizes,
    standardised,
)

__all__ = ["Regression", "Sides", "intercept_identity", "regress"]


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
    errors, is_test = pooled("error", error_train, error_test)
    x, of_x = pooled("x", x_train, x_test)
    kept = kept_rows(kept_train, kept_test, is_test)
    if not np.array_equal(is_test, of_x):
        raise ShapeError(
            "SPC004",
            "error and x must be of the same inputs; got "
            f"{sizes(is_test)} errors and {sizes(of_x)} values of x (train and test)",
            fix="Give an error and a value of x for each input.",
        )
    require_finite("error", errors)
    require_finite("x", x[kept])
    require_enough(kept, is_test)
    over = errors[kept] if error_over == "kept" else errors
    error_z = standardised("error", errors[kept], over)
    x_z = standardised("x", x[kept], x[kept])
    test = is_test[kept]
    require_spread(x_z, test)
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
