"""Checks of any document that holds a score, without its distances."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from rmqm_spec.characteristics import WEIGHTS, rmqm
from rmqm_spec.errors import UsageError
from rmqm_spec.findings import Finding, catalogue
from rmqm_spec.identity import digest_of_json
from rmqm_spec.results.document import SCHEMA as RESULT
from rmqm_spec.validation.agreement import agreement
from rmqm_spec.validation.verdicts import verdict

__all__ = ["counts_add_up", "known_codes", "protocol_digest", "score_of_components"]

_EDITED = "The document was changed after it was written: make it again."


def known_codes(document: Mapping[str, Any]) -> Finding:
    """Look up every code of findings, skipped inputs and errors."""
    codes = set(_codes(document))
    unknown = sorted(codes - set(catalogue()))
    return verdict(
        "VAL007",
        f"every code is in the catalogue; different codes: {len(codes)}",
        [f"code {code} is not in the catalogue" for code in unknown],
        "The document was written by another version, or changed: see rmqm-spec explain.",
    )


def _codes(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("code"), str):
            yield value["code"]
        for inner in value.values():
            yield from _codes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _codes(inner)


def protocol_digest(document: Mapping[str, Any]) -> list[str]:
    """Compute the digest of the protocol again."""
    name = digest_of_json(document["protocol"])
    stated = document["protocol_sha256"]
    return [] if name == stated else [f"protocol_sha256 is {stated[:12]}..., but should be {name}"]


def counts_add_up(document: Mapping[str, Any]) -> Finding:
    """Check that the counts of inputs, levels and encodings agree."""
    counts = document["counts"]
    n_levels = document["protocol"]["alteration"]["J"]
    levels = document["curves"]["levels"]
    stated = {**counts, "curves.levels": levels, "length of curves.levels": len(levels)}
    expected = {
        **counts,
        "levels": n_levels,
        "encodings": counts["used"] * (n_levels + 1),
        "unreadable": len(document["inputs"]["skipped"]),
        "seen": counts["used"] + counts["duplicates"] + counts["unreadable"],
        "curves.levels": list(range(1, len(levels) + 1)),
        "length of curves.levels": n_levels,
    }
    problems = [f"counts: {problem}" for problem in agreement(stated, expected).problems]
    if counts["stopped_early"] != (counts["seen"] < counts["offered"]):
        problems.append(
            f"counts: stopped_early is {counts['stopped_early']}, though {counts['seen']} of "
            f"{counts['offered']} inputs were seen"
        )
    return verdict("VAL006", "the counts add up", problems, _EDITED)


def score_of_components(document: Mapping[str, Any]) -> Finding:
    """Compute the score again from its components, and check the position of its interval."""
    has_score = document["status"] == "ok"
    expected: dict[str, float | None] = {"rmqm": None, "weighted_rmqm": None}
    if has_score:
        try:
            expected = _scores(document)
        except UsageError as error:
            return verdict("VAL009", "", [f"components: {error.message}"], _EDITED)
    compared = agreement({name: document[name] for name in expected}, expected)
    problems, interval = list(compared.problems), document["interval"]
    if interval and not _is_middle(document["rmqm"], interval):
        problems.append(f"rmqm {document['rmqm']} is not the middle of its interval {interval}")
    if document.get("ok", has_score) != has_score and document["schema"] == RESULT:
        problems.append(f"ok is {document['ok']}, with the status {document['status']}")
    holds = f"the score follows from its components, {compared.how}"
    return verdict("VAL009", holds if has_score else "there is no score", problems, _EDITED)


def _scores(document: Mapping[str, Any]) -> dict[str, float | None]:
    parts = document["components"]
    D, D_RC, P_RC, S = (_number(parts[name]) for name in ("D", "D_RC", "P_RC", "S"))
    if document["protocol"]["variant"] == "authors-2022":
        return {"rmqm": rmqm(D, D_RC, P_RC, S=S), "weighted_rmqm": None}
    return {
        "rmqm": rmqm(D, D_RC, P_RC),
        "weighted_rmqm": rmqm(D, D_RC, P_RC, weights=WEIGHTS),
    }


def _is_middle(score: float | None, interval: list[float]) -> bool:
    low, high = interval
    return score is not None and low <= high and math.isclose((low + high) / 2, score, rel_tol=1e-9)


def _number(value: float | None) -> float:
    return math.nan if value is None else value
