"""How far apart the eigenvalues of two matrices are, as sets."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from attrs import frozen
from scipy.optimize import linear_sum_assignment

from rmqm_spec.arrays import Float64Array
from rmqm_spec.errors import ShapeError, UsageError
from rmqm_spec.spectra.eigenvalues import ComplexArray, Spectrum

__all__ = ["MATCHINGS", "Differences", "Matching", "differences"]

Matching = Literal["assigned", "sorted"]

MATCHINGS: Final[dict[Matching, str]] = {
    "assigned": "each eigenvalue of one matrix is paired with one of the other so that the sum of "
    "their distances is least (optimal assignment)",
    "sorted": "both are sorted by falling modulus, then by argument, and paired by rank",
}
"""How eigenvalues of two matrices are paired. The source does not say which it used."""


@frozen(kw_only=True, eq=False)
class Differences:
    """
    Distances between the eigenvalues of two matrices per input (the source's Figure 2).

    Parameters
    ----------
    l1, l2 : (N,) ndarray of float64
        L1 and L2 norm of the vector of n distances, divided by n.
    matching : {"assigned", "sorted"}
        How eigenvalues were paired.
    """

    l1: Float64Array
    l2: Float64Array
    matching: Matching


def differences(
    first: Spectrum, second: Spectrum, *, matching: Matching = "assigned"
) -> Differences:
    """
    Return the distances between the eigenvalues of two matrices, input by input.

    Parameters
    ----------
    first, second : Spectrum
        Of the same N inputs, such as those of J_L and J_I.
    matching : {"assigned", "sorted"}
        As `MATCHINGS` says. Sorted distances are never smaller in L1; two nearly equal moduli that
        change places make them jump.

    Raises
    ------
    ShapeError
        SPC004 if the spectra are not of the same inputs and size.
    UsageError
        ARG001 if there is no such matching.

    Examples
    --------
    >>> from rmqm_spec.spectra.eigenvalues import spectrum
    >>> one, other = (spectrum(np.diag(values)[None]) for values in ([1.0, 0.5], [0.4, 1.0]))
    >>> differences(one, other).l1.round(6)
    array([0.05])
    """
    a, b = first.eigenvalues, second.eigenvalues
    if a.shape != b.shape:
        raise ShapeError(
            "SPC004",
            f"both spectra must have n eigenvalues of the same N inputs; got {a.shape} and "
            f"{b.shape}",
            fix="Compare J_L with the n x n equivalent of J_I, at the same inputs.",
        )
    if matching not in MATCHINGS:
        raise UsageError(
            "ARG001",
            f"matching must be one of {', '.join(MATCHINGS)}; got {matching!r}",
            fix="Leave it out for the optimal assignment.",
        )
    distances = np.abs(a - b) if matching == "sorted" else _assigned(a, b)
    n = a.shape[1]
    return Differences(
        l1=distances.sum(axis=1) / n,
        l2=np.sqrt((distances**2).sum(axis=1)) / n,
        matching=matching,
    )


def _assigned(a: ComplexArray, b: ComplexArray) -> Float64Array:
    distances = np.empty(a.shape)
    for row, (of_a, of_b) in enumerate(zip(a, b, strict=True)):
        costs = np.abs(of_a[:, None] - of_b[None, :])
        distances[row] = costs[linear_sum_assignment(costs)]
    return distances
