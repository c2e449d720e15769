"""What differs between two results as plain data: the document ``rmqm-diff/1``."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from attrs import asdict

from rmqm_spec.characteristics import Characteristics
from rmqm_spec.differences.fields import FieldDifference, unlike_fields
from rmqm_spec.differences.scores import ScoreDifference, score_difference
from rmqm_spec.differences.shared import (
    ComparablePair,
    InputSets,
    comparable_pair,
    input_sets,
    recomputable,
)
from rmqm_spec.results.document import plain
from rmqm_spec.results.providers import provider_findings
from rmqm_spec.results.stored import StoredResult

__all__ = ["SCHEMA", "difference_document"]

SCHEMA: Final = "rmqm-diff/1"
"""Name of the document; ``schemas/diff.schema.json`` describes it."""

_NUMBERS = ("rmqm", "interval", "status", "components", "weighted_rmqm", "curves")


def difference_document(
    first: StoredResult, second: StoredResult, *, recompute: bool = False, top: int = 5
) -> dict[str, Any]:
    """
    Compare two results field by field, and number by number where they are comparable.

    Parameters
    ----------
    first, second : StoredResult
        Changes are counted from the first to the second.
    recompute : bool
        Compute both again from their distances, over the inputs that they share and by the
        variant of the first; only where they differ in nothing else.
    top : int
        How many of the inputs that changed most are named.

    Returns
    -------
    dict
        Plain data, ready for JSON. ``same`` tells whether both give the same numbers for the same
        question, bit for bit; ``comparable`` whether the scores may be subtracted.
    """
    fields, inputs = unlike_fields(first.document, second.document), input_sets(first, second)
    protocol = fields.pop("protocol")
    as_they_are = not protocol and inputs.equal
    possible = recomputable(protocol, inputs)
    compared = as_they_are or (recompute and possible)
    imposed = compared and not as_they_are
    pair = None
    if compared:
        pair = comparable_pair(first, second, inputs=inputs, recompute=imposed)
    document: dict[str, Any] = plain(
        {
            "schema": SCHEMA,
            "same": pair is not None
            and _largest_change(pair) == 0
            and (imposed or _same_numbers(first, second)),
            "comparable": compared,
            "recomputable": possible and not as_they_are,
            "recomputed": pair and pair.recomputed,
            "results": [_side(result) for result in (first, second)],
            "protocol": _fields(protocol),
            **{name: _fields(unlike) for name, unlike in fields.items()},
            "findings": [
                finding.to_dict()
                for finding in provider_findings({"A": first.document, "B": second.document})
            ],
            "inputs": _inputs(first, second, inputs),
            "distances": pair and _distances(pair),
            "scores": pair
            and [_score(characteristics) for characteristics in pair.characteristics],
            "difference": pair and _difference(score_difference(pair), top),
        }
    )
    return document


def _same_numbers(first: StoredResult, second: StoredResult) -> bool:
    """Tell whether both documents hold the same numbers, whatever their distances say."""
    return all(first.document[key] == second.document[key] for key in _NUMBERS)


def _largest_change(pair: ComparablePair) -> float:
    (d, s), (other_d, other_s) = pair.distances
    return float(max(np.abs(other_d - d).max(), np.abs(other_s - s).max()))


def _side(result: StoredResult) -> dict[str, Any]:
    names = ("rmqm", "interval", "status", "components", "protocol_sha256", "result_sha256")
    model = result.document.get("model") or {}
    return {
        "result": str(result.path),
        "model": model.get("name"),
        "inputs": len(result.ids),
        **{name: result.document[name] for name in names},
    }


def _score(characteristics: Characteristics) -> dict[str, Any]:
    return {
        "rmqm": characteristics.rmqm,
        "interval": None
        if np.isnan(characteristics.interval[0])
        else list(characteristics.interval),
        "status": characteristics.status,
    }


def _fields(differing: list[FieldDifference]) -> list[dict[str, Any]]:
    return [asdict(field) for field in differing]


def _inputs(first: StoredResult, second: StoredResult, sets: InputSets) -> dict[str, Any]:
    return {
        "shared": len(sets.shared),
        "only_first": _named(first, sets.only_first),
        "only_second": _named(second, sets.only_second),
    }


def _named(result: StoredResult, ids: tuple[str, ...]) -> list[dict[str, str]]:
    names = dict(zip(result.ids, result.names, strict=True))
    return [{"id": identity, "name": names[identity]} for identity in ids]


def _distances(pair: ComparablePair) -> dict[str, float | int]:
    (d, s), (other_d, other_s) = pair.distances
    rows = ((d != other_d) | (s != other_s)).any(axis=1)
    return {"largest_change": _largest_change(pair), "inputs_changed": int(rows.sum())}


def _difference(difference: ScoreDifference | None, top: int) -> dict[str, Any] | None:
    if difference is None:
        return None
    return {
        "rmqm": difference.rmqm,
        "interval": None if np.isnan(difference.interval[0]) else list(difference.interval),
        "terms": [asdict(term) for term in difference.terms],
        "levels": difference.levels.tolist(),
        "unassigned": difference.unassigned,
        "inputs": [asdict(moved) for moved in difference.inputs[:top]],
    }
