"""The score of the same network with permuted weights, beside the score of the trained network."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from attrs import evolve

from rmqm_spec.contracts.backend import NullWriting
from rmqm_spec.contracts.listener import Listener
from rmqm_spec.contracts.registry import executor_kind
from rmqm_spec.errors import IncompleteError, RmqmError
from rmqm_spec.findings import Finding
from rmqm_spec.runs.computing import NULL
from rmqm_spec.runs.models import open_model
from rmqm_spec.runs.request import RunRequest
from rmqm_spec.runs.scores import Score

if TYPE_CHECKING:
    from rmqm_spec.contracts.executor import OpenExecutor
    from rmqm_spec.results.stored import StoredResult

__all__ = ["FOLDER", "with_null"]

FOLDER = "null"
"""Below the folder of the result: the result of its null, complete and usable on its own."""


def with_null(
    scored: Score,
    listener: Listener,
    score_alone: Callable[..., Score],
    *,
    pool: OpenExecutor | None = None,
) -> Score:
    """
    Score the null of a model that was scored, on the same inputs; the result then says so.

    Nothing is done for alterations whose scores rank no encoders, nor where the backend writes no
    nulls. A null that cannot be scored is a finding, not a failure.

    Parameters
    ----------
    scored : Score
        The trained network's score.
    listener : Listener
        Hears of progress and steps.
    score_alone : callable
        Scores a request without its null.
    pool : OpenExecutor, optional
        Workers that the caller keeps open.
    """
    run = scored.run
    if run is None or not run.kind.ranks or not isinstance(run.backend, NullWriting):
        return scored
    request = scored.request
    null = scored.null if scored.reused and not request.force else None
    if null is None or null["status"] == "failed":
        null = _null_of(scored, run.backend, listener, score_alone, pool)
        scored = evolve(scored, stored=_amended(scored.stored, null))
    findings = [Finding(**finding) for finding in null["findings"]]
    return evolve(scored, findings=(*scored.findings, *findings))


def _null_of(
    scored: Score,
    backend: NullWriting,
    listener: Listener,
    score_alone: Callable[..., Score],
    pool: OpenExecutor | None,
) -> dict[str, Any]:
    from rmqm_spec.ranking.null import failed_null, null_findings

    n_inputs = scored.stored.document["counts"]["seen"]
    inputs_word = "input" if n_inputs == 1 else "inputs"
    listener.note(
        f"  and the same network with permuted weights, on the same {n_inputs:,} {inputs_word} "
        "(--no-null leaves it out)"
    )
    try:
        null = _score(scored, backend, listener, score_alone, pool)
    except IncompleteError:
        raise
    except RmqmError as error:
        null = failed_null(error)
    return {**null, "findings": [finding.to_dict() for finding in null_findings(null)]}


def _score(
    scored: Score,
    backend: NullWriting,
    listener: Listener,
    score_alone: Callable[..., Score],
    pool: OpenExecutor | None,
) -> dict[str, Any]:
    from rmqm_spec.ranking.null import against_null

    with ExitStack() as files:
        folder = files.enter_context(TemporaryDirectory(prefix="rmqm-null-"))
        written = backend.write_null(scored.request.path, Path(folder))
        request = _request_of(scored, written.path)
        encoder = open_model(request)
        if pool is None and executor_kind(request.executor).open is None:
            files.close()  # the runtime has read it: a file as large as the model does not wait
        null = score_alone(request, listener, label=NULL, encoder=encoder, pool=pool)
    return against_null(
        scored.stored,
        null.stored,
        seed=written.seed,
        tensors=written.tensors,
        values=written.values,
        folder=str(null.folder.relative_to(scored.folder)),
    )


def _request_of(scored: Score, path: Path) -> RunRequest:
    """Return the request for the null: opened with all that was read in or beside the model."""
    request, run = scored.request, scored.run
    if run is None:
        raise RuntimeError("a score whose model is closed has no null")
    opening = evolve(
        request.opening,
        input=run.encoder.input,
        output=run.encoder.output,
        preprocess=None,
        scale=None,
        mean=None,
        std=None,
        channel_order=None,
        preprocessing=run.encoder.preprocessing,
    )
    inputs, protocol = request.inputs, request.protocol
    if scored.stored.document["counts"]["stopped_early"]:
        inputs = evolve(inputs, n=scored.stored.document["counts"]["seen"])
        protocol = evolve(protocol, precision=None)
    return evolve(
        request,
        model=str(path),
        name=None,
        opening=opening,
        inputs=inputs,
        protocol=protocol,
        out=scored.folder / FOLDER,
        null=False,
    )


def _amended(stored: StoredResult, null: dict[str, Any]) -> StoredResult:
    """Write what the null says into the result, whose digest does not depend on it."""
    from rmqm_spec.results.document import plain
    from rmqm_spec.results.files import still_there, write_document

    document = {**stored.document, "null": plain(null)}
    with still_there(stored.path, document["result_sha256"]) as is_there:
        if is_there:
            write_document(stored.path, document)
    return evolve(stored, document=document)
