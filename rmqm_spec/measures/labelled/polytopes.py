"""NNK neighbourhoods with labels: how often neighbours name the class, how often they disagree."""

from __future__ import annotations

import numpy as np

from rmqm_spec.arrays import AnyArray
from rmqm_spec.measures.labelled.given import Given, given
from rmqm_spec.measures.labelled.measure import LabelledMeasure
from rmqm_spec.measures.neighbourhoods.distances import distinct_unit_rows
from rmqm_spec.measures.neighbourhoods.polytopes import LEAST, n_candidates
from rmqm_spec.measures.unaltered import Undefined
from rmqm_spec.nnk import Neighbourhoods, all_neighbourhoods, are_mixed, are_wrong, class_votes

__all__ = ["NNK_ACCURACY", "NNK_MIXED", "nnk_accuracy", "nnk_mixed"]


def nnk_accuracy(encodings: AnyArray, classes: AnyArray) -> float:
    """
    Return the share of inputs whose class their NNK neighbours among the others name.

    Parameters
    ----------
    encodings : (N, E) ndarray
        One row an input; the kernel is 1/2 + 1/2 cos, with k = min(50, N - 1) candidates.
    classes : (N,) ndarray
        The class of each input.

    Returns
    -------
    float
        From 0 to 1: the leave-one-out accuracy. Neighbours vote with their weights; of classes with
        equal votes the first in the order of their names is named. An input without neighbours,
        which has none but inputs opposite to it, counts as wrong.

    Raises
    ------
    ShapeError
        ARG001 if there is not one class per row.
    Undefined
        ``not-finite``, ``zero``, ``constant``, ``one-class``; ``too-few-inputs`` below 3.

    Notes
    -----
    Shekkizhar and Ortega, DeepNNK, arXiv 2007.10505: from training data alone, it tells models that
    fit too closely from others.

    Examples
    --------
    >>> rows = np.array([[1.0, 0.0], [0.9, 0.1], [0.1, 0.9], [0.0, 1.0]])
    >>> nnk_accuracy(rows, np.array(["a", "a", "b", "b"]))
    1.0
    """
    checked, found = _checked(encodings, classes)
    votes = class_votes(found.indices, found.shares, checked.classes, len(checked.sizes))
    return float(np.mean(~are_wrong(votes, checked.classes)))


def nnk_mixed(encodings: AnyArray, classes: AnyArray) -> float:
    """
    Return the share of inputs that have an NNK neighbour of another class.

    Parameters
    ----------
    encodings, classes
        As for `nnk_accuracy`.

    Returns
    -------
    float
        From 0, where all neighbourhoods are of one class, to 1.

    Raises
    ------
    ShapeError, Undefined
        As `nnk_accuracy`.

    Notes
    -----
    The number of polytopes with at least one neighbour of another label in Shekkizhar and Ortega,
    GSP Workshop 2023, divided by N.

    Examples
    --------
    >>> rows = np.array([[1.0, 0.0], [0.9, 0.1], [0.1, 0.9], [0.0, 1.0]])
    >>> nnk_mixed(rows, np.array(["a", "a", "b", "b"]))
    0.5
    """
    checked, found = _checked(encodings, classes)
    return float(np.mean(are_mixed(found, checked.classes, checked.classes)))


def _checked(encodings: AnyArray, classes: AnyArray) -> tuple[Given, Neighbourhoods]:
    """Return the classes, and the neighbourhoods of the inputs among each other."""
    checked = given(encodings, classes)
    if len(encodings) < LEAST:
        raise Undefined("too-few-inputs")
    rows = distinct_unit_rows(encodings)
    own = np.arange(len(rows))
    return checked, all_neighbourhoods(rows, rows, n_candidates(len(rows)), own=own)


NNK_ACCURACY = LabelledMeasure(
    name="nnk-accuracy",
    title="NNK accuracy",
    summary="How often the NNK neighbours of an input name its class, itself left out.",
    source="Shekkizhar and Ortega 2020, arXiv 2007.10505; leave-one-out, cosine kernel, k = 50",
    function=nnk_accuracy,
)

NNK_MIXED = LabelledMeasure(
    name="nnk-mixed",
    title="NNK mixed polytopes",
    summary="How many inputs have an NNK neighbour of another class.",
    source="Shekkizhar and Ortega, GSP Workshop 2023; cosine kernel, exact optimum, k = 50",
    function=nnk_mixed,
)
