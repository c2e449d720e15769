"""All probes of an encoder: the answer of each to every test input."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from rmqm_spec.errors import UsageError
from rmqm_spec.probes.accuracy import Accuracy, accuracy_of
from rmqm_spec.probes.labelled import Labelled
from rmqm_spec.probes.linear import DEFAULT_C, LinearProbe, fit_linear_probe
from rmqm_spec.probes.neighbours import nearest, vote
from rmqm_spec.probes.train_test import TrainTestSplit

__all__ = ["DEFAULT_K", "Answers", "Judgement", "judge"]

DEFAULT_K = (1, 5)


@frozen(kw_only=True, eq=False)
class Answers:
    """
    The answers of a probe.

    Parameters
    ----------
    ids, names, labels : tuple of str
        Content hash, origin and true class of each test input.
    predictions : tuple of str
        The class that the probe names.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    labels: tuple[str, ...]
    predictions: tuple[str, ...]

    @property
    def correct(self) -> npt.NDArray[np.bool_]:
        """Whether each answer is right, (N,)."""
        return np.array(
            [
                prediction == label
                for prediction, label in zip(self.predictions, self.labels, strict=True)
            ],
            dtype=np.bool_,
        )

    @property
    def accuracy(self) -> Accuracy:
        """The share of right answers, with its interval."""
        return accuracy_of(self.correct)


@frozen(kw_only=True, eq=False)
class Judgement:
    """
    The answers of all probes, by name: ``1-nn``, ``5-nn``, ``linear``.

    Parameters
    ----------
    answers : dict
        Answers by the name of the probe.
    linear : LinearProbe, optional
        How the linear probe was fitted, where it was.
    """

    answers: dict[str, Answers]
    linear: LinearProbe | None


def judge(
    split: TrainTestSplit,
    *,
    k: Sequence[int] = DEFAULT_K,
    candidates: Sequence[float] = DEFAULT_C,
    leave_one_out: bool = False,
) -> Judgement:
    """
    Let nearest neighbours and a linear probe name the class of every test input.

    Parameters
    ----------
    split : TrainTestSplit
        The training part and the test part.
    k : sequence of int
        Numbers of neighbours.
    candidates : sequence of float
        Values of C of the linear probe, see `rmqm_spec.probes.linear`; none for no linear probe.
    leave_one_out : bool
        Whether each input of both parts is judged by its nearest neighbours among all others,
        instead of the test part by the training part; this does not affect the linear probe.

    Raises
    ------
    UsageError
        ARG001 or PRB006 for wrong values of `k`, ARG001 for wrong candidates.
    """
    if not all(candidate > 0 for candidate in candidates):
        raise UsageError("ARG001", f"C must be above 0; got {candidates}", fix="For example 1.")
    if not k or min(k) < 1 or len(set(k)) < len(k):
        raise UsageError(
            "ARG001", f"k must be different numbers of at least 1; got {k}", fix="For example 1,5."
        )
    answers = _neighbours(split, k, leave_one_out)
    linear = None
    if candidates:
        numbers = {name: number for number, name in enumerate(split.classes)}
        known = np.array([numbers[label] for label in split.train.labels])
        linear = fit_linear_probe(
            split.train.vectors, known, split.train.ids, split.test.vectors, candidates
        )
        answers["linear"] = _answers(split.test, linear.predictions, split.classes)
    return Judgement(answers=answers, linear=linear)


def _neighbours(split: TrainTestSplit, k: Sequence[int], leave_one_out: bool) -> dict[str, Answers]:
    gallery, queries, own = split.train, split.test, None
    if leave_one_out:
        gallery = queries = _together(split)
        own = np.arange(len(gallery))
    numbers = {name: number for number, name in enumerate(split.classes)}
    classes = np.array([numbers[label] for label in gallery.labels])
    votes: dict[int, list[npt.NDArray[np.intp]]] = {n: [] for n in k}
    for neighbours in nearest(queries.vectors, gallery.vectors, gallery.ids, max(k), own=own):
        for n in k:
            first = type(neighbours)(neighbours.indices[:, :n], neighbours.distances[:, :n])
            votes[n].append(vote(first, classes, len(numbers)))
    return {f"{n}-nn": _answers(queries, np.concatenate(votes[n]), split.classes) for n in k}


def _together(split: TrainTestSplit) -> Labelled:
    train, test = split.train, split.test
    return Labelled(
        vectors=np.concatenate([train.vectors, test.vectors]),
        ids=train.ids + test.ids,
        names=train.names + test.names,
        labels=train.labels + test.labels,
        left_out=(),
    )


def _answers(inputs: Labelled, predictions: npt.NDArray[Any], classes: Sequence[str]) -> Answers:
    return Answers(
        ids=inputs.ids,
        names=inputs.names,
        labels=inputs.labels,
        predictions=tuple(classes[int(prediction)] for prediction in predictions),
    )
