"""Several runs on the same altered inputs: every block is made once, and handed to all encoders."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Hashable, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from rmqm_spec.contracts.encoder import traits_of
from rmqm_spec.contracts.listener import Listener
from rmqm_spec.encoders.output_advice import naming_earlier
from rmqm_spec.errors import IncompleteError, RmqmError
from rmqm_spec.findings import Finding
from rmqm_spec.runs.computing import announce, kept, written
from rmqm_spec.runs.opening import Run
from rmqm_spec.runs.outlook import Outlook, outlook_of, say_outlooks
from rmqm_spec.runs.remarks import gradient_error

if TYPE_CHECKING:
    from rmqm_spec.evaluation.checkpoints import Checkpoints
    from rmqm_spec.evaluation.several import Contender
    from rmqm_spec.evaluation.statistic import Evaluation
    from rmqm_spec.results.stored import StoredResult

__all__ = ["Computed", "alike", "compute_shared"]


@frozen(kw_only=True, eq=False)
class Computed:
    """
    A run that is done.

    Parameters
    ----------
    stored : StoredResult
        The result as it is on disk.
    findings : tuple of Finding
        What is worth knowing about it.
    """

    stored: StoredResult
    findings: tuple[Finding, ...]


def alike(run: Run) -> Hashable:
    """Return what runs must have in common to walk on the same altered blocks."""
    traits = traits_of(run.encoder)
    seen = [run.alteration.to_dict(), run.encoder.description.get("geometry")]
    return (
        id(run.prepared.source),
        run.prepared.spec,
        len(run.prepared),
        json.dumps(seen, sort_keys=True, default=str),
        run.request.protocol.variant,
        traits.block_size,
        traits.concurrency,
    )


def compute_shared(
    runs: Mapping[str, Run], listener: Listener, *, label: str, nulls: Mapping[str, str]
) -> dict[str, Computed | RmqmError]:
    """
    Compute runs that are alike, by threads of this process, and write their results.

    Each has checkpoints and a result of its own, with the bits that it has alone.

    Parameters
    ----------
    runs : mapping of str to Run
        By a name for each, in the order in which results are written.
    listener : Listener
        Hears of the progress.
    label : str
        What progress calls the work.
    nulls : mapping of str to str
        Which of them are the null of which: a null lies below the result of its network, and stops
        where its network fails.

    Returns
    -------
    dict of str to Computed or RmqmError
        The results, or why there is none.

    Raises
    ------
    IncompleteError
        RUN001 at an interrupt, RUN002 if the disk refuses: the same call resumes.
    """
    from rmqm_spec.documents.writing import check_writable

    started = time.monotonic()
    announce(next(iter(runs.values())), listener)
    results: dict[str, Computed | RmqmError] = {}
    keepers: dict[str, Checkpoints] = {}
    outlooks: dict[str, Outlook | None] = {}
    with ExitStack() as stack:
        for name, run in runs.items():
            try:
                check_writable(run.folder)
                keepers[name] = stack.enter_context(kept(run, listener))
                outlooks[name] = outlook_of(run, n_known=keepers[name].n_known)
            except IncompleteError:
                raise
            except RmqmError as error:
                results[name] = error
        say_outlooks(list(outlooks.values()), listener)
        ready = {name: run for name, run in runs.items() if name in outlooks}
        evaluated = _evaluated(ready, keepers, listener, label, nulls) if ready else {}
        for name, outcome in evaluated.items():
            run, trained = runs[name], results.get(nulls.get(name, ""))
            if isinstance(trained, RmqmError):
                # It stopped with its network, and its result would pass for a whole one.
                keepers[name].write()
                results[name] = trained
                continue
            if trained is not None:
                run = evolve(run, folder=trained.stored.path.parent / run.folder.name)
            try:
                results[name] = _written(run, keepers[name], outcome, outlooks[name], started)
            except IncompleteError:
                raise
            except RmqmError as error:
                keepers[name].write()
                results[name] = error
    return results


@frozen(kw_only=True, eq=False)
class _Evaluated:
    evaluation: Evaluation
    speed: float | None


def _evaluated(
    runs: Mapping[str, Run],
    keepers: Mapping[str, Checkpoints],
    listener: Listener,
    label: str,
    nulls: Mapping[str, str],
) -> dict[str, _Evaluated | RmqmError]:
    """Encode what is not done yet, and see how fast each encoder was by itself."""
    from rmqm_spec.evaluation.several import Contender, evaluate_several

    leader = next(iter(runs.values()))
    traits = traits_of(leader.encoder)
    contenders = {
        name: Contender(
            encoder=run.graded,
            measures=run.measures,
            known=keepers[name].known,
            keep=keepers[name].keep,
        )
        for name, run in runs.items()
    }

    def look(going: Collection[str]) -> list[str]:
        """Let the null of a network that has failed stop too."""
        failed = runs.keys() - going
        return [name for name in going if nulls.get(name) not in failed]

    work = listener.work(
        label,
        per_input=leader.encodings_per_input * len(runs),
        n_known=min(keeper.n_known for keeper in keepers.values()),
    )
    with work as progress:
        evaluations = evaluate_several(
            contenders,
            leader.prepared,
            leader.alteration,
            batch_size=traits.block_size,
            workers=traits.concurrency,
            variant=leader.request.protocol.variant,
            look=look,
            progress=progress,
        )
    return {
        name: evaluation
        if isinstance(evaluation, RmqmError)
        else _Evaluated(
            evaluation=evaluation,
            speed=_speed(evaluation, contenders[name], traits.concurrency),
        )
        for name, evaluation in evaluations.items()
    }


def _speed(evaluation: Evaluation, contender: Contender, callers: int) -> float | None:
    """Return encodings a second, had the encoder been alone; None where all was known."""
    n_known = sum(len(group.ids) for group in contender.known.values())
    n_new = evaluation.n_seen - len(evaluation.skipped) - n_known
    seconds = sum(contender.seconds) / callers
    n_encodings = n_new * (evaluation.displacements.shape[1] + 1)
    return round(n_encodings / seconds, 1) if n_new > 0 and seconds > 0 else None


def _written(
    run: Run,
    keeper: Checkpoints,
    outcome: _Evaluated | RmqmError,
    outlook: Outlook | None,
    started: float,
) -> Computed:
    with naming_earlier(run.encoder):
        if isinstance(outcome, RmqmError):
            raise outcome
    measured = {
        "gradient_error": gradient_error(run),
        "expected_seconds": outlook.seconds if outlook else None,
        "encodings_per_second": outcome.speed,
    }
    stored, findings = written(run, outcome.evaluation, keeper, measured, started=started)
    return Computed(stored=stored, findings=findings)
