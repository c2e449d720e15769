"""What the other candidates say of each one: information sufficiency and consensus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from rmqm_spec.arrays import AnyArray
from rmqm_spec.measures.between.neighbours import N_NEIGHBOURS, nearest_of_each, shared
from rmqm_spec.measures.between.ridge import held_out_r2
from rmqm_spec.measures.between.rows import same_inputs
from rmqm_spec.measures.unaltered import Undefined

__all__ = ["AT_LEAST", "consensus", "information_sufficiency"]

AT_LEAST: Final = 3
"""Of two candidates, neither is an outsider."""


def information_sufficiency(encodings: Mapping[str, AnyArray]) -> dict[str, float]:
    """
    Return how well each candidate predicts the others: its median held-out R^2.

    Parameters
    ----------
    encodings : mapping of str to (N, E) ndarray
        Encodings of the same inputs, in the same order, by the name of the candidate.

    Returns
    -------
    dict of str to float
        The median over the other candidates of `ridge_r2` from this one; at most 1.

    Raises
    ------
    ShapeError
        ARG001 if they are not matrices of equally many rows.
    Undefined
        ``too-few-candidates`` below 3; whatever `ridge_r2` raises for any of them.

    Notes
    -----
    After Darrin et al., "When is an Embedding Model More Promising than Another?", NeurIPS 2024,
    2406.07640, with the held-out R^2 of a ridge regression in the place of their estimate of
    mutual information. The value depends on the other candidates, and a large encoding that
    contains much scores high whether or not it is useful.

    Examples
    --------
    >>> whole = np.random.default_rng(0).standard_normal((60, 3))
    >>> values = information_sufficiency({"whole": whole, "a": whole[:, :1], "b": whole[:, 1:2]})
    >>> max(values, key=values.get)
    'whole'
    """
    _check(encodings)
    return {
        name: float(
            np.median(held_out_r2(rows, [encodings[other] for other in encodings if other != name]))
        )
        for name, rows in encodings.items()
    }


def consensus(encodings: Mapping[str, AnyArray], k: int = N_NEIGHBOURS) -> dict[str, float]:
    """
    Return how much each candidate's nearest neighbours agree with those of the others.

    Parameters
    ----------
    encodings : mapping of str to (N, E) ndarray
        Encodings of the same inputs, in the same order, by the name of the candidate.
    k : int
        How many neighbours.

    Returns
    -------
    dict of str to float
        0 by chance, 1 where all others have the same neighbours, below 0 where candidates agree
        less than by chance.

    Raises
    ------
    ShapeError
        ARG001 if they are not matrices of equally many rows.
    UsageError
        ARG001 if k is below 1.
    Undefined
        ``too-few-candidates`` below 3; ``too-few-inputs`` unless k < N - 1; whatever
        `mutual_neighbours` raises for any of them.

    Notes
    -----
    With m the mean of `mutual_neighbours` to the other candidates, the value is
    ``(m - c) / (1 - c)`` with ``c = k / (N - 1)``. This c is what pairs with permuted rows share on
    average, exactly: whatever k neighbours an input has in one encoding, each of the N - 1 others
    is equally likely to be among its k in the permuted other. 2602.14486 asks for such a
    calibration, and finds that the overlap of neighbours keeps its trend after it.

    Examples
    --------
    >>> rows = np.random.default_rng(0).standard_normal((100, 4))
    >>> noise = np.random.default_rng(1).standard_normal((100, 4))
    >>> values = consensus({"a": rows, "same": 2 * rows, "noise": noise})
    >>> round(values["a"], 1), round(values["noise"], 1)
    (0.5, 0.0)
    """
    _check(encodings)
    n_inputs = len(next(iter(encodings.values())))
    if k >= n_inputs - 1:
        raise Undefined("too-few-inputs")
    near = {name: nearest_of_each(rows, k) for name, rows in encodings.items()}
    chance = k / (n_inputs - 1)
    return {
        name: float(
            (np.mean([shared(near[name], near[other]) for other in near if other != name]) - chance)
            / (1 - chance)
        )
        for name in near
    }


def _check(encodings: Mapping[str, AnyArray]) -> None:
    if len(encodings) < AT_LEAST:
        raise Undefined("too-few-candidates")
    same_inputs(list(encodings.values()))
