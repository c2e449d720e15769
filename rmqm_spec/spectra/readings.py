"""What the regressions take: log volume or trace, and what becomes of reversed orientation."""

from __future__ import annotations

from typing import Final, Literal

from rmqm_spec.arrays import AnyArray
from rmqm_spec.errors import UsageError
from rmqm_spec.spectra.eigenvalues import Spectrum
from rmqm_spec.spectra.regression import Regression, regress

__all__ = ["READINGS", "Reading", "regress_log_volume", "regress_trace"]

Reading = Literal["absolute", "dropped"]

READINGS: Final[dict[Reading, str]] = {
    "absolute": "log |w|: inputs of reversed orientation stay; those with w = 0, whose log volume "
    "is -inf, are left out before anything is standardised",
    "dropped": "inputs with w <= 0 are left out after the error was standardised over all inputs; "
    "the log volume is standardised over those that stay (the reading that fits Table 1)",
}
"""What becomes of inputs whose volume form w is not positive: the source does not say."""


def regress_log_volume(
    error_train: AnyArray,
    train: Spectrum,
    error_test: AnyArray,
    test: Spectrum,
    *,
    reading: Reading = "absolute",
) -> Regression:
    """
    Regress the error on the log volume: equation (6) of the source.

    Parameters
    ----------
    error_train, error_test : (N,) and (M,) ndarray of float
        Reconstruction errors.
    train, test : Spectrum
        Of the same inputs.
    reading : {"absolute", "dropped"}
        As `READINGS` says.

    Returns
    -------
    Regression
        With the number of inputs that the reading leaves out.

    Raises
    ------
    UsageError
        ARG001 if there is no such reading; else as `regress`.
    """
    if reading not in READINGS:
        raise UsageError(
            "ARG001",
            f"reading must be one of {', '.join(READINGS)}; got {reading!r}",
            fix="Leave it out for log |w|.",
        )
    if reading == "dropped":
        kept_train, kept_test = train.orientation > 0, test.orientation > 0
    else:
        kept_train, kept_test = train.orientation != 0, test.orientation != 0
    return regress(
        error_train,
        train.log_volume,
        error_test,
        test.log_volume,
        kept_train=kept_train,
        kept_test=kept_test,
        error_over="all" if reading == "dropped" else "kept",
    )


def regress_trace(
    error_train: AnyArray, train: Spectrum, error_test: AnyArray, test: Spectrum
) -> Regression:
    """
    Regress the error on the trace: equation (7) of the source.

    Parameters
    ----------
    error_train, error_test, train, test
        As for `regress_log_volume`.

    Raises
    ------
    UsageError
        As `regress`.

    Examples
    --------
    >>> import numpy as np
    >>> from rmqm_spec.spectra.eigenvalues import spectrum
    >>> scales = np.linspace(0.5, 1.5, 20)
    >>> spectra = spectrum(scales[:, None, None] * np.eye(2))
    >>> fit = regress_trace(3 * scales, spectra, 3 * scales, spectra)
    >>> round(fit.slope.value, 6), round(fit.slope_difference.value, 6) + 0
    (1.0, 0.0)
    """
    return regress(error_train, train.trace, error_test, test.trace)
