"""Labels that follow their inputs, whatever order these are taken in."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from attrs import frozen

from rmqm_spec.errors import UsageError
from rmqm_spec.findings import Finding

if TYPE_CHECKING:
    from rmqm_spec.inputs.prepared import PreparedInputs

__all__ = ["InputLabels", "label_findings", "labels_of"]

_MINUS_ONE = re.compile(r"-1(\.0+)?")
_CLASS_NUMBER = re.compile(r"\d+(\.0+)?")


@frozen(eq=False)
class InputLabels:
    """
    Labels of prepared inputs.

    Parameters
    ----------
    by_index : tuple of str or None
        Of each, in their order.
    ambiguous : frozenset of int
        Inputs of which the source has another copy with another label.
    of_all : tuple of str
        Of each distinct input of the source that has one, also of those that were not chosen.
    """

    by_index: tuple[str | None, ...]
    ambiguous: frozenset[int]
    of_all: tuple[str, ...] = ()


def labels_of(prepared: PreparedInputs, asked: str | None) -> InputLabels:
    """
    Return the labels that were asked for, or those that the data brings along.

    Raises
    ------
    UsageError
        PRB012 if there are none; and the errors of `rmqm_spec.inputs.labels.read_labels`.
    """
    from rmqm_spec.inputs.labels import read_labels

    source = prepared.source
    if asked is not None:
        labels = read_labels(asked, source, prepared.spec)
    else:
        own = source.labels
        if own is None:
            raise UsageError(
                "PRB012",
                f"--labels must say where the labels of {source.label} are; got none",
                fix="For example --labels data.npz:labels, --labels table.csv:label, or "
                "--labels folders for one folder per class.",
            )
        labels = list(own)
    of_digest = defaultdict(set)
    for digest, label in zip(source.digests, labels, strict=True):
        if label is not None:
            of_digest[digest].add(label)
    indices = range(len(prepared))
    return InputLabels(
        tuple(labels[prepared.position(index)] for index in indices),
        frozenset(index for index in indices if len(of_digest[prepared.digest(index)]) > 1),
        tuple(label for known in of_digest.values() if len(known) == 1 for label in known),
    )


def label_findings(labels: InputLabels) -> Iterator[Finding]:
    """Say that -1 among class numbers is taken as a class: it may mean that there is no label."""
    given = [label for label in labels.by_index if label is not None]
    others = [label for label in given if not _MINUS_ONE.fullmatch(label)]
    n_minus_one = len(given) - len(others)
    if n_minus_one and others and all(map(_CLASS_NUMBER.fullmatch, others)):
        yield Finding(
            code="PRB014",
            level="warn",
            message=f"the label -1 of {n_minus_one} input(s) is taken as a class of its own; the "
            "other labels are numbers from 0 on",
            fix="If -1 means that there is no label, write NaN, or leave the cell empty.",
        )
