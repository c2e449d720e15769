"""What is known of every single input: the values behind all means, differences and ties."""

from __future__ import annotations

from typing import Final

import numpy as np

from rmqm_spec.arrays import AnyArray, BoolArray
from rmqm_spec.geometries.columns import Columns
from rmqm_spec.nnk import are_mixed
from rmqm_spec.nnk.votes import class_votes, predictions
from rmqm_spec.nnk.weightings import equal_shares, softmax_shares
from rmqm_spec.probes.pairing import Quantity

__all__ = ["ANSWERS", "correct_answers", "quantities"]

ANSWERS: Final = ("nnk", "k-nn", "softmax-k-nn", "linear", "model")
"""Names of those who answer, in the order of tables."""


def quantities(columns: Columns) -> dict[str, Quantity]:
    """
    Return everything that encoders are compared by.

    Parameters
    ----------
    columns : Columns
        What was kept of an encoder.

    Returns
    -------
    dict of str to Quantity
        ``neighbours``, ``error``, ``diameter``; with labels ``mixed`` and whether each answer is
        correct; under an alteration ``altered-neighbours`` and ``altered-diameter``, of the whole
        set.
    """
    known: dict[str, AnyArray] = {
        "neighbours": columns.found.counts.astype(np.float64),
        "error": columns.found.errors,
        "diameter": columns.diameters,
    }
    found = {name: Quantity(ids=columns.ids, values=values) for name, values in known.items()}
    if columns.labels is not None:
        labels = np.array(columns.labels)
        mixed = are_mixed(columns.found, labels, labels)
        found["mixed"] = Quantity(ids=columns.ids, values=mixed)
        found.update(correct_answers(columns))
    if columns.altered is not None:
        ids = columns.ids[: len(columns.altered.diameters)]
        whole = columns.altered.neighbours[:, -1].astype(np.float64)
        found["altered-neighbours"] = Quantity(ids=ids, values=whole)
        found["altered-diameter"] = Quantity(ids=ids, values=columns.altered.diameters[:, -1])
    return found


def correct_answers(columns: Columns) -> dict[str, Quantity]:
    """
    Return whether each answer is correct, by the name of who answers.

    NNK, k-NN and weighted k-NN answer by the same candidates, with each input left out of its own
    neighbourhood. k-NN counts all candidates alike; weighted k-NN weighs them by exp(cos / 0.07).
    """
    labels = np.array(columns.labels)
    names, classes = np.unique(labels, return_inverse=True)
    indices = columns.found.indices
    rules = {
        "nnk": columns.found.shares,
        "k-nn": equal_shares(indices),
        "softmax-k-nn": softmax_shares(columns.cosines),
    }
    found = {}
    for name, shares in rules.items():
        said = predictions(class_votes(indices, shares, classes, len(names)))
        found[name] = Quantity(ids=columns.ids, values=np.asarray(said == classes))
    for name, given in columns.answers.items():
        found[name] = _of_judged(columns.ids, np.array(given), labels)
    return found


def _of_judged(ids: tuple[str, ...], given: AnyArray, labels: AnyArray) -> Quantity:
    judged: BoolArray = given != ""
    chosen = np.flatnonzero(judged)
    right = np.asarray(given[judged] == labels[judged])
    return Quantity(ids=tuple(ids[row] for row in chosen), values=right)
