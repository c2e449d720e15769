"""``rank``: several encoders on the same inputs, and which of them is better."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import evolve, field, frozen

from rmqm_spec.contracts.listener import Listener
from rmqm_spec.errors import RmqmError, UsageError
from rmqm_spec.findings import Finding
from rmqm_spec.measures.named import SMALLEST
from rmqm_spec.runs.candidate_names import folder_name
from rmqm_spec.runs.candidates import Candidate
from rmqm_spec.runs.encodings import with_encodings_files
from rmqm_spec.runs.opening import check_request
from rmqm_spec.runs.race_request import RaceSettings
from rmqm_spec.runs.racing import Raced, check_race, race
from rmqm_spec.runs.rank_measures import check_order, rank_measures, size_findings
from rmqm_spec.runs.ranked import RankedModels, RankRequest
from rmqm_spec.runs.remarks import elsewhere
from rmqm_spec.runs.request import RunRequest
from rmqm_spec.runs.scoring import score_several
from rmqm_spec.runs.selection import select_candidates

if TYPE_CHECKING:
    from rmqm_spec.contracts.executor import OpenExecutor
    from rmqm_spec.inputs.prepared import PreparedInputs
    from rmqm_spec.ranking.ends import Asked
    from rmqm_spec.ranking.race import RaceOutcome
    from rmqm_spec.results.stored import StoredResult
    from rmqm_spec.runs.probed import ProbedModels

__all__ = ["rank"]

Item = TypeVar("Item")


@frozen(eq=False)
class _Outcome:
    """What became of the candidates, by name."""

    results: dict[str, StoredResult] = field(factory=dict)
    speeds: dict[str, float | None] = field(factory=dict)
    failed: dict[str, RmqmError] = field(factory=dict)
    findings: dict[str, tuple[Finding, ...]] = field(factory=dict)
    inputs: dict[str, PreparedInputs] = field(factory=dict)

    def in_order(self, names: Sequence[str]) -> _Outcome:
        """Return the same with the candidates in this order."""

        def ordered(taken: dict[str, Item]) -> dict[str, Item]:
            return {name: taken[name] for name in names if name in taken}

        return _Outcome(
            ordered(self.results),
            ordered(self.speeds),
            ordered(self.failed),
            ordered(self.findings),
            ordered(self.inputs),
        )


_TOO_FEW = ("PRB004", "PRB006", "PRB015")
"""Codes of inputs that are too few to probe with: they can be ranked all the same."""


def rank(
    request: RankRequest, listener: Listener | None = None, *, pool: OpenExecutor | None = None
) -> RankedModels:
    """
    Rank models and results: which is better, by how much, how sure.

    Parameters
    ----------
    request : RankRequest
        The models, and what they are asked.
    listener : Listener, optional
        Hears of progress and steps.
    pool : OpenExecutor, optional
        Workers that the caller keeps open.

    Returns
    -------
    RankedModels
        The ranking as it is on disk. Models that fail are in it, with the reason.

    Raises
    ------
    RmqmError
        If the request breaks a rule, or all models fail by one and the same fault.
    """
    listener = listener or Listener()
    asked = check_order(request.by)
    request, labelled = _measures_apart(request)
    _check(request.common, asked, is_race=request.race.is_on)
    check_race(request.race, request.common, request.by, pool)
    selection = select_candidates(request.models, request.common, request.settings)
    candidates = with_encodings_files(selection.candidates)
    measures = rank_measures(request.common, asked, candidates)
    candidates = [evolve(one, request=measures.of(one.request)) for one in candidates]
    outcome = _Outcome()
    probed, refused = None, None
    if request.race.is_on:
        _require_models(candidates, "a race")
    if request.probe:
        _require_models(candidates, "rank --probe")
        try:
            probed = _probed(request, labelled, listener)
        except RmqmError as error:
            if error.code not in _TOO_FEW:
                raise
            refused = error
            listener.note(f"no probes: {error.code}: {error.message}")
    _take_results(candidates, outcome, listener)
    raced = _score_models(
        candidates, outcome, listener, pool, request.race, folder=request.common.out
    )
    outcome = outcome.in_order([candidate.name for candidate in candidates])
    _raise_what_all_failed_by(outcome)
    scored_here = not any(candidate.is_result for candidate in candidates)
    document, findings = _ranked(
        outcome,
        measures.asked,
        None if raced is None else raced.outcome,
        on_common_inputs=scored_here,
    )
    path, moved = _write(document, request.common)
    if raced is not None:
        raced.clear()
    return RankedModels(
        document=document,
        path=path,
        results=outcome.results,
        findings=(*selection.findings, *findings, *moved),
        findings_of=outcome.findings,
        failed=outcome.failed,
        on_common_inputs=scored_here,
        probe_command=None if probed else _probe_command(request, candidates, outcome),
        probed=probed,
        probes_refused=refused,
    )


def _require_models(candidates: Sequence[Candidate], what: str) -> None:
    for candidate in candidates:
        if candidate.is_result:
            raise UsageError(
                "ARG001",
                f"{what} must be given models; got the result {candidate.path}",
                fix="Name the model's file instead.",
            )


def _measures_apart(request: RankRequest) -> tuple[RankRequest, tuple[str, ...]]:
    """Keep from the scores the measures that need labels; the probes compute them."""
    if not request.probe:
        return request, ()
    from rmqm_spec.measures.named import ALL, measure_named
    from rmqm_spec.probes.measuring import needs_labels

    def is_labelled(name: str) -> bool:
        return name != ALL and needs_labels(measure_named(name.partition("@")[0]))

    protocol = request.common.protocol
    labelled = tuple(name for name in protocol.measure if name == ALL or is_labelled(name))
    others = tuple(name for name in protocol.measure if not is_labelled(name))
    common = evolve(request.common, protocol=evolve(protocol, measure=others))
    return evolve(request, common=common), labelled


def _probed(request: RankRequest, labelled: tuple[str, ...], listener: Listener) -> ProbedModels:
    """Probe before the scores: it takes a hundredth of their time, and labels may be missing."""
    from rmqm_spec.runs.probe_request import ProbeRequest, ProbeSettings
    from rmqm_spec.runs.probing import probe

    common = evolve(request.common, save_encodings=None)
    if common.out is not None:
        common = evolve(common, out=common.out / "probes")
    probes = ProbeSettings(labels=request.labels, measure=labelled)
    asked = ProbeRequest(
        models=request.models, settings=request.settings, common=common, probes=probes
    )
    return probe(asked, listener)


def _probe_command(
    request: RankRequest, candidates: Sequence[Candidate], outcome: _Outcome
) -> str | None:
    """Return the command to probe the models, where it can be typed and would work."""
    from rmqm_spec.runs.probe_command import enough_for_probes, probe_command, usable_labels

    if not outcome.inputs:
        return None
    inputs = next(iter(outcome.inputs.values()))
    labels = usable_labels(inputs, request.labels, request.common.inputs.data)
    if labels is None:
        return None
    models, settings = request.models, request.settings
    probed = [
        entry for entry in candidates if not entry.is_result and entry.name not in outcome.failed
    ]
    if len(probed) < len(candidates):
        if settings is not None or not probed:
            return None
        models = tuple(str(entry.path) for entry in probed)
    chosen, more = enough_for_probes(inputs, labels, request.common.inputs)
    return probe_command(models, settings, evolve(request.common, inputs=chosen), labels, more)


def _check(common: RunRequest, asked: Asked, *, is_race: bool) -> None:
    sizeless = [name for name in common.protocol.measure if not name.endswith(f"@{SMALLEST}")]
    check_request(evolve(common, protocol=evolve(common.protocol, measure=tuple(sizeless))))
    kind = common.protocol.kind
    if not kind.ranks_by(asked.measure):
        by_measure = (
            " Or rank by another measure, for example --by relative-displacement."
            if kind.ranks_measures
            else ""
        )
        raise UsageError(
            "GRA016",
            f"a ranking must rest on an alteration that ranks encoders; got --alteration "
            f"{kind.name}: {kind.why_not}",
            fix=f"Rank without it; rmqm-spec score --alteration {kind.name} gives a score to "
            f"report beside the ranking.{by_measure}",
        )
    if common.protocol.precision is not None and not is_race:
        raise UsageError(
            "ARG001",
            f"rank must use the same inputs for all; got --precision "
            f"{common.protocol.precision:g}, by which each would stop at its own number",
            fix="Say how many inputs: --n 1000. Or race: with --until order, it is the difference "
            "below which encoders are level.",
        )


def _take_results(candidates: Sequence[Candidate], outcome: _Outcome, listener: Listener) -> None:
    """Read the candidates that were scored before."""
    from rmqm_spec.results.stored import read_result

    for candidate in candidates:
        if not candidate.is_result:
            continue
        listener.note(f"{candidate.name}: {candidate.path}")
        try:
            stored = read_result(candidate.path)
        except RmqmError as error:
            _fail(candidate.name, error, outcome, listener)
            continue
        if candidate.request.save_encodings is not None:
            listener.note("  no encodings are saved of this result: name the model's file for them")
        outcome.results[candidate.name] = stored
        outcome.findings[candidate.name] = _stored_findings(stored)
        speed = (stored.document["runtime"] or {}).get("encodings_per_second")
        outcome.speeds[candidate.name] = speed


def _score_models(
    candidates: Sequence[Candidate],
    outcome: _Outcome,
    listener: Listener,
    pool: OpenExecutor | None,
    settings: RaceSettings,
    folder: Path | None,
) -> Raced | None:
    """Score the models among the candidates, on common altered inputs where they can."""
    models = {candidate.name: candidate for candidate in candidates if not candidate.is_result}
    numbers = {name: number for number, name in enumerate(models, 1)}

    def opening(name: str) -> None:
        listener.note(f"[{numbers[name]}/{len(models)}] {name}: {models[name].path}")

    requests = {name: _request(candidate) for name, candidate in models.items()}
    raced = None
    if settings.is_on:
        raced = race(requests, settings, listener, opening=opening, folder=folder)
    for name, scored in score_several(
        requests,
        listener,
        pool=pool,
        opening=opening,
        runs=None if raced is None else raced.runs,
        inputs=None if raced is None else raced.inputs,
    ):
        if isinstance(scored, RmqmError):
            _fail(name, scored, outcome, listener)
            continue
        outcome.results[name] = scored.stored
        speed = scored.encodings_per_second
        outcome.speeds[name] = raced.speeds.get(name, speed) if raced else speed
        outcome.findings[name] = scored.findings
        if scored.run is not None:
            outcome.inputs[name] = scored.run.prepared
    return raced


def _request(candidate: Candidate) -> RunRequest:
    out = candidate.request.out
    folder = None if out is None else out / folder_name(candidate.name)
    return evolve(candidate.request, out=folder)


def _fail(name: str, error: RmqmError, outcome: _Outcome, listener: Listener) -> None:
    outcome.failed[name] = error
    listener.note(f"  {name}: {error.code}: {error.message}")


def _stored_findings(stored: StoredResult) -> tuple[Finding, ...]:
    null = stored.document.get("null") or {"findings": []}
    known = (*stored.document["findings"], *null["findings"])
    return tuple(Finding(**finding) for finding in known)


def _raise_what_all_failed_by(outcome: _Outcome) -> None:
    """Where all models failed in one way, it is an error of the data or the environment."""
    if not outcome.results:
        errors = list(outcome.failed.values())
        if len({(error.code, error.message) for error in errors}) == 1:
            raise errors[0]


def _ranked(
    outcome: _Outcome, asked: Asked, race: RaceOutcome | None, *, on_common_inputs: bool
) -> tuple[dict[str, Any], list[Finding]]:
    from rmqm_spec.ranking import (
        NOTHING_RANKED,
        rank_by_measure,
        rank_results,
        ranking_document,
    )
    from rmqm_spec.ranking.race import rank_race

    ranking, findings, by = NOTHING_RANKED, list[Finding](), None
    if outcome.results and race is not None:
        ranking, findings = rank_race(outcome.results, race)
    elif outcome.results:
        ranking, findings = rank_results(
            outcome.results, on_common_inputs=on_common_inputs, by=asked.measure
        )
        if not asked.is_usual:
            by = rank_by_measure(asked, outcome.results)
            findings = [*findings, *size_findings(asked, outcome.results)]
    document = ranking_document(
        ranking,
        outcome.results,
        findings,
        failed=outcome.failed,
        speeds=outcome.speeds,
        by=by,
        race=race,
    )
    return document, findings


def _write(document: Mapping[str, Any], common: RunRequest) -> tuple[Path, list[Finding]]:
    from rmqm_spec.ranking.storing import write_ranking

    folder = common.out or Path("rmqm-results") / f"rank-{document['ranking_sha256'][:8]}"
    path = write_ranking(folder, document, force=common.force)
    moved = [elsewhere(folder, path.parent, "ranking")] if path.parent != folder else []
    return path, moved
