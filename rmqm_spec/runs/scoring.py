"""``score``: one model through the full protocol, up to the files of its result."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rmqm_spec.contracts.listener import Listener
from rmqm_spec.errors import UsageError
from rmqm_spec.findings import Finding
from rmqm_spec.runs.computing import compute
from rmqm_spec.runs.encodings import check_encodings_file, save_encodings
from rmqm_spec.runs.nulls import with_null
from rmqm_spec.runs.opening import Run, open_run
from rmqm_spec.runs.request import RunRequest
from rmqm_spec.runs.scores import Score

if TYPE_CHECKING:
    from rmqm_spec.contracts.backend import ModelEncoder
    from rmqm_spec.contracts.executor import OpenExecutor
    from rmqm_spec.results.stored import StoredResult

__all__ = ["score", "score_alone"]


def score(
    request: RunRequest,
    listener: Listener | None = None,
    *,
    pool: OpenExecutor | None = None,
    beside_others: bool = False,
) -> Score:
    """
    Score a model by the full protocol, or find the result of the same run.

    Parameters
    ----------
    request : RunRequest
        The model, its inputs and the protocol.
    listener : Listener, optional
        Hears of progress and steps.
    pool : OpenExecutor, optional
        Workers that the caller keeps open; without them the executor of the request.
    beside_others : bool
        Whether others are scored too, so that columns of measures between encoders are of use.

    Returns
    -------
    Score
        The result as it is on disk, with the findings; undefined scores are no error.

    Raises
    ------
    RmqmError
        Whatever is wrong with request, model or data, by name. An interrupt becomes an
        `IncompleteError`; the same request then resumes.
    """
    listener = listener or Listener()
    if not beside_others:
        _refuse_measures_between(request)
    check_encodings_file(request.save_encodings)
    scored = score_alone(request, listener, pool=pool)
    save_encodings(scored, listener)
    if request.null:
        scored = with_null(scored, listener, score_alone, pool=pool)
    return scored


def _refuse_measures_between(request: RunRequest) -> None:
    from rmqm_spec.measures.named import measures_named

    for measure in measures_named(request.protocol.measure):
        if "encoders" in measure.needs:
            raise UsageError(
                "MEA001",
                f"a measure of a score must need inputs and encodings alone; {measure.name} "
                "compares several encoders",
                fix=f"Rank at least three: rmqm-spec rank A B C --measure {measure.name}.",
            )


def score_alone(
    request: RunRequest,
    listener: Listener,
    *,
    label: str = "scoring",
    encoder: ModelEncoder | None = None,
    pool: OpenExecutor | None = None,
) -> Score:
    """
    Score a model without its null.

    Parameters
    ----------
    request : RunRequest
        The model, its inputs and the protocol.
    listener : Listener
        Hears of progress and steps.
    label : str
        What progress calls the work.
    encoder : ModelEncoder, optional
        The model, where it is open already.
    pool : OpenExecutor, optional
        Workers that the caller keeps open.
    """
    started = time.monotonic()
    run = open_run(request, listener, encoder=encoder)
    stored = None if request.force else _stored(run, listener)
    reused = stored is not None
    if stored is None:
        stored, findings = compute(run, listener, label=label, started=started, pool=pool)
    else:
        findings = tuple(Finding(**finding) for finding in stored.document["findings"])
    _keep_examples(run, stored, listener)
    return Score(
        request=request,
        stored=stored,
        findings=findings,
        reused=reused,
        run=run,
    )


def _stored(run: Run, listener: Listener) -> StoredResult | None:
    """Find the result of the same run; checkpoints that a killed process left are in vain."""
    from rmqm_spec.evaluation.checkpoints import remove_checkpoints
    from rmqm_spec.results.stored import find_run

    stored = find_run(run.folder, run.sha256)
    if stored is not None:
        remove_checkpoints(run.folder, run.sha256)
        listener.note(
            f"  nothing has changed since {stored.document['created']}: that result is in "
            f"{stored.path.parent} (--force computes it again)"
        )
    return stored


def _keep_examples(run: Run, stored: StoredResult, listener: Listener) -> None:
    """Keep pictures for reports; a result is whole without them."""
    from rmqm_spec.reports.example_files import keep_examples

    try:
        keep_examples(stored, run.prepared, run.alteration)
    except UsageError as error:
        listener.note(f"  no pictures are kept for reports: {error.message}")
