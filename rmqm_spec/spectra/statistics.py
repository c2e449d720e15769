"""Quantities of spectra over inputs: means, medians, quartiles and shares, with intervals."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from attrs import frozen

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.characteristics.interval import delta_interval
from rmqm_spec.errors import ShapeError
from rmqm_spec.probes.accuracy import accuracy_of
from rmqm_spec.spectra.eigenvalues import Spectrum

__all__ = [
    "QUANTITIES",
    "Arguments",
    "Band",
    "Share",
    "arguments_of",
    "band",
    "bands",
    "bands_by_class",
    "reversed_share",
    "rows_by_class",
]

QUANTITIES: Final = ("trace", "log_volume", "arithmetic_mean", "geometric_mean", "small")
"""Names of the numbers of a spectrum that are told over inputs, attributes of `Spectrum`."""


@frozen(kw_only=True)
class Band:
    """
    A number over inputs.

    Parameters
    ----------
    n : int
        Number of inputs.
    mean : float
        Mean over the inputs whose value is finite; NaN if there is none.
    interval : tuple of two floats, optional
        95 % interval of the mean, by Student's t; None for fewer than two finite values.
    median : float
        Over all inputs, infinite values included.
    quartiles : tuple of two floats
        First and third.
    middle : tuple of two floats
        Between these lie 95 % of the inputs: quantiles 0.025 and 0.975.
    infinite : int
        Inputs without a finite value, such as a log volume of a singular matrix.
    """

    n: int
    mean: float
    interval: tuple[float, float] | None
    median: float
    quartiles: tuple[float, float]
    middle: tuple[float, float]
    infinite: int


@frozen
class Share:
    """A share of inputs: their number, that of all, and the 95 % interval of Wilson (1927)."""

    count: int
    n: int
    interval: tuple[float, float]

    @property
    def value(self) -> float:
        """The share."""
        return self.count / self.n


@frozen(kw_only=True, eq=False)
class Arguments:
    """
    How the arguments of eigenvalues are distributed (the source's Figure 3).

    Parameters
    ----------
    edges : (B + 1,) ndarray of float64
        Of equal bins from -pi to pi.
    counts : (B,) ndarray of int64
        Eigenvalues in each; a bin holds its upper edge, so that pi is in the last.
    real_positive, real_negative : int
        Eigenvalues with the argument 0 or pi: they are in the bins too.
    complex : int
        Eigenvalues with an imaginary part.
    zero : int
        Eigenvalues 0, which have no argument.
    """

    edges: Float64Array
    counts: AnyArray
    real_positive: int
    real_negative: int
    complex: int
    zero: int


def band(values: AnyArray) -> Band:
    """
    Return mean, median, quartiles and intervals of a number per input.

    Parameters
    ----------
    values : (N,) ndarray
        N >= 1; -inf and inf take part in the median and the quantiles, not in the mean.

    Raises
    ------
    ShapeError
        SPC004 if there is no value, or it is not (N,).

    Examples
    --------
    >>> found = band(np.array([1.0, 2.0, 3.0, -np.inf]))
    >>> found.mean, found.median, found.infinite
    (2.0, 1.0, 1)
    """
    known = np.asarray(values, dtype=np.float64)
    if known.ndim != 1 or not len(known):
        raise ShapeError(
            "SPC004",
            f"values must be a number for each of at least one input; got shape {known.shape}",
            fix="Give a one-dimensional array that is not empty.",
        )
    finite = known[np.isfinite(known)]
    mean = float(finite.mean()) if len(finite) else math.nan
    low, high = delta_interval(mean, finite - mean) if len(finite) > 1 else (math.nan, math.nan)
    # Interpolation between -inf and a number would give NaN: quantiles of the nearest rank.
    q025, q25, q50, q75, q975 = (
        float(value)
        for value in np.quantile(
            known,
            [0.025, 0.25, 0.5, 0.75, 0.975],
            method="linear" if len(finite) == len(known) else "inverted_cdf",
        )
    )
    return Band(
        n=len(known),
        mean=mean,
        interval=None if math.isnan(low) else (low, high),
        median=q50,
        quartiles=(q25, q75),
        middle=(q025, q975),
        infinite=len(known) - len(finite),
    )


def bands(spectrum: Spectrum) -> dict[str, Band]:
    """Return the band of each of `QUANTITIES`."""
    return {name: band(getattr(spectrum, name)) for name in QUANTITIES}


def rows_by_class(labels: AnyArray) -> dict[str, AnyArray]:
    """
    Return the rows of each class, in the order of the sorted labels.

    Parameters
    ----------
    labels : (N,) ndarray
        Of integers or texts.

    Examples
    --------
    >>> {label: rows.tolist() for label, rows in rows_by_class(np.array([7, 1, 7])).items()}
    {'1': [1], '7': [0, 2]}
    """
    known = np.asarray(labels)
    return {str(label): np.flatnonzero(known == label) for label in np.unique(known)}


def bands_by_class(spectrum: Spectrum, labels: AnyArray) -> dict[str, dict[str, Band]]:
    """
    Return the bands of the inputs of each class.

    Raises
    ------
    ShapeError
        SPC004 if there is not one label for each input.
    """
    if np.shape(labels) != (len(spectrum),):
        raise ShapeError(
            "SPC004",
            f"labels must be one for each of {len(spectrum)} inputs; got shape {np.shape(labels)}",
            fix="Give the labels of these inputs, in their order.",
        )
    return {label: bands(spectrum[rows]) for label, rows in rows_by_class(labels).items()}


def reversed_share(spectrum: Spectrum) -> Share:
    """
    Return the share of inputs at which the Jacobian reverses the orientation (Figure 7).

    Examples
    --------
    >>> from rmqm_spec.spectra.eigenvalues import spectrum
    >>> mirrored = reversed_share(spectrum(np.array([np.diag([1.0, -1.0]), np.eye(2)])))
    >>> mirrored.count, mirrored.n, [round(end, 2) for end in mirrored.interval]
    (1, 2, [0.09, 0.91])
    """
    reversing = spectrum.orientation < 0
    return Share(int(reversing.sum()), len(reversing), accuracy_of(reversing).interval)


def arguments_of(spectrum: Spectrum, *, n_bins: int = 36) -> Arguments:
    """
    Count the arguments of all eigenvalues of all inputs.

    Parameters
    ----------
    spectrum : Spectrum
        Of N inputs.
    n_bins : int
        Number of equal bins from -pi to pi.

    Examples
    --------
    >>> from rmqm_spec.spectra.eigenvalues import spectrum
    >>> found = arguments_of(spectrum(np.diag([2.0, -1.0, 0.0])[None]), n_bins=4)
    >>> found.counts.tolist(), found.real_positive, found.real_negative, found.zero
    ([0, 1, 0, 1], 1, 1, 1)
    """
    known = spectrum.arguments[~np.isnan(spectrum.arguments)]
    is_real = (spectrum.eigenvalues.imag == 0) & (spectrum.eigenvalues != 0)
    edges = np.linspace(-np.pi, np.pi, n_bins + 1)
    bins = np.clip(np.searchsorted(edges, known, side="left") - 1, 0, n_bins - 1)
    return Arguments(
        edges=edges,
        counts=np.bincount(bins, minlength=n_bins),
        real_positive=int(np.count_nonzero(is_real & (spectrum.eigenvalues.real > 0))),
        real_negative=int(np.count_nonzero(is_real & (spectrum.eigenvalues.real < 0))),
        complex=int(np.count_nonzero(spectrum.eigenvalues.imag)),
        zero=int(np.count_nonzero(spectrum.eigenvalues == 0)),
    )
