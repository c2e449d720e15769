"""Check rankings and differences for consistency, and make them again from their results."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rmqm_spec.differences import difference_document
from rmqm_spec.errors import RmqmError, UnavailableError
from rmqm_spec.findings import Finding
from rmqm_spec.ranking import (
    NEGLIGIBLE,
    NOTHING_RANKED,
    rank_by_measure,
    rank_results,
    ranking_digest,
    ranking_document,
)
from rmqm_spec.ranking.ends import asked_order
from rmqm_spec.ranking.race import RaceOutcome, rank_race
from rmqm_spec.results.stored import StoredResult, read_result
from rmqm_spec.validation.agreement import agreement
from rmqm_spec.validation.general import known_codes
from rmqm_spec.validation.races import check_race
from rmqm_spec.validation.verdicts import unchecked, verdict

__all__ = ["check_difference", "check_ranking"]

_EDITED = "The document was changed after it was written: make it again."
_DRAWN = 0.05
"""Relative tolerance; what rests on random draws may differ a little on another machine."""

_RANDOM = {"order_probability", "best", "probabilities", "quantile"}
_SPEED = {"encodings_per_second": None}


def check_ranking(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Check a ranking (``rmqm-rank/1``)."""
    scored = [*document["ranked"], *document["unranked"]]
    results = {encoder["name"]: encoder["result_sha256"] for encoder in scored}
    by = (document.get("by") or {}).get("asked")
    until = (document.get("race") or {}).get("until")
    name, stated = ranking_digest(results, by, until), document["ranking_sha256"]
    wrong = [] if name == stated else [f"ranking_sha256 is {stated[:12]}..., but should be {name}"]
    yield verdict("VAL002", "the digest names the results that were ranked", wrong, _EDITED)
    yield known_codes(document)
    yield verdict("VAL009", "scores, differences and places fit", [*_ranking(document)], _EDITED)
    yield _recomputed(
        [encoder["result"] for encoder in scored], lambda results: _ranked(document, results)
    )


def _ranking(document: Mapping[str, Any]) -> Iterator[str]:
    ranked = document["ranked"]
    scores = {encoder["name"]: encoder["rmqm"] for encoder in ranked}
    race = document.get("race")
    if race is None and list(scores.values()) != sorted(scores.values(), reverse=True):
        yield "ranked must be in the order of falling scores"
    if document["rmqm"] != next(iter(scores.values()), None):
        yield f"rmqm must be the score of the first encoder; got {document['rmqm']}"
    if len(document["pairs"]) != math.comb(len(ranked), 2):
        yield f"there must be a pair of every two encoders; got {len(document['pairs'])}"
    for encoder in ranked:
        for key, values in (
            ("shares", encoder["shares"].values()),
            ("probabilities", encoder["probabilities"]),
        ):
            if not math.isclose(sum(values), 1, rel_tol=1e-9):
                yield f"{key} of {encoder['name']} must sum to 1; got {sum(values)}"
    for pair in document["pairs"]:
        yield from _pair(pair, scores, race)
    if race is not None:
        yield from check_race(race)


def _pair(
    pair: Mapping[str, Any], scores: Mapping[str, float], race: Mapping[str, Any] | None
) -> Iterator[str]:
    names, (low, high) = f"{pair['first']} - {pair['second']}", pair["interval"]
    if not {pair["first"], pair["second"]} <= scores.keys():
        yield f"{names}: both must be ranked"
        return
    expected = scores[pair["first"]] - scores[pair["second"]]
    if race is not None:  # each pair rests on the inputs that both were given
        expected = pair["difference"]
    for stated, what in (
        (pair["difference"], "the difference"),
        (sum(pair["parts"].values()), "the sum of the parts"),
        ((low + high) / 2, "the middle of the interval"),
    ):
        if not math.isclose(stated, expected, rel_tol=1e-9, abs_tol=1e-12):
            yield f"{names}: {what} must be {expected}; got {stated}"
    if race is not None:
        seen = pair["first"], pair["second"], pair["difference"], (high - low) / 2
        if pair["tied"] is RaceOutcome.of_section(race).tells_apart(*seen):
            yield f"{names}: tied is {pair['tied']}, which is not what the race settled"
    elif pair["tied"] != (low <= 0 <= high or abs(pair["difference"]) < NEGLIGIBLE):
        yield f"{names}: tied is {pair['tied']}, with the interval {pair['interval']}"


