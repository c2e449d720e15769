"""Ordinary least squares with standard errors that hold where residuals vary unequally (HC3)."""

from __future__ import annotations

from typing import Final

import numpy as np
from attrs import frozen

from rmqm_spec.arrays import AnyArray, Float64Array

__all__ = ["Coefficient", "Fit", "least_squares"]

_LEVEL: Final = 0.95


@frozen
class Coefficient:
    """A coefficient, its robust standard error, and its 95 % interval."""

    value: float
    standard_error: float
    interval: tuple[float, float]


@frozen(eq=False)
class Fit:
    """
    A linear fit.

    Parameters
    ----------
    coefficients : (p,) ndarray of float64
        One for each column of the design.
    covariance : (p, p) ndarray of float64
        Their covariance, by HC3.
    degrees : int
        Number of rows less p.
    r_squared : float
        Share of the variance of the response that the fit explains.
    """

    coefficients: Float64Array
    covariance: Float64Array
    degrees: int
    r_squared: float

    def combined(self, *weights: float) -> Coefficient:
        """Return a linear combination of the coefficients, such as the sum of two."""
        from scipy.stats import t

        known = np.array(weights)
        value = float(known @ self.coefficients)
        error = float(np.sqrt(known @ self.covariance @ known))
        reach = float(t.ppf((1 + _LEVEL) / 2, self.degrees)) * error
        return Coefficient(value, error, (value - reach, value + reach))


def least_squares(design: AnyArray, response: AnyArray) -> Fit:
    """
    Fit a response by the columns of a design of full rank.

    Parameters
    ----------
    design : (N, p) ndarray of float64
        A column for each coefficient; more rows than columns.
    response : (N,) ndarray of float64
        What is fitted.

    Returns
    -------
    Fit
        Coefficients and their covariance.

    Notes
    -----
    White's estimator in the variant HC3 of MacKinnon and White (1985): each squared residual is
    divided by (1 - h)^2, where h is the leverage of its row.

    Examples
    --------
    >>> x = np.arange(5.0)
    >>> fit = least_squares(np.stack([np.ones(5), x], axis=1), 1 + 2 * x)
    >>> fit.coefficients.round(6)
    array([1., 2.])
    """
    q, r = np.linalg.qr(design)
    coefficients = np.linalg.solve(r, q.T @ response)
    residuals = response - design @ coefficients
    leverages = (q**2).sum(axis=1)
    inverse = np.linalg.solve(r, q.T)
    scores = inverse * (residuals / (1 - leverages))
    deviations = response - response.mean()
    return Fit(
        coefficients=coefficients,
        covariance=scores @ scores.T,
        degrees=len(design) - design.shape[1],
        r_squared=float(1 - (residuals @ residuals) / (deviations @ deviations)),
    )
