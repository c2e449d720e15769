"""Labels that follow their inputs, whatever order these are taken in."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from attrs import frozen

from rmqm_spec.errors import UsageError

if TYPE_CHECKING:
    from rmqm_spec.inputs.prepared import PreparedInputs

__all__ = ["InputLabels", "labels_of"]


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
    """

    by_index: tuple[str | None, ...]
    ambiguous: frozenset[int]


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
    )
