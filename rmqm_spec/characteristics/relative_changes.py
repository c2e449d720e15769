"""The terms of D_RC and P_RC, by variant: abs(x_j - x_{j-1}) over the current or previous x."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from attrs import frozen

from rmqm_spec.arrays import BoolArray, Float64Array
from rmqm_spec.characteristics.sums import row_sums
from rmqm_spec.errors import UsageError

__all__ = ["RelativeChanges", "Variant", "changes_of_displacements", "changes_of_step_lengths"]

Variant = Literal["paper", "authors-2022"]


@frozen(eq=False)
class RelativeChanges:
    """
    Relative changes of a distance from level to level.

    Parameters
    ----------
    terms : (N, K) ndarray of float64
        Relative changes, a fraction; 0 where undefined.
    undefined : (N, K) ndarray of bool
        Terms with a zero denominator that do not count as "nothing moved, nothing changed".
    divisor : int
        Divides the sum over the terms of an input, if no term is undefined.
    first_level : int
        The level of the first term, 1 or 2.
    """

    terms: Float64Array
    undefined: BoolArray
    divisor: int
    first_level: int

    def per_input(self) -> Float64Array:
        """Return each input's characteristic, (N,): an undefined term leaves sum and divisor."""
        divisors = np.maximum(self.divisor - self.undefined.sum(axis=1), 1)
        return np.asarray(row_sums(self.terms) / divisors)


def changes_of_displacements(displacements: Float64Array, variant: Variant) -> RelativeChanges:
    """
    Return the terms of D_RC: Eq. 3 of the paper, or what the authors' code computes.

    Examples
    --------
    >>> changes_of_displacements(np.array([[1.0, 2.0, 4.0]]), "paper").terms
    array([[1. , 0.5, 0.5]])
    >>> changes_of_displacements(np.array([[1.0, 2.0, 4.0]]), "authors-2022").terms
    array([[1., 1.]])
    """
    n_levels = displacements.shape[1]
    if checked_variant(variant) == "paper":
        start = np.zeros((displacements.shape[0], 1))
        return _current(np.concatenate([start, displacements], axis=1), n_levels, first_level=1)
    return _previous(displacements)


def changes_of_step_lengths(step_lengths: Float64Array, variant: Variant) -> RelativeChanges:
    """
    Return the terms of P_RC: Eq. 4 of the paper, or what the authors' code computes.

    Examples
    --------
    >>> changes = changes_of_step_lengths(np.array([[1.0, 2.0, 4.0]]), "paper")
    >>> changes.terms, changes.divisor
    (array([[0.5, 0.5]]), 3)
    """
    if checked_variant(variant) == "paper":
        return _current(step_lengths, step_lengths.shape[1], first_level=2)
    return _previous(step_lengths)


def checked_variant(variant: str) -> Variant:
    """Return `variant` if it is known, else raise `UsageError`."""
    if variant not in get_args(Variant):
        raise UsageError(
            "ARG001",
            f"variant must be one of {', '.join(get_args(Variant))}; got {variant!r}",
            fix="Choose one of them; paper is the default.",
        )
    return variant  # type: ignore[return-value]


def _current(distances: Float64Array, divisor: int, first_level: int) -> RelativeChanges:
    """Divide by the current distance; 0/0 is 0, x/0 is undefined (clause RMQM-DEG)."""
    before, now = distances[:, :-1], distances[:, 1:]
    change = np.abs(now - before)
    terms = np.divide(change, now, out=np.zeros_like(change), where=now > 0)
    return RelativeChanges(terms, (now == 0) & (before > 0), divisor, first_level)


def _previous(distances: Float64Array) -> RelativeChanges:
    """Divide by the previous distance; every zero denominator is undefined."""
    before, now = distances[:, :-1], distances[:, 1:]
    change = np.abs(now - before)
    terms = np.divide(change, before, out=np.zeros_like(change), where=before > 0)
    return RelativeChanges(terms, before == 0, distances.shape[1] - 1, first_level=2)
