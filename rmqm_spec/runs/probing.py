"""``probe``: what nearest neighbours and a linear probe make of labelled inputs."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve

from rmqm_spec.contracts.listener import Listener
from rmqm_spec.encoders.output_advice import naming_earlier
from rmqm_spec.errors import IncompleteError, RmqmError, UsageError
from rmqm_spec.findings import Finding
from rmqm_spec.runs.candidate_names import folder_name
from rmqm_spec.runs.candidates import Candidate
from rmqm_spec.runs.encodings import save_unit_encodings, with_encodings_files
from rmqm_spec.runs.labels import label_findings, labels_of
from rmqm_spec.runs.models import backend_of, open_model
from rmqm_spec.runs.opening import open_inputs
from rmqm_spec.runs.probe_doubts import left_out_findings, linear_findings
from rmqm_spec.runs.probe_request import ProbeRequest, ProbeSettings
from rmqm_spec.runs.probed import ProbedModel, ProbedModels
from rmqm_spec.runs.ranged import for_inputs
from rmqm_spec.runs.remarks import elsewhere, input_findings
from rmqm_spec.runs.request import DataSettings, RunRequest
from rmqm_spec.runs.selection import Selection, select_candidates

if TYPE_CHECKING:
    from rmqm_spec.contracts.backend import ModelEncoder
    from rmqm_spec.probes import Labelled, TrainTestSplit
    from rmqm_spec.probes.document import Task

__all__ = ["probe"]


def probe(request: ProbeRequest, listener: Listener | None = None) -> ProbedModels:
    """
    Probe models with labelled inputs.

    Parameters
    ----------
    request : ProbeRequest
        The models, the inputs and their labels.
    listener : Listener, optional
        Hears of progress and steps.

    Returns
    -------
    ProbedModels
        The probes as they are on disk. Models that fail are in it, with the reason.

    Raises
    ------
    RmqmError
        If the request breaks a rule, or two models fail by one and the same fault of the data.
    """
    from rmqm_spec.probes.comparing import compare_probes
    from rmqm_spec.probes.measuring import labelled_measures

    listener = listener or Listener()
    labelled_measures(request.probes.measure)  # refused before any work
    if request.common.inputs.data is None:
        raise UsageError(
            "ARG001", "--data must name labelled inputs; got none", fix="Add --data and --labels."
        )
    probed: dict[str, ProbedModel] = {}
    failed: dict[str, RmqmError] = {}
    untold: list[RmqmError] = []
    selection = _selected(request)
    candidates = with_encodings_files(selection.candidates)
    for candidate in candidates:
        name, out = candidate.name, request.common.out
        folder = out / folder_name(name) if out and len(candidates) > 1 else out
        try:
            probed[name] = _probed(candidate, request.probes, folder, listener)
        except KeyboardInterrupt as error:
            raise _interrupted(name, len(probed)) from error
        except RmqmError as error:
            if len(candidates) == 1 or (not probed and _of_the_data(error, failed)):
                raise
            failed[name] = error
            untold.append(error)  # the next model may fail by it too: then it is raised instead
            continue
        _tell(untold, listener)
        for finding in probed[name].findings:
            listener.finding(finding)
    _tell(untold, listener)
    judgements = {name: model.judgement for name, model in probed.items()}
    return ProbedModels(
        models=probed,
        failed=failed,
        differences=tuple(compare_probes(judgements)),
        findings=selection.findings,
    )


def _selected(request: ProbeRequest) -> Selection:
    """Find models; a result has no encoder to probe."""
    selection = select_candidates(request.models, request.common, request.settings)
    for candidate in selection.candidates:
        if candidate.is_result:
            raise UsageError(
                "ARG001",
                f"probe must be given models; got the result {candidate.path}",
                fix="Name the model's file.",
            )
    return selection


def _tell(errors: list[RmqmError], listener: Listener) -> None:
    """Say once why models failed."""
    while errors:
        listener.finding(Finding.from_error(errors.pop(0)))


def _of_the_data(error: RmqmError, failed: Mapping[str, RmqmError]) -> bool:
    """Whether a second model fails by the same fault of the data or of an option."""
    same = any(earlier.message == error.message for earlier in failed.values())
    return same and error.code.startswith(("ARG", "DAT", "IMG", "PRB"))


def _interrupted(name: str, n_probed: int) -> IncompleteError:
    written = f"; {n_probed} before it are written" if n_probed else ""
    return IncompleteError(
        "RUN001",
        f"the work must run to its end; it was interrupted while {name} was probed{written}",
        fix="Run the same command again; fewer inputs (--n) end sooner.",
    )


def _probed(
    candidate: Candidate, probes: ProbeSettings, out: Path | None, listener: Listener
) -> ProbedModel:
    """Encode, judge and write."""
    from threadpoolctl import threadpool_limits

    from rmqm_spec.documents.writing import check_writable
    from rmqm_spec.probes import judge
    from rmqm_spec.probes.document import probe_document
    from rmqm_spec.probes.measuring import labelled_measures, measured_with_labels
    from rmqm_spec.probes.storing import write_probe

    started = time.monotonic()
    request = candidate.request
    encoder = open_model(request)
    if out is not None:
        check_writable(out)
    split, n_offered, findings = _split(encoder, request, probes, candidate.name, listener)
    listener.note(
        f"  {candidate.name}: {len(split.train)} to learn from, {len(split.test)} to judge on"
    )
    save_unit_encodings(request.save_encodings, split, listener)
    with threadpool_limits(request.opening.threads):
        judgement = judge(
            split, k=probes.k, candidates=probes.C, leave_one_out=probes.leave_one_out
        )
    measured = measured_with_labels(split, labelled_measures(probes.measure))
    findings += left_out_findings([*split.train.left_out, *split.test.left_out], "probe.json")
    findings = [*encoder.findings, *findings, *linear_findings(judgement.linear)]
    document = probe_document(
        _task(request.inputs, probes),
        split,
        judgement,
        encoder.description,
        findings,
        n_offered=n_offered,
        seconds=time.monotonic() - started,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        measured=measured,
    )
    if request.name is not None:
        document["given_name"] = request.name
    named = f"{folder_name(candidate.name)}-probe-{document['probe_sha256'][:8]}"
    folder = out or Path("rmqm-results") / named
    path = write_probe(folder, document, judgement, measured, force=request.force)
    if path.parent.resolve() != folder.resolve():
        findings.append(elsewhere(folder, path.parent, "probe"))
    return ProbedModel(path=path, document=document, judgement=judgement, findings=tuple(findings))


def _split(
    encoder: ModelEncoder,
    request: RunRequest,
    probes: ProbeSettings,
    name: str,
    listener: Listener,
) -> tuple[TrainTestSplit, int, list[Finding]]:
    """Encode everything; returns also how many inputs there were, and findings about them."""
    from rmqm_spec.probes import divide, train_and_test

    judged, n_judged, findings = _labelled(
        encoder, request, probes.labels, f"{name}: encoding", listener
    )
    if probes.train_data is None:
        return divide(judged, probes.share), n_judged, findings
    source = evolve(request, inputs=evolve(request.inputs, data=probes.train_data, n=None))
    learnt, n_learnt, more = _labelled(
        encoder, source, probes.train_labels, f"{name}: training", listener
    )
    findings += [finding for finding in more if finding not in findings]
    return train_and_test(learnt, judged), n_judged + n_learnt, findings


def _labelled(
    encoder: ModelEncoder, request: RunRequest, labels: str | None, what: str, listener: Listener
) -> tuple[Labelled, int, list[Finding]]:
    from rmqm_spec.probes import encode_inputs, labelled

    prepared = open_inputs(request.inputs, encoder, listener)
    known = labels_of(prepared, labels)
    with listener.work(what) as progress, naming_earlier(encoder):
        encoded = encode_inputs(for_inputs(encoder, prepared), prepared, progress)
    chosen = labelled(encoded, known.by_index.__getitem__, known.ambiguous)
    findings = input_findings(request, backend_of(request), encoder, prepared)
    return chosen, len(prepared), [*findings, *label_findings(known)]


def _task(inputs: DataSettings, probes: ProbeSettings) -> Task:
    from rmqm_spec.probes.document import Task
    from rmqm_spec.probes.split import SPLIT_RULE

    data = inputs.shown or "an array"
    is_split = probes.train_data is None
    return Task(
        name=probes.task or Path(data).name,
        data=data,
        labels=probes.labels or "the data itself",
        train_data=probes.train_data,
        train_labels=None if is_split else probes.train_labels or "the data itself",
        split=SPLIT_RULE if is_split else "given",
        train_share=probes.share if is_split else None,
        leave_one_out=probes.leave_one_out,
    )
