"""The inputs whose Jacobians are taken: each content once, with labels where there are any."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from attrs import frozen

from rmqm_spec.contracts.listener import Listener, Progress
from rmqm_spec.errors import UnreadableError, UsageError
from rmqm_spec.findings import Finding
from rmqm_spec.runs.labels import label_findings, labels_of
from rmqm_spec.runs.opening import open_inputs
from rmqm_spec.runs.spectrum_request import NamedInputs

if TYPE_CHECKING:
    from rmqm_spec.contracts.backend import ModelEncoder
    from rmqm_spec.inputs.prepared import PreparedInputs
    from rmqm_spec.probes import Encoded, Labelled

__all__ = ["ReadSet", "read_sets"]


@frozen(kw_only=True, eq=False)
class ReadSet:
    """
    A set of inputs that could be read.

    Parameters
    ----------
    asked : NamedInputs
        Its name, and what was asked for.
    inputs : PreparedInputs
        Those that count.
    chosen : Labelled
        Their ids, names and labels, in the same order, and what is left out.
    has_labels : bool
        Whether labels are known.
    source : str
        Where they come from, for people.
    n_offered : int
        Number of inputs that were offered.
    findings : tuple of Finding
        About the labels.
    """

    asked: NamedInputs
    inputs: PreparedInputs
    chosen: Labelled
    has_labels: bool
    source: str
    n_offered: int
    findings: tuple[Finding, ...]

    def __len__(self) -> int:
        """Return the number of inputs that count."""
        return len(self.chosen)

    @property
    def labels(self) -> tuple[str, ...] | None:
        """Class of each, where labels are known."""
        return self.chosen.labels if self.has_labels else None


def read_sets(
    asked: Sequence[NamedInputs], encoder: ModelEncoder, name: str, listener: Listener
) -> dict[str, ReadSet]:
    """
    Read all sets of inputs of a model once; test inputs that are training inputs are left out.

    Raises
    ------
    RmqmError
        If inputs or labels cannot be used; SPC021 if nothing of a set is left.
    """
    found: dict[str, ReadSet] = {}
    for one in asked:
        prepared = open_inputs(one.inputs, encoder, listener)
        known = found["train"].chosen.ids if one.name == "test" else ()
        what = f"{name}: reading" if one.name == "data" else f"{name}: reading {one.name}"
        with listener.work(what, units=("inputs", "inputs")) as progress:
            found[one.name] = _read(one, prepared, frozenset(known), progress)
    return found


def _read(
    asked: NamedInputs, prepared: PreparedInputs, known: Collection[str], progress: Progress
) -> ReadSet:
    from rmqm_spec.probes import distinct, labelled

    labels = None
    if asked.labels is not None or prepared.source.labels is not None:
        labels = labels_of(prepared, asked.labels)
    offered = _offered(prepared, progress)
    if labels is None:
        chosen = distinct(offered)
    else:
        chosen = labelled(offered, labels.by_index.__getitem__, labels.ambiguous)
    again = [
        ("PRB005", f"{name} must not be among the training inputs; got it there")
        if identity in known
        else None
        for identity, name in zip(chosen.ids, chosen.names, strict=True)
    ]
    chosen = chosen.without(again)
    if not chosen.ids:
        raise UsageError(
            "SPC021",
            f"--{asked.name} must have at least one input that counts; got 0 of "
            f"{len(offered.ids)}, the first because {chosen.left_out[0].message}",
            fix="Give other inputs, or correct their labels.",
        )
    place = dict(zip(reversed(offered.ids), reversed(offered.positions), strict=True))
    return ReadSet(
        asked=asked,
        inputs=prepared.at([place[identity] for identity in chosen.ids]),
        chosen=chosen,
        has_labels=labels is not None,
        source=asked.inputs.shown or prepared.source.label,
        n_offered=len(prepared),
        findings=tuple(label_findings(labels)) if labels is not None else (),
    )


def _offered(prepared: PreparedInputs, progress: Progress) -> Encoded:
    """Read every input once for its name; those that cannot be read are left out."""
    import numpy as np

    from rmqm_spec.probes.encoding import Encoded, LeftOutInput

    positions, ids, names, left_out = [], [], [], []
    for position in range(len(prepared)):
        try:
            loaded = prepared.load(position)
        except UnreadableError as error:
            name = prepared.name(position)
            left_out.append(LeftOutInput(name=name, code=error.code, message=error.message))
            continue
        positions.append(position)
        ids.append(loaded.id)
        names.append(loaded.name)
        progress(position + 1, len(prepared))
    if not ids:
        raise UnreadableError(
            "DAT018",
            f"at least one input must be readable; got 0 of {len(prepared)}"
            + (f", the first because {left_out[0].message}" if left_out else ""),
            fix="Point --data at images or arrays that can be opened.",
        )
    return Encoded(
        vectors=np.empty((len(ids), 0)),
        positions=tuple(positions),
        ids=tuple(ids),
        names=tuple(names),
        left_out=tuple(left_out),
    )
