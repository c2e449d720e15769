"""Read the results of a report from disk; they must be comparable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from rmqm_spec.contracts.registry import facts_of
from rmqm_spec.documents.reading import read_json, record_of
from rmqm_spec.errors import UnreadableError, UsageError
from rmqm_spec.findings import Finding
from rmqm_spec.ranking import Ranking, rank_results
from rmqm_spec.ranking.columns import between_sections
from rmqm_spec.ranking.kind import RANKING
from rmqm_spec.ranking.ties import letter
from rmqm_spec.reports.content import ReportContent, ReportedEncoder
from rmqm_spec.reports.example_files import read_examples
from rmqm_spec.results.comparison import require_comparable
from rmqm_spec.results.stored import StoredResult, document_in, read_result

__all__ = ["read_report_content", "report_content"]

_SAYS_NOTHING = "model.onnx"
_MAY_DIFFER = ("inputs", "resolution")
"""Parts of the protocol in which encoders may differ, as in a ranking; the report then says so."""


def read_report_content(paths: Sequence[Path]) -> ReportContent:
    """
    Read results, and rankings with the results behind them.

    Parameters
    ----------
    paths : sequence of Path
        Folders of results and rankings, and their documents.

    Raises
    ------
    UnreadableError
        RES001 or RES002 for a file that is not a result.
    UsageError
        CMP001 for results of different protocols, naming the differences; ARG001 for a race.
    """
    results: list[tuple[str | None, StoredResult]] = []
    failed: list[Mapping[str, str]] = []
    is_ranking = False
    ranked_by: Mapping[str, Any] | None = None
    for path in map(document_in, paths):
        document = read_json(path)
        if document.get("schema") != "rmqm-rank/1":
            results.append((None, read_result(path)))
            continue
        record_of(path, document, RANKING)
        if "race" in document:
            raise _of_race(path, document)
        is_ranking = True
        failed += document["failed"]
        results += _of_ranking(path, document)
        ranked_by = document
    # Of several rankings none orders the page, nor of one beside further results.
    return report_content(
        _named(results),
        failed=failed,
        on_common_inputs=is_ranking,
        ranked_by=ranked_by if len(paths) == 1 else None,
    )


def _of_race(path: Path, document: Mapping[str, Any]) -> UsageError:
    """Return the error for encoders that were not given the same inputs."""
    first = (document["ranked"] or document["unranked"])[0]["result"]
    return UsageError(
        "ARG001",
        f"a report must be about encoders on the same inputs; got {path}, a race, in which each "
        "had inputs of its own number",
        fix=f"Report a single result: rmqm-spec report {Path(first).parent}",
    )


def report_content(
    results: Mapping[str, StoredResult],
    *,
    failed: Iterable[Mapping[str, str]] = (),
    on_common_inputs: bool = False,
    ranked_by: Mapping[str, Any] | None = None,
) -> ReportContent:
    """
    Collect results for a report, in its order.

    Parameters
    ----------
    results : mapping of str to StoredResult
        Results by the name of their encoder, at least one.
    failed : iterable of mapping, optional
        Models that could not be scored.
    on_common_inputs : bool
        Whether the encoders may have taken different inputs; see `rmqm_spec.ranking.rank_results`.
    ranked_by : mapping, optional
        The document of their ranking, where there is one.

    Raises
    ------
    UsageError
        CMP001 for results that do not compare, ARG001 for no results.
    """
    if not results:
        raise UsageError(
            "ARG001",
            "a report must be about at least one result; got none",
            fix="Score an encoder first: rmqm-spec score.",
        )
    ranking, notes = _ranked(results, on_common_inputs=on_common_inputs)
    encoders = []
    common = set.intersection(*(set(result.ids) for result in results.values()))
    coarsest = max(result.document["protocol"]["resolution"] for result in results.values())
    for name, key in zip(_ordered(results, ranking), _keys(), strict=False):
        stored = results[name].only(common)
        try:
            examples = read_examples(stored)
        except UnreadableError as error:
            examples = None
            notes.append(
                Finding(code=error.code, level="warn", message=error.message, fix=error.fix)
            )
        encoders.append(
            ReportedEncoder(
                key=key,
                name=name,
                stored=stored,
                characteristics=stored.characteristics(coarsest),
                examples=examples,
            )
        )
    return ReportContent(
        encoders=tuple(encoders),
        ranking=ranking,
        notes=tuple(notes),
        failed=tuple(failed),
        between=between_sections(results) if len(results) > 1 else {},
        ranked_by=ranked_by if ranked_by is not None and "by" in ranked_by else None,
    )


def _ranked(
    results: Mapping[str, StoredResult], *, on_common_inputs: bool
) -> tuple[Ranking | None, list[Finding]]:
    if len(results) < 2:
        return None, []
    first, *others = results.values()
    if not facts_of(first.document["protocol"]["alteration"]).ranks:
        for other in others:
            require_comparable(first.document, other.document, apart_from=_MAY_DIFFER)
        return None, []
    ranking, notes = rank_results(results, on_common_inputs=on_common_inputs)
    return ranking, list(notes)


def _of_ranking(path: Path, document: Mapping[str, Any]) -> list[tuple[str | None, StoredResult]]:
    """Read the results that a ranking names, at the path that it names, or beside it."""
    results: list[tuple[str | None, StoredResult]] = []
    for entry in [*document["ranked"], *document["unranked"]]:
        place = Path(entry["result"])
        stored = read_result(place if place.exists() else path.parent / place)
        if stored.document["result_sha256"] != entry["result_sha256"]:
            raise UnreadableError(
                "RES002",
                f"{path} must be about the result of {entry['name']} as it is in {place}; that one "
                "has changed since",
                fix="Rank again: rmqm-spec rank.",
            )
        results.append((entry["name"], stored))
    return results


def _named(results: Iterable[tuple[str | None, StoredResult]]) -> dict[str, StoredResult]:
    """Name each result by its model; results of the same name get the name of their folder too."""
    named: dict[str, StoredResult] = {}
    for given_name, stored in results:
        if any(
            stored.document["run_sha256"] == other.document["run_sha256"]
            and stored.document["result_sha256"] == other.document["result_sha256"]
            for other in named.values()
        ):
            continue
        model = stored.document.get("model") or {}
        folder = stored.path.resolve().parent.name
        own_name = stored.document.get("given_name") or model.get("name")
        name = given_name or str(own_name or folder)
        if name == _SAYS_NOTHING:
            name = folder
        if name in named:
            name = f"{name} ({folder})"
        number = 2
        while name in named:
            name = f"{name.rpartition(' #')[0] or name} #{number}"
            number += 1
        named[name] = stored
    return named


def _ordered(results: Mapping[str, StoredResult], ranking: Ranking | None) -> list[str]:
    if ranking is not None:
        return [*(ranked.name for ranked in ranking.ranked), *ranking.unranked]
    scores = {name: result.document["rmqm"] for name, result in results.items()}
    return sorted(scores, key=lambda name: (scores[name] is None, -(scores[name] or 0), name))


def _keys() -> Iterable[str]:
    return (letter(number).upper() for number in count())
