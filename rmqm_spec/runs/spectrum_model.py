"""The spectra of a single model: read the inputs, take Jacobians, measure its null, write."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from rmqm_spec.contracts.encoder import as_differentiable
from rmqm_spec.contracts.listener import Listener
from rmqm_spec.errors import RmqmError, UsageError
from rmqm_spec.findings import Finding
from rmqm_spec.runs.candidate_names import folder_name
from rmqm_spec.runs.candidates import Candidate
from rmqm_spec.runs.models import backend_of
from rmqm_spec.runs.permuted import has_null, permuted_model
from rmqm_spec.runs.probe_doubts import left_out_findings
from rmqm_spec.runs.ranged import for_inputs
from rmqm_spec.runs.remarks import elsewhere, input_findings
from rmqm_spec.runs.request import RunRequest
from rmqm_spec.runs.spectra import ModelSpectrum
from rmqm_spec.runs.spectrum_opening import (
    OpenedModel,
    open_spectrum_model,
    require_no_reconstruction,
)
from rmqm_spec.runs.spectrum_outlook import say_how_long
from rmqm_spec.runs.spectrum_request import SpectrumRequest
from rmqm_spec.runs.spectrum_sets import ReadSet, read_sets

if TYPE_CHECKING:
    from rmqm_spec.contracts.backend import ModelEncoder
    from rmqm_spec.spectra.columns import Columns
    from rmqm_spec.spectra.document import NullOutcome

__all__ = ["model_spectrum"]


@frozen(kw_only=True, eq=False)
class _Work:
    """What is the same for a network and its null."""

    asked: SpectrumRequest
    name: str
    request: RunRequest
    opened: OpenedModel
    sets: Mapping[str, ReadSet]
    listener: Listener


def model_spectrum(
    candidate: Candidate, asked: SpectrumRequest, out: Path | None, listener: Listener
) -> ModelSpectrum:
    """
    Measure a model and write what was measured.

    Parameters
    ----------
    candidate : Candidate
        The model.
    asked : SpectrumRequest
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

    started = time.monotonic()
    request = candidate.request
    sets_asked = list(asked.sets_of(request))
    # Lengths that the model leaves open are those of the first set.
    opened = open_spectrum_model(evolve(request, inputs=sets_asked[0].inputs), asked.spectrum)
    if out is not None:
        check_writable(out)
    sets = read_sets(sets_asked, opened.encoder, candidate.name, listener)
    _check(opened, request, sets)
    work = _Work(
        asked=asked,
        name=candidate.name,
        request=request,
        opened=opened,
        sets=sets,
        listener=listener,
    )
    with threadpool_limits(request.opening.threads):
        _say_how_long(work)
        columns = {name: _measured(work, one) for name, one in sets.items()}
        null = _null(work)
    findings = _findings(work, columns, null)
    document = _document(work, columns, null, findings, started)
    if request.name is not None:
        document["given_name"] = request.name
    null_columns = {} if null is None else null.sets
    path, findings = _written(work, document, columns, null_columns, out, findings)
    return ModelSpectrum(
        path=path, document=document, columns=columns, null=null_columns, findings=tuple(findings)
    )


def _check(opened: OpenedModel, request: RunRequest, sets: Mapping[str, ReadSet]) -> None:
    some = next(iter(sets.values())).inputs
    if opened.autoencoder is None:
        require_no_reconstruction(request, for_inputs(opened.encoder, some), some)
    elif some.features is not None:
        raise UsageError(
            "ARG001",
            f"--range of an autoencoder must be LOW,HIGH; got {request.inputs.range}",
            fix="Leave it out, or give the lowest and the highest value. Its reconstructions must "
            "be in the units of its inputs.",
        )


def _say_how_long(work: _Work) -> None:
    """Time some inputs of the first set, and say what all sets, and the null, will take."""
    first = next(iter(work.sets.values()))
    n_inputs = sum(len(one) for one in work.sets.values())
    has_twin = work.opened.autoencoder is None and has_null(work.request)
    say_how_long(
        work.name,
        n_inputs * (2 if has_twin else 1),
        lambda n: _numbers(evolve(first, inputs=first.inputs.first(n)), work.opened, None),
        work.listener,
    )


def _measured(work: _Work, one: ReadSet, null: ModelEncoder | None = None) -> Columns:
    """Take the Jacobians of a set of inputs: of the trained network, or of its null."""
    from rmqm_spec.spectra.columns import Columns

    opened = work.opened if null is None else OpenedModel(encoder=null)
    what = f"{work.name}{'' if null is None else ' (permuted)'}: Jacobians"
    what += "" if one.asked.name == "data" else f" of {one.asked.name}"
    with work.listener.work(what, units=("inputs", "inputs")) as hears:
        hears(0, len(one))
        numbers = _numbers(one, opened, lambda done: hears(done, len(one)))
    return Columns(ids=one.chosen.ids, names=one.chosen.names, labels=one.labels, **numbers)


