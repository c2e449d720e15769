"""The inputs of a geometry: encoded once, with labels where there are any, each content once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from rmqm_spec.contracts.listener import Listener
from rmqm_spec.encoders.output_advice import naming_earlier
from rmqm_spec.findings import Finding
from rmqm_spec.runs.geometry_request import GeometrySettings
from rmqm_spec.runs.labels import label_findings, labels_of
from rmqm_spec.runs.models import backend_of
from rmqm_spec.runs.ranged import for_inputs
from rmqm_spec.runs.remarks import input_findings
from rmqm_spec.runs.request import RunRequest

if TYPE_CHECKING:
    from rmqm_spec.arrays import Float64Array
    from rmqm_spec.contracts.backend import ModelEncoder
    from rmqm_spec.inputs.prepared import PreparedInputs
    from rmqm_spec.probes import Labelled

__all__ = ["InputSet", "encode_set", "vectors_of"]


@frozen(kw_only=True, eq=False)
class InputSet:
    """
    Inputs with their encodings.

    Parameters
    ----------
    chosen : Labelled
        Those that count; labels are empty where none were asked for.
    prepared : PreparedInputs
        Where they come from.
    positions : tuple of int
        Position of each in `prepared`.
    has_labels : bool
        Whether labels are known.
    findings : tuple of Finding
        About inputs and labels.
    """

    chosen: Labelled
    prepared: PreparedInputs
    positions: tuple[int, ...]
    has_labels: bool
    findings: tuple[Finding, ...]


def encode_set(
    encoder: ModelEncoder,
    prepared: PreparedInputs,
    request: RunRequest,
    settings: GeometrySettings,
    name: str,
    listener: Listener,
) -> InputSet:
    """
    Encode inputs, and find their labels: those that were asked for, or that the data brings along.

    Raises
    ------
    RmqmError
        If inputs, labels or encodings cannot be used.
    """
    from rmqm_spec.probes import distinct, encode_inputs, labelled

    needs_labels = settings.labels is not None or settings.scores is not None
    known = None
    if needs_labels or prepared.source.labels is not None:
        known = labels_of(prepared, settings.labels)
    with listener.work(f"{name}: encoding") as progress, naming_earlier(encoder):
        encoded = encode_inputs(for_inputs(encoder, prepared), prepared, progress)
    if known is None:
        chosen = distinct(encoded)
    else:
        chosen = labelled(encoded, known.by_index.__getitem__, known.ambiguous)
    place = dict(zip(reversed(encoded.ids), reversed(encoded.positions), strict=True))
    findings = [*input_findings(request, backend_of(request), encoder, prepared)]
    findings += label_findings(known) if known is not None else ()
    return InputSet(
        chosen=chosen,
        prepared=prepared,
        positions=tuple(place[identity] for identity in chosen.ids),
        has_labels=known is not None,
        findings=tuple(findings),
    )


def vectors_of(
    encoder: ModelEncoder, inputs: InputSet, what: str, listener: Listener
) -> Float64Array:
    """Encode the same inputs by another encoder, in the same order."""
    from rmqm_spec.probes import encode_inputs

    with listener.work(what) as progress:
        encoded = encode_inputs(for_inputs(encoder, inputs.prepared), inputs.prepared, progress)
    row = {position: number for number, position in enumerate(encoded.positions)}
    return encoded.vectors[[row[position] for position in inputs.positions]]
