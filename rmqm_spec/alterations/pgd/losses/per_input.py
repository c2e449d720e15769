"""Losses of each input alone (clauses RMQM-LOSS-002 and RMQM-LOSS-003)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rmqm_spec.alterations.pgd.losses.contract import Directions, Loss, directions, finite_rows
from rmqm_spec.arrays import AnyArray
from rmqm_spec.errors import UsageError

__all__ = ["cross_entropy", "displacement"]


def displacement(
    encodings: AnyArray, references: Directions, names: Sequence[str] | None = None
) -> Loss:
    r"""
    Return the squared distance of each unit vector to its reference.

    .. math:: L = \lVert \phi' - \phi \rVert_2^2

    Parameters
    ----------
    encodings : (N, E) ndarray
        Those of the attacked inputs.
    references : Directions
        Those of the unaltered inputs, N of length E.
    names : sequence of str, optional
        What to call the inputs in an error.

    Examples
    --------
    >>> values, gradient = displacement([[3.0, 4.0]], directions([[2.0, 0.0]]))
    >>> values.round(6), gradient.round(6)
    (array([0.8]), array([[-0.256,  0.192]]))
    """
    attacked = directions(encodings, names)
    moved = attacked.units - references.units
    return Loss(np.einsum("ne,ne->n", moved, moved), attacked.gradient(2 * moved))


def cross_entropy(logits: AnyArray, labels: AnyArray, names: Sequence[str] | None = None) -> Loss:
    r"""
    Return the cross-entropy of each input.

    .. math:: L = \ln \sum_c e^{l_c} - l_y

    Parameters
    ----------
    logits : (N, C) ndarray
        Those of the attacked inputs.
    labels : (N,) ndarray of int
        The class of each input, in 0..C - 1.
    names : sequence of str, optional
        What to call the inputs in an error.

    Raises
    ------
    UsageError
        If a label is not a class.

    Examples
    --------
    >>> values, gradient = cross_entropy([[0.0, 0.0]], np.array([1]))
    >>> values.round(6), gradient
    (array([0.693147]), array([[ 0.5, -0.5]]))
    """
    rows = finite_rows(logits, names, "logits")
    n_classes = rows.shape[1]
    wrong = (labels < 0) | (labels >= n_classes)
    if wrong.any():
        raise UsageError(
            "ARG001",
            f"labels must lie in 0..{n_classes - 1}, one class per logit; "
            f"got {labels[wrong.argmax()]}",
            fix="Give the logits of all classes, and labels counted from 0.",
        )
    each = np.arange(len(rows))
    rows -= rows.max(axis=1, keepdims=True)
    powers = np.exp(rows)
    totals = powers.sum(axis=1, keepdims=True)
    gradient = powers / totals
    gradient[each, labels] -= 1
    return Loss(np.log(totals[:, 0]) - rows[each, labels], gradient)
