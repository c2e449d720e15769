"""All probes of one encoder: what each answers to each test input."""

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
from rmqm_spec.probes.parts import Parts

__all__ = ["DEFAULT_K", "Answers", "Judgement", "judge"]

DEFAULT_K = (1, 5)


@frozen(kw_only=True, eq=False)
class Answers:
    """
    What one probe answers.

    Parameters
    ----------
    ids, names, labels : tuple of str
        Content hash, origin and true class of each input that is judged on.
    predictions : tuple of str
        The class that the probe names.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    labels: tuple[str, ...]
    predictions: tuple[str, ...]

    @property
    def correct(self) -> npt.NDArray[np.bool_]:
        """Which answers are right, (N,)."""
        return np.array(
            [one == other for one, other in zip(self.predictions, self.labels, strict=True)],
            dtype=np.bool_,
        )

    @property
    def accuracy(self) -> Accuracy:
        """Their share, with its interval."""
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
    parts: Parts,
    *,
    k: Sequence[int] = DEFAULT_K,
    candidates: Sequence[float] = DEFAULT_C,
    leave_one_out: bool = False,
) -> Judgement:
    """
    Let nearest neighbours and a linear probe name the class of every test input.

    Parameters
    ----------
    parts : Parts
        What is learnt from and what is judged on.
    k : sequence of int
        Numbers of neighbours.
    candidates : sequence of float
        Values of C of the linear probe, see `rmqm_spec.probes.linear`; none for no linear probe.
    leave_one_out : bool
        Whether each input of both parts is judged by its nearest among all others, instead of the
        test part by the training part; the linear probe is not concerned.

    Raises
    ------
    UsageError
        ARG001 or PRB006 for wrong values of `k`, ARG001 for wrong candidates.
    """
    if not all(one > 0 for one in candidates):
        raise UsageError("ARG001", f"C must be above 0; got {candidates}", fix="For example 1.")
    if not k or min(k) < 1 or len(set(k)) < len(k):
        raise UsageError(
            "ARG001", f"k must be different numbers of at least 1; got {k}", fix="For example 1,5."
        )
    answers = _neighbours(parts, k, leave_one_out)
    linear = None
    if candidates:
        numbers = {name: number for number, name in enumerate(parts.classes)}
        known = np.array([numbers[label] for label in parts.train.labels])
        linear = fit_linear_probe(
            parts.train.vectors, known, parts.train.ids, parts.test.vectors, candidates
        )
        answers["linear"] = _answers(parts.test, linear.predictions, parts.classes)
    return Judgement(answers=answers, linear=linear)


def _neighbours(parts: Parts, k: Sequence[int], leave_one_out: bool) -> dict[str, Answers]:
    gallery, queries, own = parts.train, parts.test, None
    if leave_one_out:
        gallery = queries = _together(parts)
        own = np.arange(len(gallery))
    numbers = {name: number for number, name in enumerate(parts.classes)}
    classes = np.array([numbers[label] for label in gallery.labels])
    votes: dict[int, list[npt.NDArray[np.intp]]] = {one: [] for one in k}
    for found in nearest(queries.vectors, gallery.vectors, gallery.ids, max(k), own=own):
        for one in k:
            first = type(found)(found.indices[:, :one], found.distances[:, :one])
            votes[one].append(vote(first, classes, len(numbers)))
    return {f"{one}-nn": _answers(queries, np.concatenate(votes[one]), parts.classes) for one in k}


def _together(parts: Parts) -> Labelled:
    train, test = parts.train, parts.test
    return Labelled(
        vectors=np.concatenate([train.vectors, test.vectors]),
        ids=train.ids + test.ids,
        names=train.names + test.names,
        labels=train.labels + test.labels,
        refused=(),
    )


def _answers(inputs: Labelled, predictions: npt.NDArray[Any], classes: Sequence[str]) -> Answers:
    return Answers(
        ids=inputs.ids,
        names=inputs.names,
        labels=inputs.labels,
        predictions=tuple(classes[int(one)] for one in predictions),
    )
