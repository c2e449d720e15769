"""Training part and test part: one set divided, or two sets as they are."""

from __future__ import annotations

from collections import Counter

from attrs import frozen

from rmqm_spec.errors import UsageError
from rmqm_spec.identity import digest_of_json
from rmqm_spec.probes.labelled import Labelled
from rmqm_spec.probes.split import stratified_split

__all__ = ["TrainTestSplit", "divide", "train_and_test"]


@frozen(kw_only=True, eq=False)
class TrainTestSplit:
    """
    A training part and a test part.

    Parameters
    ----------
    train, test : Labelled
        Disjoint in ids.
    """

    train: Labelled
    test: Labelled

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes, sorted."""
        return tuple(sorted(set(self.train.labels)))

    @property
    def sha256(self) -> str:
        """Digest of the task: the inputs and labels of the training part and of the test part."""
        parts = (
            sorted(zip(side.ids, side.labels, strict=True)) for side in (self.train, self.test)
        )
        return digest_of_json([[list(pair) for pair in part] for part in parts])


def divide(inputs: Labelled, train_share: float = 0.5) -> TrainTestSplit:
    """
    Divide labelled inputs by `stratified_split`; classes with one member are left out (PRB003).

    Raises
    ------
    UsageError
        ARG001 for an invalid share; PRB004 if fewer than two classes remain.
    """
    counts = Counter(inputs.labels)
    inputs = inputs.without(
        [
            (
                "PRB003",
                f"class {label!r} must have at least 2 inputs to be split; got {name} alone",
            )
            if counts[label] == 1
            else None
            for name, label in zip(inputs.names, inputs.labels, strict=True)
        ]
    )
    _check_classes(inputs, "with at least 2 inputs each")
    train = stratified_split(inputs.ids, inputs.labels, train_share)
    return TrainTestSplit(train=inputs.where(train), test=inputs.where(~train))


def train_and_test(train: Labelled, test: Labelled) -> TrainTestSplit:
    """
    Take two sets as they are; test inputs that cannot be judged are left out.

    Raises
    ------
    UsageError
        PRB004 if the training part has fewer than two classes, or no test input is of them.

    Notes
    -----
    Test inputs that are also training inputs (PRB005), and test inputs of a class without
    training inputs (PRB003), are left out.
    """
    known, classes = set(train.ids), set(train.labels)
    reasons: list[tuple[str, str] | None] = []
    for identity, name, label in zip(test.ids, test.names, test.labels, strict=True):
        if identity in known:
            reasons.append(
                ("PRB005", f"{name} must not be among the training inputs; got it there")
            )
        elif label not in classes:
            reasons.append(("PRB003", f"class {label!r} of {name} must have a training input"))
        else:
            reasons.append(None)
    _check_classes(train, "in the training data")
    judged = test.without(reasons)
    if not len(judged):
        first = f", the first because {judged.left_out[0].message}" if judged.left_out else ""
        raise UsageError(
            "PRB004",
            f"at least one test input must be of a class of the training data; got 0 of "
            f"{len(test)}{first}",
            fix="Check that both sets of labels use the same names.",
        )
    return TrainTestSplit(train=train, test=judged)


def _check_classes(inputs: Labelled, where: str) -> None:
    classes = sorted(set(inputs.labels))
    if len(classes) < 2:
        names = f"{len(classes)} ({', '.join(map(repr, classes))})" if classes else "none"
        because = f"; {len(inputs.left_out)} inputs are left out" if inputs.left_out else ""
        first = f", the first because {inputs.left_out[0].message}" if inputs.left_out else ""
        raise UsageError(
            "PRB004",
            f"labels must name at least 2 classes {where}; got {names}{because}{first}",
            fix="Give labels of at least two classes.",
        )
