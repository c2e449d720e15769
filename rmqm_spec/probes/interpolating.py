"""NNK interpolation beside k-NN rules, the linear probe and the model's own softmax."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from attrs import frozen

from rmqm_spec.arrays import AnyArray, BoolArray, Float64Array
from rmqm_spec.errors import ShapeError
from rmqm_spec.nnk.interpolation import votes_of_rules
from rmqm_spec.nnk.kernels import Kernel
from rmqm_spec.nnk.votes import are_wrong, soft_errors, softmax_votes
from rmqm_spec.probes.accuracy import Accuracy, accuracy_of
from rmqm_spec.probes.labelled import Labelled
from rmqm_spec.probes.linear import DEFAULT_C, fit_linear_probe
from rmqm_spec.probes.neighbours import ranked_by_id, require_k
from rmqm_spec.probes.train_test import TrainTestSplit

__all__ = ["RuleErrors", "held_out_errors", "leave_one_out_errors"]


@frozen(kw_only=True, eq=False)
class RuleErrors:
    """
    How a rule errs on each of M inputs.

    Parameters
    ----------
    wrong : (M,) ndarray of bool
        Whether it names another class, or none.
    soft : (M,) ndarray of float64, optional
        1 minus the votes for the right class; None for a rule without votes.
    """

    wrong: BoolArray
    soft: Float64Array | None

    @property
    def accuracy(self) -> Accuracy:
        """The share of inputs whose class it names, with its interval."""
        return accuracy_of(~self.wrong)

    @property
    def soft_error(self) -> float | None:
        """The mean of the soft errors."""
        return None if self.soft is None else float(self.soft.mean())


def held_out_errors(
    split: TrainTestSplit,
    k: Sequence[int] = (50,),
    *,
    kernel: Kernel | None = None,
    candidates: Sequence[float] = DEFAULT_C,
    logits: AnyArray | None = None,
) -> dict[str, RuleErrors]:
    """
    Let each rule name the classes of the test part, from the training part.

    Parameters
    ----------
    split : TrainTestSplit
        The training part and the test part.
    k : sequence of int
        Numbers of candidates; at each of them all rules of neighbours have the same candidates.
    kernel : Kernel, optional
        Of NNK; by default the cosine kernel.
    candidates : sequence of float
        Values of C of the linear probe; none for no linear probe.
    logits : (M, C) ndarray, optional
        Of the model itself for the test part, columns in the order of ``split.classes``.

    Returns
    -------
    dict of str to RuleErrors
        By name: ``nnk@50``, ``k-nn@50``, ``kernel-k-nn@50``, ``softmax-k-nn@50`` (see
        `rmqm_spec.nnk.interpolation.RULES`) for each k, ``linear``, ``model``.

    Raises
    ------
    ShapeError
        ARG001 if `logits` does not have one row for each test input and one column for each class.
    UsageError
        PRB006 for k that the training part cannot give; otherwise as `fit_linear_probe`.

    Examples
    --------
    >>> from rmqm_spec.probes import Labelled, TrainTestSplit
    >>> rows = np.array([[1.0, 0.0], [0.8, 0.6], [0.6, 0.8], [0.0, 1.0]])
    >>> part = Labelled(vectors=rows, ids=tuple("abcd"), names=tuple("abcd"),
    ...                 labels=("x", "x", "y", "y"), left_out=())
    >>> errors = held_out_errors(TrainTestSplit(train=part, test=part), [2], candidates=[1.0])
    >>> {rule: each.accuracy.value for rule, each in errors.items()}["nnk@2"]
    1.0
    """
    train, test = split.train, split.test
    numbers = {name: number for number, name in enumerate(split.classes)}
    classes = np.array([numbers[label] for label in test.labels])
    errors: dict[str, RuleErrors] = {}
    for n in k:
        errors |= _of_rules(test.vectors, train, classes, numbers, n, kernel)
    if candidates:
        known = np.array([numbers[label] for label in train.labels])
        probe = fit_linear_probe(train.vectors, known, train.ids, test.vectors, candidates)
        errors["linear"] = RuleErrors(wrong=probe.predictions != classes, soft=None)
    if logits is not None:
        errors["model"] = _of_votes(_votes_of_model(logits, len(test), len(numbers)), classes)
    return errors


def leave_one_out_errors(
    inputs: Labelled, k: Sequence[int] = (50,), *, kernel: Kernel | None = None
) -> dict[str, RuleErrors]:
    """
    Let each rule of neighbours name the class of every input from all others.

    Parameters
    ----------
    inputs : Labelled
        For example the training part alone.
    k, kernel
        As for `held_out_errors`.

    Returns
    -------
    dict of str to RuleErrors
        By name, as of `held_out_errors`.

    Raises
    ------
    UsageError
        PRB006 for k above the number of others.

    Examples
    --------
    >>> rows = np.array([[1.0, 0.0], [0.9, 0.1], [0.1, 0.9], [0.0, 1.0]])
    >>> rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    >>> inputs = Labelled(vectors=rows, ids=tuple("abcd"), names=tuple("abcd"),
    ...                   labels=("x", "x", "y", "y"), left_out=())
    >>> leave_one_out_errors(inputs, [3])["nnk@3"].accuracy.value
    1.0
    """
    numbers = {name: number for number, name in enumerate(sorted(set(inputs.labels)))}
    classes = np.array([numbers[label] for label in inputs.labels])
    own = np.arange(len(inputs))
    errors: dict[str, RuleErrors] = {}
    for n in k:
        errors |= _of_rules(inputs.vectors, inputs, classes, numbers, n, kernel, own)
    return errors


def _of_rules(
    queries: Float64Array,
    gallery: Labelled,
    classes: npt.NDArray[np.intp],
    numbers: dict[str, int],
    k: int,
    kernel: Kernel | None,
    own: npt.NDArray[np.intp] | None = None,
) -> dict[str, RuleErrors]:
    require_k(k, len(gallery) - (own is not None))
    votes = votes_of_rules(
        queries,
        gallery.vectors,
        np.array([numbers[label] for label in gallery.labels]),
        k,
        n_classes=len(numbers),
        kernel=kernel,
        own=own,
        rank=ranked_by_id(gallery.ids),
    )
    return {f"{rule}@{k}": _of_votes(each, classes) for rule, each in votes.items()}


def _of_votes(votes: Float64Array, classes: npt.NDArray[np.intp]) -> RuleErrors:
    return RuleErrors(wrong=are_wrong(votes, classes), soft=soft_errors(votes, classes))


def _votes_of_model(logits: AnyArray, n_inputs: int, n_classes: int) -> Float64Array:
    if np.shape(logits) != (n_inputs, n_classes):
        raise ShapeError(
            "ARG001",
            f"logits must have one row for each of the {n_inputs} test inputs and one column for "
            f"each of the {n_classes} classes; got {np.shape(logits)}",
            fix="Take the columns of the classes of the training part, in the order of their "
            "names.",
        )
    return softmax_votes(logits)
