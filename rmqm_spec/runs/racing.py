"""A race: inputs for the encoders whose place is open, until the order or the best is settled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import asdict, evolve, frozen

from rmqm_spec.contracts.listener import Listener
from rmqm_spec.contracts.registry import executor_kind
from rmqm_spec.errors import IncompleteError, RmqmError, UsageError
from rmqm_spec.ranking.race import RaceOutcome, Rules, Standings, Stopped, looks
from rmqm_spec.ranking.records import NEGLIGIBLE
from rmqm_spec.runs.computing import kept
from rmqm_spec.runs.opening import OpenedInputs, Run, open_run
from rmqm_spec.runs.race_field import RaceField
from rmqm_spec.runs.race_plan import RacePlan
from rmqm_spec.runs.race_request import RaceSettings
from rmqm_spec.runs.request import RunRequest

if TYPE_CHECKING:
    from rmqm_spec.contracts.executor import OpenExecutor
    from rmqm_spec.evaluation.checkpoints import Checkpoints

__all__ = ["Raced", "check_race", "race"]

_USUAL_CONFIDENCE = 0.95


@frozen(kw_only=True, eq=False)
class Raced:
    """
    A race that is over, with runs to be scored on the inputs that each encoder was given.

    Parameters
    ----------
    outcome : RaceOutcome, optional
        How it went; None where fewer than two models could be opened.
    runs : mapping of str to Run
        By name; all that they need is computed and kept as checkpoints.
    inputs : OpenedInputs
        The inputs of these runs.
    finished : mapping of str to Run
        The runs of the race itself, whose checkpoints are of no use afterwards.
    speeds : mapping of str to float or None
        Encodings a second of each encoder in the race.
    """

    outcome: RaceOutcome | None
    runs: Mapping[str, Run]
    inputs: OpenedInputs
    finished: Mapping[str, Run]
    speeds: Mapping[str, float | None]

    def clear(self) -> None:
        """Remove what was kept of the race: the results hold it."""
        from rmqm_spec.evaluation.checkpoints import remove_checkpoints

        for run in self.finished.values():
            remove_checkpoints(run.folder, run.sha256)


def check_race(
    settings: RaceSettings, request: RunRequest, by: str, pool: OpenExecutor | None
) -> None:
    """
    Refuse a race that cannot be held.

    Raises
    ------
    UsageError
        ARG001.
    """
    if not settings.is_on:
        return
    if by != "rmqm":
        raise UsageError(
            "ARG001",
            f"a race must settle the order of RMQM; got --by {by}",
            fix="Leave --until and --budget out, or --by.",
        )
    if pool is not None or executor_kind(request.executor).open is not None:
        raise UsageError(
            "ARG001",
            f"a race must run in this process; got --executor {request.executor}",
            fix="Leave --executor out, or give a number of inputs instead of --until: --n 1000.",
        )


def race(
    requests: Mapping[str, RunRequest],
    settings: RaceSettings,
    listener: Listener,
    *,
    opening: Callable[[str], None],
    folder: Path | None = None,
) -> Raced:
    """
    Race models.

    Parameters
    ----------
    requests : mapping of str to RunRequest
        By name; a precision is the difference below which encoders are level.
    settings : RaceSettings
        What is to be settled.
    listener : Listener
        Hears of the looks.
    opening : callable
        Called with the name of each model before it is opened.
    folder : Path, optional
        Where the ranking of the same race may be.

    Raises
    ------
    IncompleteError
        At an interrupt, or where the disk refuses; the same race then resumes.
    """
    inputs, runs = OpenedInputs(), dict[str, Run]()
    for name, request in requests.items():
        opening(name)
        try:
            runs[name] = open_run(_without_precision(request), listener, inputs=inputs)
        except IncompleteError:
            raise
        except RmqmError as error:  # scoring the model gives the same error
            listener.note(f"  not in the race: {error.code}: {error.message}")
    if len(runs) < 2:
        return Raced(outcome=None, runs=runs, inputs=inputs, finished={}, speeds={})
    most = min(len(run.prepared) for run in runs.values())
    rules = Rules(
        until=settings.until or "order",
        looks=looks(most),
        confidence=settings.confidence or _USUAL_CONFIDENCE,
        margin=max([NEGLIGIBLE, *(one.protocol.precision or 0 for one in requests.values())]),
    )
    sha256 = _digest(runs, rules, settings)
    known = _outcome_in(folder, sha256, requests, listener)
    if known is not None:
        taken = {name: _to_score(run, known.numbers[name], inputs) for name, run in runs.items()}
        return Raced(outcome=known, runs=taken, inputs=inputs, finished={}, speeds={})
    plan = RacePlan.of(runs, rules.looks, settings.budget)
    listener.note(
        f"  a race until the {rules.until} is settled with {rules.confidence:.4g} confidence:"
    )
    for line in plan.words():
        listener.note(f"  {line}")
    keepers: dict[str, Checkpoints] = {}
    try:
        with ExitStack() as stack:
            for name, run in runs.items():
                keepers[name] = stack.enter_context(kept(run, listener))
            field = RaceField(runs, keepers)
            outcome = evolve(_raced(field, rules, plan, list(runs), listener), sha256=sha256)
            for keeper in keepers.values():
                keeper.write()
    except IncompleteError as error:
        if error.code != "RUN001":
            raise
        raise _interrupted(keepers) from error
    taken = {name: _to_score(run, outcome.numbers[name], inputs) for name, run in runs.items()}
    for name, run in taken.items():
        _hand_over(run, field, name)
    return Raced(outcome=outcome, runs=taken, inputs=inputs, finished=runs, speeds=field.speeds)


def _interrupted(keepers: Mapping[str, Checkpoints]) -> IncompleteError:
    """Return the error that ends a race at an interrupt, for all encoders together."""
    most = max((keeper.n_kept for keeper in keepers.values()), default=0)
    kept_words = f" after {most:,} inputs, which are kept in the folder of each encoder"
    return IncompleteError(
        "RUN001",
        f"the race must run to its end; it was interrupted{kept_words * bool(most)}",
        fix="Run the same command again"
        + (": it resumes after these." if most else ": it starts anew."),
    )


def _digest(runs: Mapping[str, Run], rules: Rules, settings: RaceSettings) -> str:
    """Name a race by all that its outcome depends on."""
    from rmqm_spec.identity import digest_of_json

    named = {name: run.sha256 for name, run in runs.items()}
    return digest_of_json([named, asdict(rules), settings.budget])


def _outcome_in(
    folder: Path | None, sha256: str, requests: Mapping[str, RunRequest], listener: Listener
) -> RaceOutcome | None:
    """Find how the same race went before."""
    from rmqm_spec.documents.reading import read_json

    path = None if folder is None else folder / "rank.json"
    if path is None or not path.exists() or any(one.force for one in requests.values()):
        return None
    try:
        section = read_json(path).get("race")
        outcome = RaceOutcome.of_section(section) if section else None
    except (RmqmError, AttributeError, KeyError, TypeError):  # not a ranking, or changed
        return None
    if outcome is None or outcome.sha256 != sha256:
        return None
    listener.note(f"  the same race is over: its outcome is in {path} (--force races again)")
    return outcome


def _raced(
    field: RaceField, rules: Rules, plan: RacePlan, names: list[str], listener: Listener
) -> RaceOutcome:
    standings, numbers = Standings.start(names), dict.fromkeys(names, 0)
    stopped: Stopped = "inputs"
    with listener.work("racing", units=("inputs", "inputs")) as progress:
        progress(0, rules.looks[-1])
        for before, n in zip((0, *rules.looks), rules.looks, strict=False):
            if not plan.allows(standings.active, before, n):
                stopped = "budget"
                break

            def reached(done: int, _: int, before: int = before) -> None:
                progress(max(done, before), rules.looks[-1])

            field.advance(standings.active, n, reached)
            numbers.update(dict.fromkeys(standings.active, n))
            standings = _looked(field, standings, rules)
            listener.note(f"  after {n:,} inputs: {_words(standings)}")
            if standings.is_settled:
                stopped = "settled"
                break
    return RaceOutcome(
        rules=rules,
        stopped=stopped,
        n_looks=standings.n_looks,
        numbers=numbers,
        decisions=standings.decisions,
        best=standings.best,
        budget=plan.budget,
    )


def _looked(field: RaceField, standings: Standings, rules: Rules) -> Standings:
    active = tuple(name for name in standings.active if name not in field.failed)
    standings = evolve(standings, active=active)
    seen = field.compare(active)
    if seen is not None:
        return standings.after(seen, rules)
    over = len(active) < 2
    return evolve(standings, n_looks=standings.n_looks + 1, active=() if over else active)


def _words(standings: Standings) -> str:
    n_pairs = len(standings.names) * (len(standings.names) - 1) // 2
    n_open = len(standings.open_pairs(standings.names))
    decided = f"{n_pairs - n_open} of {n_pairs} pairs decided"
    if standings.is_settled:
        return f"{decided}; the race is over"
    return f"{decided}; still in the race: {', '.join(standings.active)}"


def _without_precision(request: RunRequest) -> RunRequest:
    return evolve(request, protocol=evolve(request.protocol, precision=None))


def _to_score(run: Run, n: int, inputs: OpenedInputs) -> Run:
    """Return the run on the first n inputs: that of the same request with ``--n``."""
    request = evolve(run.request, inputs=evolve(run.request.inputs, n=n))
    inputs.keep(request.inputs, run.encoder, run.prepared.first(n))
    return open_run(request, encoder=run.encoder, inputs=inputs)


def _hand_over(run: Run, field: RaceField, name: str) -> None:
    """Keep what the race computed as checkpoints of the run that is scored."""
    from rmqm_spec.evaluation.checkpoints import Checkpoints
    from rmqm_spec.results.stored import find_run

    if name in field.failed or find_run(run.folder, run.sha256) is not None:
        return
    n = len(run.prepared)
    checkpoints = Checkpoints(run.folder, run.sha256, n_inputs=n)
    for first in sorted(field.groups[name]):
        group = field.groups[name][first]
        if group.end <= n:
            checkpoints.keep(group)
    checkpoints.write()
