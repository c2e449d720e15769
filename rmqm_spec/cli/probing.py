"""One model through all probes, up to the files of its result."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from rmqm_spec.cli.candidates import Candidate
from rmqm_spec.cli.noticed import about_inputs, elsewhere
from rmqm_spec.cli.options import DataRequest
from rmqm_spec.cli.output import note
from rmqm_spec.cli.probe_options import ProbeRequest
from rmqm_spec.cli.progress import ProgressReport
from rmqm_spec.findings import Finding

if TYPE_CHECKING:
    from rmqm_onnx import OnnxEncoder
    from rmqm_spec.probes import Judgement, Labelled, LinearProbe, Parts

__all__ = ["Probed", "probe_model"]


@frozen(kw_only=True, eq=False)
class Probed:
    """
    What probes found of a model, and where it is written.

    Parameters
    ----------
    path : Path
        Its ``probe.json``.
    document : dict
        Its content.
    judgement : Judgement
        The answers.
    findings : tuple of Finding
        Everything that was noticed.
    """

    path: Path
    document: dict[str, Any]
    judgement: Judgement
    findings: tuple[Finding, ...]


def probe_model(
    model: Candidate,
    inputs: DataRequest,
    probes: ProbeRequest,
    *,
    out: Path | None,
    force: bool,
) -> Probed:
    """Encode, judge and write."""
    from threadpoolctl import threadpool_limits

    from rmqm_onnx import open_encoder
    from rmqm_spec.probes import judge
    from rmqm_spec.probes.document import probe_document
    from rmqm_spec.probes.storing import write_probe
    from rmqm_spec.results.files import check_writable

    started = time.monotonic()
    encoder = open_encoder(model.path, model.options.open_options())
    if out is not None:
        check_writable(out)
    parts, n_offered, noticed = _parts(encoder, inputs, probes, model.name)
    note(f"  {model.name}: {len(parts.train)} to learn from, {len(parts.test)} to judge on")
    with threadpool_limits(model.options.threads):
        judgement = judge(
            parts,
            k=probes.neighbours(),
            candidates=probes.penalties(),
            leave_one_out=probes.leave_one_out,
        )
    findings = (*encoder.findings, *noticed, *_about(parts, judgement.linear))
    document = probe_document(
        _task(inputs, probes),
        parts,
        judgement,
        encoder.description,
        findings,
        n_offered=n_offered,
        seconds=time.monotonic() - started,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    folder = (
        out
        or Path("rmqm-results")
        / f"{model.name.replace('/', '-')}-probe-{document['probe_sha256'][:8]}"
    )
    path = write_probe(folder, document, judgement, force=force)
    if path.parent.resolve() != folder.resolve():
        findings += (elsewhere(folder, path.parent, "probe"),)
    return Probed(path=path, document=document, judgement=judgement, findings=findings)


def _parts(
    encoder: OnnxEncoder, inputs: DataRequest, probes: ProbeRequest, name: str
) -> tuple[Parts, int, list[Finding]]:
    """Encode everything; returns also how many inputs there were, and what was noticed."""
    from rmqm_spec.probes import divide, train_and_test

    judged, n_judged, noticed = _labelled(encoder, inputs, probes.labels, f"{name}: encoding")
    if probes.train_data is None:
        return divide(judged, probes.share), n_judged, noticed
    source = evolve(inputs, data=probes.train_data, n=None)
    learnt, n_learnt, more = _labelled(encoder, source, probes.train_labels, f"{name}: training")
    return train_and_test(learnt, judged), n_judged + n_learnt, [*noticed, *more]


def _labelled(
    encoder: OnnxEncoder, inputs: DataRequest, labels: str | None, what: str
) -> tuple[Labelled, int, list[Finding]]:
    from rmqm_spec.cli.labels import labels_of
    from rmqm_spec.probes import encode_inputs, labelled

    prepared = inputs.open_inputs(encoder.spec, encoder.arrangement.preprocessing)
    known = labels_of(prepared, labels)
    with ProgressReport(what) as progress:
        encoded = encode_inputs(encoder, prepared, progress)
    found = labelled(encoded, known.by_index.__getitem__, known.ambiguous)
    return found, len(prepared), list(about_inputs(inputs, prepared))


def _task(inputs: DataRequest, probes: ProbeRequest) -> Any:
    from rmqm_spec.probes.document import Task
    from rmqm_spec.probes.split import SPLIT_RULE

    data = inputs.shown or "the bundled images"
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


def _about(parts: Parts, linear: LinearProbe | None) -> Iterator[Finding]:
    """Tell what was left out, and where the linear probe did not converge."""
    refused = set(parts.train.refused) | set(parts.test.refused)
    if refused:
        codes = sorted({one.code for one in refused})
        counts = ", ".join(f"{code} {sum(one.code == code for one in refused)}" for code in codes)
        first = min(refused, key=lambda one: (one.code, one.name))
        yield Finding(
            code="PRB009",
            level="warn",
            message=f"{len(refused)} input(s) are left out ({counts}); one is: {first.message}",
            fix="probe.json names all of them; rmqm-spec explain tells what a code means.",
        )
    if linear is not None and not linear.converged:
        yield Finding(
            code="PRB008",
            level="warn",
            message=f"the linear probe stopped after {linear.iterations} iterations at a gradient "
            f"of {linear.gradient:.1e}",
            fix="Its accuracy may still rise or fall: give a smaller --C.",
        )
    if linear is not None and linear.held_out and linear.C in _ends(linear.held_out):
        yield Finding(
            code="PRB013",
            level="warn",
            message=f"the linear probe was best at C {linear.C:g}, the "
            f"{'smallest' if min(linear.held_out) == linear.C else 'largest'} that was tried",
            fix="Another C may be better still: give more candidates with --C.",
        )


def _ends(held_out: Mapping[float, float]) -> tuple[float, float]:
    return min(held_out), max(held_out)
