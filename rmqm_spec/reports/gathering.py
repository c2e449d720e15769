"""Results on disk become the subjects of a report, where they compare."""

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
from rmqm_spec.ranking.kind import RANKING
from rmqm_spec.ranking.ties import letter
from rmqm_spec.reports.example_files import read_examples
from rmqm_spec.reports.subjects import Subject, Subjects
from rmqm_spec.results.comparison import require_comparable
from rmqm_spec.results.stored import StoredResult, document_in, read_result

__all__ = ["read_subjects", "subjects_of"]

_SAYS_NOTHING = "model.onnx"
_MAY_DIFFER = ("inputs", "resolution")
"""Parts of the protocol in which encoders may differ, as in a ranking; then it is said."""


def read_subjects(paths: Sequence[Path]) -> Subjects:
    """
    Read results, and rankings with the results behind them.

    Parameters
    ----------
    paths : sequence of Path
        Folders of results and rankings, and their documents.

    Raises
    ------
    UnreadableError
        RES001 or RES002 for what is no result.
    UsageError
        CMP001 for results of other protocols, with their differences.
    """
    results: list[tuple[str | None, StoredResult]] = []
    failed: list[Mapping[str, str]] = []
    is_ranking = False
    for path in map(document_in, paths):
        document = read_json(path)
        if document.get("schema") != "rmqm-rank/1":
            results.append((None, read_result(path)))
            continue
        record_of(path, document, RANKING)
        is_ranking = True
        failed += document["failed"]
        results += _of_ranking(path, document)
    return subjects_of(_named(results), failed=failed, on_common_inputs=is_ranking)


def subjects_of(
    results: Mapping[str, StoredResult],
    *,
    failed: Iterable[Mapping[str, str]] = (),
    on_common_inputs: bool = False,
) -> Subjects:
    """
    Bring results into the order of a report.

    Parameters
    ----------
    results : mapping of str to StoredResult
        Results by the name of their encoder, at least one.
    failed : iterable of mapping, optional
        Models that could not be scored.
    on_common_inputs : bool
        Whether the encoders may have taken unlike inputs; see `rmqm_spec.ranking.rank_results`.

    Raises
    ------
    UsageError
        CMP001 for results that do not compare, ARG001 for none at all.
    """
    if not results:
        raise UsageError(
            "ARG001",
            "a report must be about at least one result; got none",
            fix="Score an encoder first: rmqm-spec score.",
        )
    ranking, notes = _ranked(results, on_common_inputs=on_common_inputs)
    encoders = []
    common = set.intersection(*(set(one.ids) for one in results.values()))
    coarsest = max(one.document["protocol"]["resolution"] for one in results.values())
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
            Subject(
                key=key,
                name=name,
                stored=stored,
                found=stored.characteristics(coarsest),
                examples=examples,
            )
        )
    return Subjects(
        encoders=tuple(encoders), ranking=ranking, notes=tuple(notes), failed=tuple(failed)
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
    """Read the results that a ranking names, as they were named or beside it."""
    found: list[tuple[str | None, StoredResult]] = []
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
        found.append((entry["name"], stored))
    return found


def _named(results: Iterable[tuple[str | None, StoredResult]]) -> dict[str, StoredResult]:
    """Call each result by its model; of two alike, say in which folder it is."""
    found: dict[str, StoredResult] = {}
    for given, stored in results:
        if any(
            stored.document["run_sha256"] == one.document["run_sha256"]
            and stored.document["result_sha256"] == one.document["result_sha256"]
            for one in found.values()
        ):
            continue
        model = stored.document.get("model") or {}
        folder = stored.path.resolve().parent.name
        name = given or str(model.get("name") or folder)
        if name == _SAYS_NOTHING:
            name = folder
        if name in found:
            name = f"{name} ({folder})"
        number = 2
        while name in found:
            name = f"{name.rpartition(' #')[0] or name} #{number}"
            number += 1
        found[name] = stored
    return found


def _ordered(results: Mapping[str, StoredResult], ranking: Ranking | None) -> list[str]:
    if ranking is not None:
        return [*(one.name for one in ranking.ranked), *ranking.unranked]
    scores = {name: one.document["rmqm"] for name, one in results.items()}
    return sorted(scores, key=lambda name: (scores[name] is None, -(scores[name] or 0), name))


def _keys() -> Iterable[str]:
    return (letter(number).upper() for number in count())
