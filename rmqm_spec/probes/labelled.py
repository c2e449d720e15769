"""Encodings with the labels of their inputs, and the inputs left out, each with its reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence

import numpy as np
import numpy.typing as npt
from attrs import frozen

from rmqm_spec.arrays import Float64Array
from rmqm_spec.probes.encoding import Encoded, LeftOutInput

__all__ = ["Labelled", "distinct", "labelled"]


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
    left_out : tuple of LeftOutInput
        Inputs that were offered but are left out.
    """

    vectors: Float64Array
    ids: tuple[str, ...]
    names: tuple[str, ...]
    labels: tuple[str, ...]
    left_out: tuple[LeftOutInput, ...]

    def __len__(self) -> int:
        return len(self.ids)

    def where(self, kept: npt.NDArray[np.bool_]) -> Labelled:
        """Keep some inputs, in their order; the others are not recorded as left out."""
        chosen = np.flatnonzero(kept)
        pick = [tuple(column[k] for k in chosen) for column in (self.ids, self.names, self.labels)]
        ids, names, labels = pick
        return Labelled(
            vectors=self.vectors[kept], ids=ids, names=names, labels=labels, left_out=self.left_out
        )

    def without(self, reasons: Sequence[tuple[str, str] | None]) -> Labelled:
        """Leave out each input that has a reason: a code and a message."""
        left_out = tuple(
            LeftOutInput(name=name, code=reason[0], message=reason[1])
            for name, reason in zip(self.names, reasons, strict=True)
            if reason is not None
        )
        kept = self.where(np.array([reason is None for reason in reasons], dtype=np.bool_))
        return Labelled(
            vectors=kept.vectors,
            ids=kept.ids,
            names=kept.names,
            labels=kept.labels,
            left_out=self.left_out + left_out,
        )


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
        Maps such a position to a label, or to None where there is no label.
    ambiguous : collection of int
        Positions of inputs that have copies elsewhere with another label.

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
    kept_ids: set[str] = set()
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
        elif identity in kept_ids:
            reasons.append(("PRB007", f"{name} repeats another input with the same label"))
        else:
            reasons.append(None)
            kept_ids.add(identity)
    offered = Labelled(
        vectors=encoded.vectors,
        ids=encoded.ids,
        names=encoded.names,
        labels=tuple(label or "" for label in labels),
        left_out=encoded.left_out,
    )
    return offered.without(reasons)


def distinct(encoded: Encoded) -> Labelled:
    """Take each content once, without labels: files can differ where their pixels do not."""
    seen: set[str] = set()
    reasons: list[tuple[str, str] | None] = []
    for identity, name in zip(encoded.ids, encoded.names, strict=True):
        again = ("PRB007", f"{name} repeats another input")
        reasons.append(again if identity in seen else None)
        seen.add(identity)
    offered = Labelled(
        vectors=encoded.vectors,
        ids=encoded.ids,
        names=encoded.names,
        labels=("",) * len(encoded.ids),
        left_out=encoded.left_out,
    )
    return offered.without(reasons)