def _ranked(document: Mapping[str, Any], results: Sequence[StoredResult]) -> list[str]:
    scored = [*document["ranked"], *document["unranked"]]
    named = dict(zip((encoder["name"] for encoder in scored), results, strict=True))
    common = any(finding["code"] == "RNK003" for finding in document["findings"])
    race = RaceOutcome.of_section(document["race"]) if "race" in document else None
    ranking, notes = NOTHING_RANKED, list[Finding]()
    if named and race is not None:
        ranking, notes = rank_race(named, race)
    by = document.get("by")
    if named and race is None:
        measure = by["measure"] if by else "rmqm"
        ranking, notes = rank_results(named, on_common_inputs=common, by=measure)
    ordered = rank_by_measure(asked_order(by["asked"]), named) if by and named else None
    again = ranking_document(ranking, named, notes, by=ordered, race=race)
    stated = {**document, "ranked": [{**encoder, **_SPEED} for encoder in document["ranked"]]}
    keys = (
        "rmqm",
        "interval",
        "protocol",
        "inputs",
        "left_out",
        "ranked",
        "unranked",
        "pairs",
        "method",
        *(("by",) if by else ()),
    )
    stated_numbers, computed_numbers = (
        {key: side[key] for key in (*keys, "order_probability")} for side in (stated, again)
    )
    return [
        *agreement(_exact(stated_numbers), _exact(computed_numbers)).problems,
        *agreement(stated_numbers, computed_numbers, _DRAWN).problems,
    ]


def _exact(ranking: Mapping[str, Any]) -> Any:
    """Leave out what rests on random draws."""
    fixed = {**ranking, "pairs": _pairs_without_interval(ranking)}
    if "by" in ranking:
        fixed["by"] = {**ranking["by"], "pairs": _pairs_without_interval(ranking["by"])}
    return _without(fixed, _RANDOM)


def _pairs_without_interval(ranking: Mapping[str, Any]) -> list[Any]:
    return [_without(pair, {"interval"}) for pair in ranking["pairs"]]


def _without(value: Any, names: Collection[str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _without(inner, names) for key, inner in value.items() if key not in names}
    return [_without(item, names) for item in value] if isinstance(value, list) else value


def check_difference(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Check a difference (``rmqm-diff/1``)."""
    yield verdict("VAL009", "the parts add up", [*_difference(document)], _EDITED)
    yield _recomputed(
        [result["result"] for result in document["results"]],
        lambda results: _differed(document, results),
    )


def _difference(document: Mapping[str, Any]) -> Iterator[str]:
    if document["ok"] != document["same"]:
        yield "ok and same must agree"
    difference, scores = document["difference"], document["scores"]
    if difference is None or scores is None or None in (scores[0]["rmqm"], scores[1]["rmqm"]):
        return
    expected = scores[1]["rmqm"] - scores[0]["rmqm"]
    for stated, what in (
        (difference["rmqm"], "the difference"),
        (sum(term["part"] for term in difference["terms"]), "the sum of the terms' parts"),
        (sum(difference["levels"]) + difference["unassigned"], "the sum over levels"),
    ):
        if not math.isclose(stated, expected, rel_tol=1e-9, abs_tol=1e-12):
            yield f"{what} must be {expected}; got {stated}"


def _differed(document: Mapping[str, Any], results: Sequence[StoredResult]) -> list[str]:
    named = document["difference"]["inputs"] if document["difference"] else ()
    first, second = results
    again = difference_document(
        first, second, recompute=document["recomputed"] is not None, top=len(named)
    )
    stated = {key: document[key] for key in again}
    return list(agreement(stated, again).problems)


def _recomputed(
    paths: Sequence[str], compared: Callable[[Sequence[StoredResult]], list[str]]
) -> Finding:
    """Compare a document with what its results give now; warn where they are gone."""
    gone = [path for path in paths if not Path(path).exists()]
    if gone:
        return Finding(
            code="VAL010",
            level="warn",
            message=f"{len(gone)} of {len(paths)} results behind it are not there, so that it was "
            f"not made again: {gone[0]}",
            fix="Run validate from the folder in which the document was made.",
        )
    try:
        problems = compared([read_result(path) for path in paths])
    except UnavailableError as error:
        return unchecked("VAL010", "the document", error)
    except RmqmError as error:
        problems = [error.message]
    holds = f"made again from its {len(paths)} results, it says the same"
    return verdict("VAL010", holds, problems, "A result or the document was changed since.")