def _numbers(
    one: ReadSet, opened: OpenedModel, progress: Callable[[int], None] | None
) -> dict[str, Any]:
    """Return the columns that hold numbers."""
    from rmqm_spec.spectra.autoencoders import autoencoder_spectra
    from rmqm_spec.spectra.encoders import encoder_spectra

    if opened.autoencoder is not None:
        found = autoencoder_spectra(opened.autoencoder, one.inputs, progress=progress)
        return {"autoencoder": found}
    encoder = as_differentiable(for_inputs(opened.encoder, one.inputs))
    return {"encoder": encoder_spectra(encoder, one.inputs, progress=progress)}


def _null(work: _Work) -> NullOutcome | None:
    """Measure the same encoder with permuted weights; that it cannot be is no failure."""
    from rmqm_spec.spectra.document import NullOutcome

    if work.opened.autoencoder is not None or not has_null(work.request):
        return None
    work.listener.note(
        f"  {work.name}: and the same network with permuted weights (--no-null leaves it out)"
    )
    try:
        with permuted_model(work.request, work.opened.encoder) as (null, made):
            sets = {name: _measured(work, one, null) for name, one in work.sets.items()}
    except RmqmError as error:
        return NullOutcome(error=error)
    return NullOutcome(sets=sets, made=made)


def _findings(
    work: _Work, columns: Mapping[str, Columns], null: NullOutcome | None
) -> list[Finding]:
    from rmqm_spec.spectra.conditions import conditions
    from rmqm_spec.spectra.regressions import fitted

    opener, encoder = backend_of(work.request), work.opened.encoder
    opened = work.opened.autoencoder
    findings = [*(encoder.findings if opened is None else opened.findings)]
    for name, one in work.sets.items():
        request = evolve(work.request, inputs=one.asked.inputs)
        of_set = [*input_findings(request, opener, encoder, one.inputs), *one.findings]
        of_set += left_out_findings(one.chosen.left_out, "spectrum.json")
        known = columns[name].autoencoder
        of_set += [] if known is None else conditions(known)
        findings += [_of_set(name, finding) for finding in of_set]
    findings += [
        Finding(
            code=one.error.code,
            level="warn",
            message=f"there is no regression of the {one.asked.words}: {one.error.message}",
            fix=one.error.fix,
        )
        for one in fitted(columns)
        if one.error is not None
    ]
    if null is not None and null.error is not None:
        reason = f"the same network with permuted weights has no spectrum: {null.error.message}"
        findings.append(Finding(code="NUL003", level="ok", message=reason))
    return findings


def _of_set(name: str, finding: Finding) -> Finding:
    """Say which set of inputs a finding is about, where there are several."""
    return finding if name == "data" else evolve(finding, message=f"{name}: {finding.message}")


def _document(
    work: _Work,
    columns: Mapping[str, Columns],
    null: NullOutcome | None,
    findings: list[Finding],
    started: float,
) -> dict[str, Any]:
    from rmqm_spec.spectra.document import MeasuredSet, spectrum_document

    sets = {
        name: MeasuredSet(
            source=one.source,
            labels=(one.asked.labels or "the data itself") if one.has_labels else None,
            columns=columns[name],
            left_out=one.chosen.left_out,
            n_offered=one.n_offered,
        )
        for name, one in work.sets.items()
    }
    some = next(iter(work.sets.values())).inputs
    return spectrum_document(
        sets,
        {**work.opened.description, **for_inputs(work.opened.encoder, some).description},
        findings,
        null=null,
        seconds=time.monotonic() - started,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _written(
    work: _Work,
    document: dict[str, Any],
    columns: Mapping[str, Columns],
    null: Mapping[str, Columns],
    out: Path | None,
    findings: list[Finding],
) -> tuple[Path, list[Finding]]:
    from rmqm_spec.spectra.storing import write_spectrum

    named = f"{folder_name(work.name)}-spectrum-{document['spectrum_sha256'][:8]}"
    folder = out or Path("rmqm-results") / named
    path = write_spectrum(folder, document, columns, null, force=work.request.force)
    if path.parent.resolve() != folder.resolve():
        findings = [*findings, elsewhere(folder, path.parent, "spectrum")]
    return path, findings
