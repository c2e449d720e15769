"""``score``: models through the full protocol, up to the files of their results."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from rmqm_spec.contracts.listener import Listener
from rmqm_spec.errors import RmqmError, UsageError
from rmqm_spec.memory import available_memory
from rmqm_spec.runs.batch import Batch
from rmqm_spec.runs.encodings import check_encodings_file
from rmqm_spec.runs.opening import OpenedInputs, Run
from rmqm_spec.runs.request import RunRequest
from rmqm_spec.runs.scores import Score

if TYPE_CHECKING:
    from rmqm_spec.contracts.executor import OpenExecutor

__all__ = ["score", "score_several"]

_SHARE_OF_MEMORY = 0.25
_MEMORY_PER_BYTE = 4
"""An open model and its null take about as much each as the file, and as much again to open."""


def score(
    request: RunRequest,
    listener: Listener | None = None,
    *,
    pool: OpenExecutor | None = None,
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
    _refuse_measures_between(request)
    check_encodings_file(request.save_encodings)
    ((_, outcome),) = score_several({"": request}, listener, pool=pool)
    if isinstance(outcome, RmqmError):
        raise outcome
    return outcome


def score_several(
    requests: Mapping[str, RunRequest],
    listener: Listener | None = None,
    *,
    pool: OpenExecutor | None = None,
    opening: Callable[[str], None] | None = None,
    runs: Mapping[str, Run] | None = None,
    inputs: OpenedInputs | None = None,
) -> Iterator[tuple[str, Score | RmqmError]]:
    """
    Score models together: those that take the same inputs see each altered block as it is made.

    Numbers, files and checkpoints are those of each model alone. Where the models do not fit into
    memory together, as many as fit go at a time.

    Parameters
    ----------
    requests : mapping of str to RunRequest
        By a name for each.
    listener : Listener, optional
        Hears of progress and steps.
    pool : OpenExecutor, optional
        Workers that the caller keeps open.
    opening : callable, optional
        Called with the name of each model before it is opened.
    runs : mapping of str to Run, optional
        Models that are open already, with their inputs.
    inputs : OpenedInputs, optional
        Inputs that are open already.

    Yields
    ------
    str, Score or RmqmError
        The name of a model, and its score or why there is none; in the order of `requests`.

    Raises
    ------
    IncompleteError
        At an interrupt, or where the disk refuses; the same requests then resume.
    """
    listener = listener or Listener()
    inputs, memory = inputs or OpenedInputs(), available_memory()
    room = None if memory is None else memory * _SHARE_OF_MEMORY / _MEMORY_PER_BYTE
    batch = Batch(listener, inputs, pool)
    for name, request in requests.items():
        if runs is not None and name in runs:
            batch.add(name, runs[name], started=time.monotonic())
            continue
        if opening is not None:
            opening(name)
        batch.open(name, request, started=time.monotonic())
        if room is not None and batch.n_bytes > room:
            yield from batch.scores()
            batch = Batch(listener, inputs, pool)
    yield from batch.scores()


def _refuse_measures_between(request: RunRequest) -> None:
    from rmqm_spec.measures.named import measures_named

    for measure in measures_named(request.protocol.measure):
        if "encoders" in measure.needs:
            raise UsageError(
                "MEA001",
                "a measure of a score must need inputs, encodings and gradients alone; "
                f"{measure.name} compares several encoders",
                fix=f"Rank at least three: rmqm-spec rank A B C --measure {measure.name}.",
            )
