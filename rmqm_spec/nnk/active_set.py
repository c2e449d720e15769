"""
The exact optimum of 1/2 t'Kt - b't for t >= 0 by the active-set method of Lawson and Hanson.

K holds the kernel values among k candidates and b those with the query. The method adds one
candidate at a time, that with the largest gradient b - Kt, and solves for the weights of those
added; if a weight would be negative, it goes only as far as the first weight that reaches zero, and
removes that candidate again (Lawson and Hanson, Solving Least Squares Problems, 1974, chapter
23). It ends where no gradient is above zero, which is the optimum (Karush, Kuhn and Tucker).

The neighbours are linearly independent in the space of the kernel, as a candidate that depends on
them has gradient zero and is not added. So there are at most E + 1 with a cosine kernel, however
many candidates there are and although K is then singular.

Several sets of weights can be optimal: where candidates are copies of each other, or where more of
them are equally far from the query's approximation than there are dimensions. Then the weights are
those that this method reaches: the candidate with the largest gradient first, and of those whose
gradients are within 1e-12 of it, the nearest.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.linalg.blas import dtrsv

from rmqm_spec.arrays import Float64Array

__all__ = ["LEAST", "LEAST_PIVOT", "MOST_STEPS", "stuck", "weights_of_query"]

LEAST: Final = 1e-12
"""Gradients and weights up to this are zero, and gradients that near each other are equal."""

LEAST_PIVOT: Final = 2.0**-52
"""Squared distances of a candidate from the span of the others below this are rounding."""

MOST_STEPS: Final = 100
"""How often a candidate is added, for each candidate, before the method is stopped."""


def weights_of_query(values: Float64Array) -> Float64Array:
    """
    Return the weights of the candidates of a query.

    Parameters
    ----------
    values : (k + 1, k + 1) ndarray of float64
        Kernel values from 0 to 1, with 1 on the diagonal. Row 0 is the query, the others are its
        candidates, nearest first.

    Returns
    -------
    (k,) ndarray of float64
        At least 0; above 1e-12 where they are not exactly 0.

    Raises
    ------
    ArithmeticError
        If the method does not end: a bug of ours.

    Examples
    --------
    The second candidate lies behind the first:

    >>> values = np.array([[1.0, 0.8, 0.6], [0.8, 1.0, 0.8], [0.6, 0.8, 1.0]])
    >>> weights_of_query(values).tolist()
    [0.8, 0.0]
    """
    towards, gram = values[0, 1:], values[1:, 1:]
    weights = np.zeros(len(gram))
    support = _Support(towards, gram)
    refused: list[int] = []
    for _ in range(MOST_STEPS * len(gram)):
        gradient = towards - weights @ gram
        gradient[support.members + refused] = 0.0
        largest = gradient.max()
        if largest <= LEAST:
            return weights
        candidate = int(np.argmax(gradient >= largest - LEAST))
        support.add(candidate)
        if support.weights()[-1] > LEAST:
            _settle(support, weights)
            refused.clear()
        else:  # its gradient was rounding: it depends on the others
            support.members.pop()
            refused.append(candidate)
    raise stuck(len(gram))


def stuck(k: int) -> ArithmeticError:
    """Return the error of a method that does not end."""
    return ArithmeticError(f"the weights of {k} candidates did not settle")


def _settle(support: _Support, weights: Float64Array) -> None:
    """Make weights the optimum of the support, less the members that would be negative."""
    while True:
        members = support.members
        old, new = weights[members], support.weights()
        low = new <= LEAST
        if not low.any():
            weights[members] = new
            return
        ways = np.divide(old, old - new, out=np.full(len(old), np.inf), where=low)
        moved = old + ways.min() * (new - old)
        leaving = low & (moved <= LEAST)
        leaving[np.argmin(ways)] = True
        weights[members] = np.where(leaving, 0.0, moved)
        support.remove(leaving)


class _Support:
    """The candidates that are neighbours so far, and the Cholesky factor of their kernel."""

    def __init__(self, towards: Float64Array, gram: Float64Array) -> None:
        self._towards, self._gram = towards, gram
        self._factor = np.zeros_like(gram, order="F")
        self.members: list[int] = []

    def add(self, candidate: int) -> None:
        """Add a row to the factor."""
        n = len(self.members)
        row = self._gram[candidate, self.members]
        if n:
            row = dtrsv(self._factor[:n, :n], row, lower=1)
        self._factor[n, :n] = row
        self._factor[n, n] = np.sqrt(max(self._gram[candidate, candidate] - row @ row, LEAST_PIVOT))
        self.members.append(candidate)

    def remove(self, leaving: Float64Array) -> None:
        """Rebuild the factor from the first that leaves."""
        first = int(np.argmax(leaving))
        staying = [self.members[i] for i in range(first, len(self.members)) if not leaving[i]]
        del self.members[first:]
        for candidate in staying:
            self.add(candidate)

    def weights(self) -> Float64Array:
        """Solve for the weights of the members."""
        n = len(self.members)
        factor = self._factor[:n, :n]
        half = dtrsv(factor, self._towards[self.members], lower=1)
        return np.asarray(dtrsv(factor, half, lower=1, trans=1))
