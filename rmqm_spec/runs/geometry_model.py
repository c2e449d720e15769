"""The geometry of a single model: encode, solve, alter, measure its null, write."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from attrs import evolve, frozen

from rmqm_spec.contracts.listener import Listener
from rmqm_spec.errors import RmqmError
from rmqm_spec.findings import Finding
from rmqm_spec.runs.candidate_names import folder_name
from rmqm_spec.runs.candidates import Candidate
from rmqm_spec.runs.geometries import ModelGeometry
from rmqm_spec.runs.geometry_answers import GivenAnswers, linear_answers, model_answers
from rmqm_spec.runs.geometry_doubts import geometry_doubts
from rmqm_spec.runs.geometry_request import GeometryRequest
from rmqm_spec.runs.geometry_set import InputSet, encode_set, vectors_of
from rmqm_spec.runs.models import open_model
from rmqm_spec.runs.opening import alteration_of, open_inputs
from rmqm_spec.runs.permuted import has_null, permuted_model
from rmqm_spec.runs.probe_doubts import left_out_findings
from rmqm_spec.runs.ranged import for_inputs
from rmqm_spec.runs.remarks import elsewhere
from rmqm_spec.runs.request import RunRequest

if TYPE_CHECKING:
    from rmqm_spec.arrays import Float64Array
    from rmqm_spec.contracts.alteration import Alteration
    from rmqm_spec.contracts.backend import ModelEncoder
    from rmqm_spec.geometries.columns import Columns
    from rmqm_spec.geometries.document import NullOutcome
    from rmqm_spec.inputs.prepared import PreparedInputs
    from rmqm_spec.nnk import Kernel

__all__ = ["model_geometry"]


@frozen(kw_only=True, eq=False)
class _Work:
    """What is the same for a network and its null."""

    asked: GeometryRequest
    name: str
    request: RunRequest
    inputs: InputSet
    kernel: Kernel
    alteration: Alteration | None
    listener: Listener


def model_geometry(
    candidate: Candidate, asked: GeometryRequest, out: Path | None, listener: Listener
) -> ModelGeometry:
    """
    Measure a model and write what was measured.

    Parameters
    ----------
    candidate : Candidate
        The model.
    asked : GeometryRequest
        What is asked of all models.
    out : Path, optional
        Its folder; by default below ``rmqm-results``, named by model and digest.
    listener : Listener
        Hears of progress and steps.

    Raises
    ------
    RmqmError
        If the model, the inputs or the labels cannot be used.
    """
    from threadpoolctl import threadpool_limits

    from rmqm_spec.documents.writing import check_writable
    from rmqm_spec.geometries import kernel_named
    from rmqm_spec.probes.neighbours import require_k
    from rmqm_spec.runs.geometry_examples import shown_inputs

    started = time.monotonic()
    request, settings = candidate.request, asked.geometry
    kernel = kernel_named(settings.kernel)
    encoder = open_model(request)
    if out is not None:
        check_writable(out)
    prepared = open_inputs(request.inputs, encoder, listener)
    require_k(settings.k, len(prepared) - 1)
    alteration = _alteration(asked, request, encoder, prepared)
    inputs = encode_set(encoder, prepared, request, settings, candidate.name, listener)
    work = _Work(
        asked=asked,
        name=candidate.name,
        request=request,
        inputs=inputs,
        kernel=kernel,
        alteration=alteration,
        listener=listener,
    )
    with threadpool_limits(request.opening.threads):
        answers, remarks = _answers(work, encoder)
        columns = _columns(work, encoder, inputs.chosen.vectors)
        labels = {name: given.labels for name, given in answers.items()}
        columns = evolve(columns, answers=labels)
        null = _null(work, encoder)
    findings = [*_findings(work, encoder, columns, answers, null), *remarks]
    document = _document(work, encoder, columns, answers, null, findings, started)
    if request.name is not None:
        document["given_name"] = request.name
    taken = for_inputs(encoder, inputs.prepared)
    shown = shown_inputs(columns, inputs, taken, work.alteration) if asked.shows else ()
    path, findings = _written(work, document, columns, null, out, findings)
    return ModelGeometry(
        path=path,
        document=document,
        columns=columns,
        findings=tuple(findings),
        shown=shown,
    )


def _alteration(
    asked: GeometryRequest, request: RunRequest, encoder: ModelEncoder, prepared: PreparedInputs
) -> Alteration | None:
    if not asked.alters:
        return None
    made = alteration_of(request, request.protocol.kind, prepared.bounds, encoder.spec)
    return cast("Alteration", made)  # those that follow a gradient were refused


def _columns(work: _Work, encoder: ModelEncoder, vectors: Float64Array, what: str = "") -> Columns:
    """Measure a network: the trained one, or its null (`what` says so)."""
    from rmqm_spec.geometries import columns_of
    from rmqm_spec.geometries.altering import measure_altered

    chosen = work.inputs.chosen
    with work.listener.work(f"{work.name}{what}: neighbours", units=("inputs", "inputs")) as hears:
        columns = columns_of(
            vectors,
            chosen.ids,
            chosen.names,
            work.asked.geometry.k,
            work.kernel,
            labels=chosen.labels if work.inputs.has_labels else None,
            progress=hears,
        )
    if work.alteration is None:
        return columns
    prepared = work.inputs.prepared
    with work.listener.work(
        f"{work.name}{what}: altering", per_input=work.alteration.n_levels + 1
    ) as hears:
        altered = measure_altered(
            for_inputs(encoder, prepared),
            prepared,
            work.inputs.positions[: work.asked.geometry.n_altered],
            work.alteration,
            hears,
        )
    return evolve(columns, altered=altered)


def _answers(work: _Work, encoder: ModelEncoder) -> tuple[dict[str, GivenAnswers], list[Finding]]:
    """Return the answers of the linear probe and of the model, and why there are none."""
    if not work.inputs.has_labels:
        return {}, []
    settings, found = work.asked.geometry, dict[str, GivenAnswers]()
    if settings.C:
        found["linear"] = linear_answers(work.inputs.chosen, settings.C)
    if settings.scores is not None:
        given = model_answers(
            encoder, work.request, settings, work.inputs, work.name, work.listener
        )
        if isinstance(given, Finding):
            return found, [given]
        found["model"] = given
    return found, []


def _null(work: _Work, encoder: ModelEncoder) -> NullOutcome | None:
    """Measure the same network with permuted weights; that it cannot be is no failure."""
    from rmqm_spec.geometries.document import NullOutcome

    if not has_null(work.request):
        return None
    work.listener.note(
        f"  {work.name}: and the same network with permuted weights (--no-null leaves it out)"
    )
    try:
        with permuted_model(work.request, encoder) as (null, made):
            what = " (permuted)"
            vectors = vectors_of(null, work.inputs, f"{work.name}{what}: encoding", work.listener)
            columns = _columns(work, null, vectors, what)
    except RmqmError as error:
        return NullOutcome(error=error)
    return NullOutcome(columns=columns, made=made)


def _findings(
    work: _Work,
    encoder: ModelEncoder,
    columns: Columns,
    answers: dict[str, GivenAnswers],
    null: NullOutcome | None,
) -> list[Finding]:
    findings = [*encoder.findings, *work.inputs.findings]
    findings += left_out_findings(work.inputs.chosen.left_out, "geometry.json")
    for given in answers.values():
        findings += given.findings
    findings += geometry_doubts(columns)
    if null is not None and null.error is not None:
        reason = f"the same network with permuted weights has no geometry: {null.error.message}"
        findings.append(Finding(code="NUL003", level="ok", message=reason))
    return findings


def _document(
    work: _Work,
    encoder: ModelEncoder,
    columns: Columns,
    answers: dict[str, GivenAnswers],
    null: NullOutcome | None,
    findings: list[Finding],
    started: float,
) -> dict[str, Any]:
    from rmqm_spec.geometries.document import Asked, geometry_document

    settings, data = work.asked.geometry, work.request.inputs
    linear, own = answers.get("linear"), answers.get("model")
    asked = Asked(
        data=data.shown or work.inputs.prepared.source.label,
        labels=(settings.labels or "the data itself") if work.inputs.has_labels else None,
        kernel=settings.kernel,
        alteration=None if work.alteration is None else work.alteration.to_dict(),
        scores=None if own is None or own.section is None else own.section["output"],
        linear=None if linear is None else linear.section,
    )
    return geometry_document(
        asked,
        columns,
        for_inputs(encoder, work.inputs.prepared).description,
        findings,
        null=null,
        left_out=work.inputs.chosen.left_out,
        n_offered=len(work.inputs.prepared),
        seconds=time.monotonic() - started,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _written(
    work: _Work,
    document: dict[str, Any],
    columns: Columns,
    null: NullOutcome | None,
    out: Path | None,
    findings: list[Finding],
) -> tuple[Path, list[Finding]]:
    from rmqm_spec.geometries.storing import write_geometry

    named = f"{folder_name(work.name)}-geometry-{document['geometry_sha256'][:8]}"
    folder = out or Path("rmqm-results") / named
    path = write_geometry(
        folder,
        document,
        columns,
        None if null is None else null.columns,
        force=work.request.force,
    )
    if path.parent.resolve() != folder.resolve():
        findings = [*findings, elsewhere(folder, path.parent, "geometry")]
    return path, findings
