"""Errors of NNK and of k-NN rules on the same candidates, with what is known of the polytopes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from rmqm_spec.nnk import all_neighbourhoods, are_mixed, are_wrong, class_votes, soft_errors
from rmqm_spec.nnk.weightings import (
    candidate_cosines,
    equal_shares,
    kernel_shares,
    softmax_shares,
)

__all__ = ["RULES", "judged"]

RULES = ("nnk", "kernel_knn", "knn", "weighted_knn")
"""NNK; k-NN weighted by the kernel 1/2 + 1/2 cos, as DeepNNK has it; plain; by exp(cos / 0.07)."""

Floats = npt.NDArray[np.floating]
Classes = npt.NDArray[np.intp]


def judged(
    queries: Floats,
    classes: Classes,
    gallery: Floats,
    known: Classes,
    k: int,
    *,
    own: Classes | None = None,
    model_wrong: npt.NDArray[np.bool_] | None = None,
    **options: Any,
) -> dict[str, float]:
    """
    Return the share of wrong queries by each of `RULES`, and means over their polytopes.

    Parameters
    ----------
    queries, gallery : (M, E) and (G, E) ndarray
        Encodings.
    classes, known : (M,) and (G,) ndarray of int
        Their classes, from 0.
    k : int
        Candidates.
    own : (M,) ndarray of int, optional
        Position of each query in the gallery, which leaves it out.
    model_wrong : (M,) ndarray of bool, optional
        Whether the model's own classifier errs, for the gap between NNK and it.
    **options
        Of `rmqm_spec.nnk.all_neighbourhoods`.

    Returns
    -------
    dict of str to float
        Errors by rule, and ``RULE_soft``: the mean share of votes for other classes; ``neighbours``
        and ``residual``; ``mixed``, the share of polytopes with another label than the query's;
        ``model``, ``gap`` (NNK's error less the model's) with its standard error ``gap_se``.
    """
    found = all_neighbourhoods(queries, gallery, k, own=own, **options)
    cosines = candidate_cosines(queries, gallery, found.indices)
    shares = (
        found.shares,
        kernel_shares(cosines),
        equal_shares(found.indices),
        softmax_shares(cosines),
    )
    n_classes = int(max(classes.max(), known.max())) + 1
    values, wrong = {}, {}
    for rule, each in zip(RULES, shares, strict=True):
        votes = class_votes(found.indices, each, known, n_classes)
        wrong[rule] = are_wrong(votes, classes)
        values[rule] = float(wrong[rule].mean())
        values[f"{rule}_soft"] = float(soft_errors(votes, classes).mean())
    values["neighbours"] = float(found.counts.mean())
    values["residual"] = float(found.errors.mean())
    values["mixed"] = float(are_mixed(found, known, classes).mean())
    if model_wrong is not None:
        difference = wrong["nnk"].astype(float) - model_wrong
        values["model"] = float(model_wrong.mean())
        values["gap"] = float(difference.mean())
        values["gap_se"] = float(difference.std(ddof=1) / np.sqrt(len(difference)))
    return values
