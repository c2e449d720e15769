"""Labels that follow their inputs, and the inputs that cannot be judged, each with its reason."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence

import numpy as np
import numpy.typing as npt
from attrs import frozen

from rmqm_spec.arrays import Float64Array
from rmqm_spec.errors import UsageError
from rmqm_spec.identity import digest_of_json
from rmqm_spec.probes.encoding import Encoded, Refused
from rmqm_spec.probes.split import stratified_split

__all__ = ["Labelled", "Parts", "divide", "labelled", "train_and_test"]


@frozen(kw_only=True, eq=False)
class Labelled:
    """
    Encodings of distinct inputs with their labels.

    Parameters
    ----------
    vectors : (N, E) ndarray of float64
        Unit vectors.
    ids, names, labels : tuple of str
        Content hash, origin and class of each.
    refused : tuple of Refused
        Inputs that were offered and are not here.
    """

    vectors: Float64Array
    ids: tuple[str, ...]
    names: tuple[str, ...]
    labels: tuple[str, ...]
    refused: tuple[Refused, ...]

    def __len__(self) -> int:
        return len(self.ids)

    def where(self, kept: npt.NDArray[np.bool_]) -> Labelled:
        """Keep some, in their order; nothing is said of the others."""
        chosen = np.flatnonzero(kept)
        pick = [tuple(one[k] for k in chosen) for one in (self.ids, self.names, self.labels)]
        ids, names, labels = pick
        return Labelled(
            vectors=self.vectors[kept], ids=ids, names=names, labels=labels, refused=self.refused
        )

    def without(self, reasons: Sequence[tuple[str, str] | None]) -> Labelled:
        """Leave out each input that has a reason, a code and a message."""
        refused = tuple(
            Refused(name=name, code=reason[0], message=reason[1])
            for name, reason in zip(self.names, reasons, strict=True)
            if reason is not None
        )
        kept = self.where(np.array([reason is None for reason in reasons], dtype=np.bool_))
        return Labelled(
            vectors=kept.vectors,
            ids=kept.ids,
            names=kept.names,
            labels=kept.labels,
            refused=self.refused + refused,
        )


@frozen(kw_only=True, eq=False)
class Parts:
    """
    What is learnt from and what is judged on, each class on both sides.

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
        """Name of the task: which inputs with which labels are learnt from and judged on."""
        parts = (sorted(zip(one.ids, one.labels, strict=True)) for one in (self.train, self.test))
        return digest_of_json([[list(pair) for pair in part] for part in parts])


def labelled(
    encoded: Encoded, label_of: Callable[[int], str | None], ambiguous: Collection[int] = ()
) -> Labelled:
    """
    Give each encoding the label of its input.

    Parameters
    ----------
    encoded : Encoded
        Encodings with the positions of their inputs.
    label_of : callable
        From such a position to a label, or None where there is none.
    ambiguous : collection of int
        Positions of inputs of which other copies, not among these, bear another label.

    Returns
    -------
    Labelled
        Without inputs that have no label (PRB001), and without those whose copies differ in their
        labels (PRB002). Of copies with one label the first is kept; the others are PRB007.
    """
    labels = [label_of(position) for position in encoded.positions]
    by_id: dict[str, set[str]] = defaultdict(set)
    for identity, label in zip(encoded.ids, labels, strict=True):
        if label is not None:
            by_id[identity].add(label)
    seen: set[str] = set()
    reasons: list[tuple[str, str] | None] = []
    for position, identity, name, label in zip(
        encoded.positions, encoded.ids, encoded.names, labels, strict=True
    ):
        if label is None:
            reasons.append(("PRB001", f"{name} must have a label; got none"))
        elif len(by_id[identity]) > 1 or position in ambiguous:
            known = ", ".join(map(repr, sorted(by_id[identity])))
            also = "" if len(by_id[identity]) > 1 else " and another"
            reasons.append(
                ("PRB002", f"{name} must have one label in all its copies; got {known}{also}")
            )
        elif identity in seen:
            reasons.append(("PRB007", f"{name} repeats another input with the same label"))
        else:
            reasons.append(None)
            seen.add(identity)
    offered = Labelled(
        vectors=encoded.vectors,
        ids=encoded.ids,
        names=encoded.names,
        labels=tuple(label or "" for label in labels),
        refused=encoded.refused,
    )
    return offered.without(reasons)


def divide(inputs: Labelled, train_share: float = 0.5) -> Parts:
    """
    Divide labelled inputs by `stratified_split`; classes with one member are left out (PRB003).

    Raises
    ------
    UsageError
        ARG001 for a share that is none; PRB004 if fewer than two classes remain.
    """
    counts = Counter(inputs.labels)
    inputs = inputs.without(
        [
            (
                "PRB003",
                f"class {label!r} must have 2 inputs or more to be divided; got {name} alone",
            )
            if counts[label] == 1
            else None
            for name, label in zip(inputs.names, inputs.labels, strict=True)
        ]
    )
    _check_classes(inputs, "with at least 2 inputs each")
    train = stratified_split(inputs.ids, inputs.labels, train_share)
    return Parts(train=inputs.where(train), test=inputs.where(~train))


def train_and_test(train: Labelled, test: Labelled) -> Parts:
    """
    Take two sets as they are; what cannot be judged leaves the second.

    Raises
    ------
    UsageError
        PRB004 if fewer than two classes are learnt from, or none of them is judged on.

    Notes
    -----
    Inputs of the test part that are learnt from too (PRB005), and those of a class that is not
    learnt from (PRB003), take no part.
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
        first = f", the first because {judged.refused[0].message}" if judged.refused else ""
        raise UsageError(
            "PRB004",
            f"at least one test input must be of a class of the training data; got 0 of "
            f"{len(test)}{first}",
            fix="Check that both sets of labels use the same names.",
        )
    return Parts(train=train, test=judged)


def _check_classes(inputs: Labelled, where: str) -> None:
    classes = sorted(set(inputs.labels))
    if len(classes) < 2:
        found = f"{len(classes)} ({', '.join(map(repr, classes))})" if classes else "none"
        because = f"; {len(inputs.refused)} inputs are left out" if inputs.refused else ""
        first = f", the first because {inputs.refused[0].message}" if inputs.refused else ""
        raise UsageError(
            "PRB004",
            f"labels must name at least 2 classes {where}; got {found}{because}{first}",
            fix="Give labels of at least two classes.",
        )
