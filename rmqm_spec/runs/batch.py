"""Models that are open at the same time, and their scores with those of their nulls."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from attrs import evolve

from rmqm_spec.contracts.listener import Listener
from rmqm_spec.contracts.registry import executor_kind
from rmqm_spec.errors import IncompleteError, RmqmError, UsageError
from rmqm_spec.runs.computing import NULL, compute
from rmqm_spec.runs.encodings import save_encodings
from rmqm_spec.runs.executing import Executors, check_parts
from rmqm_spec.runs.gradients import gradient_purpose
from rmqm_spec.runs.jobs import Entry, Job
from rmqm_spec.runs.nulls import (
    findings_of,
    null_findings_of,
    null_words,
    open_null,
    wants_null,
    with_null,
)
from rmqm_spec.runs.opening import OpenedInputs, Run, open_run
from rmqm_spec.runs.request import RunRequest
from rmqm_spec.runs.scores import Score
from rmqm_spec.runs.sharing import Computed, alike, compute_shared

if TYPE_CHECKING:
    from rmqm_spec.contracts.executor import OpenExecutor
    from rmqm_spec.results.stored import StoredResult

__all__ = ["Batch"]


class Batch:
    """
    Models to be scored together.

    Parameters
    ----------
    listener : Listener
        Hears of progress and steps.
    inputs : OpenedInputs
        The inputs that are open.
    pool : OpenExecutor, optional
        Workers that the caller keeps open.
    """

    def __init__(self, listener: Listener, inputs: OpenedInputs, pool: OpenExecutor | None) -> None:
        self._listener = listener
        self._inputs = inputs
        self._pool = pool
        self._executors = Executors(pool, ExitStack())
        self._entries: dict[str, Entry | RmqmError] = {}
        self._said: set[str] = set()

    @property
    def n_bytes(self) -> int:
        """Size of the open models' files."""
        sizes = [
            entry.run.encoder.description["model"].get("bytes", 0)
            for entry in self._entries.values()
            if isinstance(entry, Entry)
        ]
        return int(sum(sizes))

    def open(self, name: str, request: RunRequest, *, started: float) -> None:
        """Open a model, or find its result; a failure waits for its turn among the scores."""
        try:
            check_parts(request, self._pool)
            run = open_run(request, self._listener, inputs=self._inputs)
            stored = self._stored(run)
        except IncompleteError:
            raise
        except RmqmError as error:
            self._entries[name] = error
        else:
            self._entries[name] = Entry(run=run, started=started, stored=stored)

    def add(self, name: str, run: Run, *, started: float) -> None:
        """Take a model that is open already, or find its result."""
        self._entries[name] = Entry(run=run, started=started, stored=self._stored(run))

    def scores(self) -> Iterator[tuple[str, Score | RmqmError]]:
        """Compute what is missing, and yield the score of each model or why there is none."""
        entries = [entry for entry in self._entries.values() if isinstance(entry, Entry)]
        with ExitStack() as files:
            self._executors = Executors(self._pool, files)
            # The null of a score that stops by precision waits until the number of inputs is known.
            for _ in range(2):
                for entry in entries:
                    self._open_null(entry, files)
                self._compute(entries)
        for name, opened in self._entries.items():
            yield name, self._score(opened) if isinstance(opened, Entry) else opened

    def _open_null(self, entry: Entry, files: ExitStack) -> None:
        """Open the null of a model where it is wanted, and where its inputs are known."""
        run, was_tried = entry.run, entry.null or entry.null_outcome
        is_known = entry.result or (not entry.outcome and run.request.protocol.precision is None)
        if was_tried or not is_known or not wants_null(run, entry.stored):
            return
        self._say_once(null_words(run, entry.result))
        try:
            with ExitStack() as own:
                # Threads read a model as it is opened; gradients and other workers read it later.
                by_threads = self._by_threads(run)
                is_read_later = not by_threads or gradient_purpose(run.request) is not None
                entry.null = open_null(
                    run,
                    entry.result,
                    self._listener,
                    self._inputs,
                    files=files if is_read_later else own,
                    beside_result=not by_threads,
                )
                entry.null_outcome = self._stored(entry.null.run)
        except IncompleteError:
            raise
        except RmqmError as error:
            entry.null_outcome = error

    def _say_once(self, words: str) -> None:
        """Say what holds for several models once."""
        if words not in self._said:
            self._said.add(words)
            self._listener.note(words)

    def _compute(self, entries: Sequence[Entry]) -> None:
        """Compute the runs that wait; those that are alike together."""
        waiting = defaultdict[Hashable, list[Job]](list)
        for entry in entries:
            for job in entry.jobs():
                waiting[alike(job.run) if self._may_share(job.run) else job].append(job)
        for jobs in waiting.values():
            if len(jobs) == 1:
                self._compute_alone(jobs[0])
            else:
                self._compute_shared(jobs)

    def _compute_alone(self, job: Job) -> None:
        label = NULL if job.is_null else "scoring"
        started = job.entry.started
        try:
            pool = self._executors.of(job.run.request)
            stored, findings = compute(
                job.run, self._listener, label=label, started=started, pool=pool
            )
        except IncompleteError:
            raise
        except RmqmError as error:
            job.finish(error)
        else:
            job.finish(Computed(stored=stored, findings=findings))

    def _compute_shared(self, jobs: Sequence[Job]) -> None:
        names = {id(job.entry): str(place) for place, job in enumerate(jobs) if not job.is_null}
        named = {str(place): job for place, job in enumerate(jobs)}
        nulls = {
            name: names[id(job.entry)]
            for name, job in named.items()
            if job.is_null and id(job.entry) in names
        }
        computed = compute_shared(
            {name: job.run for name, job in named.items()},
            self._listener,
            label=_label(len(names), len(jobs) - len(names)),
            nulls=nulls,
        )
        for name, job in named.items():
            job.finish(computed[name])

    def _may_share(self, run: Run) -> bool:
        is_open_ended = run.request.protocol.precision is not None
        return self._by_threads(run) and not (is_open_ended or run.kind.needs_gradients)

    def _by_threads(self, run: Run) -> bool:
        return self._pool is None and executor_kind(run.request.executor).open is None

    def _stored(self, run: Run) -> StoredResult | None:
        """Find the result of the same run; checkpoints that a killed process left are in vain."""
        from rmqm_spec.evaluation.checkpoints import remove_checkpoints
        from rmqm_spec.results.stored import find_run

        stored = None if run.request.force else find_run(run.folder, run.sha256)
        if stored is not None:
            remove_checkpoints(run.folder, run.sha256)
            self._listener.note(
                f"  nothing has changed since {stored.document['created']}: that result is in "
                f"{stored.path.parent} (--force computes it again)"
            )
        return stored

    def _score(self, entry: Entry) -> Score | RmqmError:
        """Return the score of a model with what belongs to it: pictures, encodings, its null."""
        if isinstance(entry.outcome, RmqmError):
            return entry.outcome
        stored = entry.result
        if stored is None:
            raise RuntimeError("a model of the batch was not computed")
        findings = entry.outcome.findings if entry.outcome else findings_of(stored)
        run = entry.run
        scored = Score(
            request=run.request,
            stored=stored,
            findings=findings,
            reused=entry.outcome is None,
            run=run,
        )
        self._keep_examples(run, stored)
        try:
            save_encodings(scored, self._listener)
            if entry.null_outcome is not None:
                if entry.null is not None and not isinstance(entry.null_outcome, RmqmError):
                    self._keep_examples(entry.null.run, entry.null_outcome)
                made = entry.null.made if entry.null else {}
                scored = with_null(scored, entry.null_outcome, **made)
        except IncompleteError:
            raise
        except RmqmError as error:
            return error
        return evolve(scored, findings=(*scored.findings, *null_findings_of(scored.stored)))

    def _keep_examples(self, run: Run, stored: StoredResult) -> None:
        """Keep pictures for reports; a result is whole without them."""
        from rmqm_spec.reports.example_files import keep_examples

        try:
            keep_examples(stored, run.prepared, run.alteration)
        except UsageError as error:
            self._listener.note(f"  no pictures are kept for reports: {error.message}")


def _label(n_networks: int, n_nulls: int) -> str:
    """
    Return what progress calls the work.

    Examples
    --------
    >>> _label(1, 1), _label(2, 0), _label(4, 4)
    ('scoring, with its null', 'scoring 2 networks', 'scoring 4 networks, with their nulls')
    """
    if n_networks == n_nulls == 1:
        return "scoring, with its null"
    if not n_networks:
        return f"scoring {n_nulls} nulls"
    return f"scoring {n_networks} networks" + ", with their nulls" * bool(n_nulls)
