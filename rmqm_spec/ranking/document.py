"""The ranking as plain data: the document ``rmqm-rank/1``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import asdict

from rmqm_spec.characteristics.interval import LEVEL
from rmqm_spec.errors import RmqmError
from rmqm_spec.findings import Finding
from rmqm_spec.identity import digest_of_json
from rmqm_spec.ranking.by_records import MeasureRanking
from rmqm_spec.ranking.columns import between_sections
from rmqm_spec.ranking.joint import N_DRAWS, SEED
from rmqm_spec.ranking.left_out import left_out
from rmqm_spec.ranking.race.outcome import RaceOutcome
from rmqm_spec.ranking.records import Ranking
from rmqm_spec.ranking.support import support_of
from rmqm_spec.results.document import plain
from rmqm_spec.results.stored import StoredResult

__all__ = ["SCHEMA", "ranking_digest", "ranking_document"]

SCHEMA: Final = "rmqm-rank/1"
"""Name of the document; ``schemas/rank.schema.json`` describes it."""

_SIMULTANEOUS = "largest absolute t over all pairs (multivariate t)"
_OVER_LOOKS = "the same bound at every look (Pocock), its error shared by all pairs"
_FROM_RESULT = ("status", "components", "counts", "model", "output", "null")
_SHARED = ("variant", "alteration", "specification")


def ranking_document(
    ranking: Ranking,
    results: Mapping[str, StoredResult],
    findings: Sequence[Finding],
    *,
    failed: Mapping[str, RmqmError] | None = None,
    speeds: Mapping[str, float | None] | None = None,
    by: MeasureRanking | None = None,
    race: RaceOutcome | None = None,
) -> dict[str, Any]:
    """
    Return a ranking as plain data, ready for JSON.

    Parameters
    ----------
    ranking : Ranking
        The ranking.
    results : mapping of str to StoredResult
        The results behind it, by name of the encoder.
    findings : sequence of Finding
        Findings about the ranking.
    failed : mapping of str to RmqmError, optional
        Models that could not be scored, by name, and why.
    speeds : mapping of str to float, optional
        Encodings per second, of those that were scored just now.
    by : MeasureRanking, optional
        The order by another measure, where one was asked for.
    race : RaceOutcome, optional
        The race that it comes of, if any.

    Returns
    -------
    dict
        Undefined numbers are None. ``rmqm`` and ``interval`` are those of the first encoder, None
        where none has a score.
    """
    first = next(iter(ranking.ranked), None)
    between = between_sections(results)
    protocols = [result.document["protocol"] for result in results.values()]
    document: dict[str, Any] = plain(
        {
            "schema": SCHEMA,
            "rmqm": first and first.rmqm,
            "interval": first and list(first.interval),
            "protocol": {name: protocols[0][name] for name in _SHARED} if protocols else None,
            "inputs": ranking.n_inputs,
            "left_out": left_out(results, is_race=race is not None),
            "ranked": [
                {
                    **asdict(ranked),
                    **_from_result(results[ranked.name], between[ranked.name]),
                    **_speed(ranked.name, speeds),
                }
                for ranked in ranking.ranked
            ],
            "unranked": [
                {"name": name, **_from_result(results[name], between[name])}
                for name in ranking.unranked
            ],
            "failed": [
                {"name": name, "code": error.code, "message": error.message, "fix": error.fix}
                for name, error in (failed or {}).items()
            ],
            "pairs": [asdict(pair) for pair in ranking.pairs],
            "order_probability": ranking.order_probability,
            "method": {
                "differences": "paired by input, delta method, Student t",
                "simultaneous": _SIMULTANEOUS if race is None else _OVER_LOOKS,
                "level": LEVEL if race is None else race.rules.confidence,
                "quantile": ranking.quantile,
                "draws": N_DRAWS,
                "seed": SEED,
            },
            **({} if by is None else {"by": by_section(by)}),
            **({} if race is None else {"race": race.section()}),
            "findings": [finding.to_dict() for finding in findings],
        }
    )
    digests = {name: result.document["result_sha256"] for name, result in results.items()}
    document["ranking_sha256"] = ranking_digest(
        digests, by.asked.text if by else None, race.rules.until if race else None
    )
    return document


def ranking_digest(results: Mapping[str, str], by: str | None, until: str | None = None) -> str:
    """Name a ranking by the digests of its results, what else orders them, and its race."""
    more = {"by": by, "until": until}
    return digest_of_json(
        {"results": dict(results), **{name: value for name, value in more.items() if value}}
    )


def by_section(by: MeasureRanking) -> dict[str, Any]:
    """Return the order by another measure as plain data."""
    support = support_of(by.asked.measure)
    return {
        "asked": by.asked.text,
        "measure": by.asked.measure,
        "title": by.measure.title,
        "units": by.measure.units,
        "source": by.measure.source,
        "first": by.first.end,
        "basis": by.first.basis,
        "contrary": by.first.is_contrary,
        "study": support and asdict(support),
        "certain": by.is_certain,
        "ranked": [asdict(place) for place in by.ranked],
        "unranked": [{"name": name, "status": status} for name, status in by.unranked.items()],
        "pairs": [asdict(pair) for pair in by.pairs],
        "order_probability": by.order_probability,
        "quantile": by.quantile,
        "groups": by.n_groups,
    }


def _speed(name: str, speeds: Mapping[str, float | None] | None) -> dict[str, float | None]:
    return {"encodings_per_second": (speeds or {}).get(name)}


def _from_result(result: StoredResult, between: Mapping[str, Any]) -> dict[str, Any]:
    document = result.document
    measures = {**(document.get("measures") or {}), **between}
    return {
        **{name: document.get(name) for name in _FROM_RESULT},
        **({"measures": measures} if measures else {}),
        "geometry": document["protocol"].get("inputs"),
        "result": str(result.path),
        "result_sha256": document["result_sha256"],
        "findings": [finding for finding in document["findings"] if finding["level"] != "ok"],
    }
