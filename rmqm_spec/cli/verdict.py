"""What a ranking says, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

from rmqm_spec.cli.probe_verdict import about_probes
from rmqm_spec.cli.race_words import race_words
from rmqm_spec.ranking.by_words import by_words, probability_words
from rmqm_spec.ranking.caveats import caveats
from rmqm_spec.ranking.evidence import EVIDENCE
from rmqm_spec.ranking.left_out import left_out_words
from rmqm_spec.ranking.likeness import likeness
from rmqm_spec.ranking.null import is_level_with_null
from rmqm_spec.ranking.tie_words import tie_words
from rmqm_spec.runs.probed import ProbedModels

__all__ = ["verdict"]


def verdict(document: Mapping[str, Any], probed: ProbedModels | None = None) -> list[str]:
    """
    Return the sentences of a verdict.

    Parameters
    ----------
    document : mapping
        Of a ranking (``rmqm-rank/1``).
    probed : ProbedModels, optional
        Probes of the same encoders, by the same names.
    """
    ranked = document["ranked"]
    if document.get("by") is not None:
        return [
            *by_words(document, is_probed=probed is not None),
            *(about_probes(document, probed) if probed and len(ranked) > 1 else ()),
            *_about_left_out(document),
            *_about_nulls(ranked),
        ]
    if not ranked:
        return ["No encoder has a score."]
    if len(ranked) == 1:
        alone = f"Only {ranked[0]['name']} has a score, so there is nothing to compare it with."
        return [alone, *_about_left_out(document), *_about_nulls(ranked)]
    tied = bool(ranked[0]["same_as"])
    evidence = EVIDENCE.words(likeness(ranked))
    return [
        *race_words(document),
        _about_the_first(document),
        *(_apart(document) if tied else ()),
        *(about_probes(document, probed) if probed else [evidence] if tied else ()),
        *_about_left_out(document),
        *_about_ties(document),
        *_about_the_order(document),
        *_about_nulls(ranked),
        *(() if tied or probed else [evidence]),
    ]


def _about_the_order(document: Mapping[str, Any]) -> Iterator[str]:
    """Say how sure the order is, unless scores are equal: those have none; a race says it."""
    if "race" in document:
        return
    names = [encoder["name"] for encoder in document["ranked"]]
    if all(_pair(document, *pair)["difference"] > 0 for pair in pairwise(names)):
        probability = probability_words(document["order_probability"])
        yield f"The whole order is right with probability {probability}."


def _about_the_first(document: Mapping[str, Any]) -> str:
    """Name the leader, unless a careful colleague would not; with what weakens the comparison."""
    ranked = document["ranked"]
    first, second = ranked[:2]
    on = f"on these {document['inputs']:,} inputs"
    if "race" in document:
        on = "on the inputs that both were given"
    best = (
        f"{first['name']} has the highest score with probability {probability_words(first['best'])}"
    )
    but = _caveats(document)
    if is_level_with_null(first["null"]):
        return f"{_without_evidence(ranked)}{but}."
    if first["same_as"]:
        return f"No encoder is clearly the best {on}: {best}{but}."
    pair = _pair(document, first["name"], second["name"])
    return (
        f"{best}, {on}: {_difference(pair)} above the next, {second['name']}, "
        f"mostly because of {_driver(pair)}{but}."
    )


def _without_evidence(ranked: Sequence[Mapping[str, Any]]) -> str:
    """Pass the lead on, where the highest score is not above that of permuted weights."""
    first = ranked[0]
    lead = (
        f"{first['name']} has the highest score, but the same network with permuted weights scores "
        "no lower, so it does not lead"
    )
    above = [encoder for encoder in ranked if _is_above_null(encoder)]
    if not above:
        return f"{lead}: no encoder scores above its own null"
    best = above[0]
    return f"{lead}: the highest score above its own null is {best['rmqm']:.3f}, of {best['name']}"


def _is_above_null(encoder: Mapping[str, Any]) -> bool:
    null = encoder["null"]
    has_gap = null is not None and null["difference_interval"] is not None
    return bool(has_gap and not is_level_with_null(null))


def _caveats(document: Mapping[str, Any]) -> str:
    met = caveats(document)
    return f"; but {met}" if met else ""


def _apart(document: Mapping[str, Any]) -> Iterator[str]:
    """Say what sets the first of a tie apart from the next, other than the score."""
    first, second = document["ranked"][:2]
    facts = [*_facts(first, second)]
    if facts:
        yield f"What sets {first['name']} and {second['name']} apart: {'; '.join(facts)}."


def _facts(first: Mapping[str, Any], second: Mapping[str, Any]) -> Iterator[str]:
    gaps = [(encoder["null"] or {}).get("difference") for encoder in (first, second)]
    if None not in gaps:
        yield f"{gaps[0]:+.3f} against {gaps[1]:+.3f} from their nulls"
    others = second.get("measures") or {}
    for name in first.get("measures") or {}:
        if name not in others:
            continue
        values = [encoder["measures"][name]["value"] for encoder in (first, second)]
        if None not in values:
            yield f"{name} {values[0]:.4g} against {values[1]:.4g}"
    speeds = [encoder["encodings_per_second"] for encoder in (first, second)]
    if None not in speeds and speeds[0] != speeds[1]:
        yield f"{speeds[0]:,.0f} against {speeds[1]:,.0f} encodings a second"
    sizes = [(encoder.get("model") or {}).get("bytes") for encoder in (first, second)]
    if all(size is not None for size in sizes) and sizes[0] != sizes[1]:
        yield " against ".join(f"{size / 1e6:.3g}" for size in sizes if size is not None) + " MB"


def _about_left_out(document: Mapping[str, Any]) -> Iterator[str]:
    """Say how many inputs the ranking leaves out, and why."""
    if document["left_out"]:
        scored = [*document["ranked"], *document["unranked"]]
        n_seen = max(encoder["counts"]["seen"] for encoder in scored)
        reasons = left_out_words(document["left_out"], len(scored))
        yield f"Left out of {n_seen:,} inputs: {reasons}."


def _about_ties(document: Mapping[str, Any]) -> Iterator[str]:
    """Name the encoders that are tied with their neighbour in the table."""
    names = [encoder["name"] for encoder in document["ranked"]]
    return tie_words(names, partial(_pair, document), "score", _difference)


def _about_nulls(ranked: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Name the encoders whose training does not show in the score."""
    for encoder in ranked:
        if encoder["null"] is not None and encoder["null"]["rmqm"] is None:
            yield f"The null of {encoder['name']} has no score ({encoder['null']['status']})."
    level = [encoder["name"] for encoder in ranked if is_level_with_null(encoder["null"])]
    if level:
        yield (
            f"Not above the same network with permuted weights: {', '.join(level)}. Such a score "
            "is no evidence for the training."
        )


def _pair(document: Mapping[str, Any], first: str, second: str) -> Mapping[str, Any]:
    pair: Mapping[str, Any] = next(
        pair for pair in document["pairs"] if {pair["first"], pair["second"]} == {first, second}
    )
    return pair


def _difference(pair: Mapping[str, Any]) -> str:
    low, high = pair["interval"]
    return f"{pair['difference']:.3f} [{low:.3f}, {high:.3f}]"


def _driver(pair: Mapping[str, Any]) -> str:
    name, part = max(pair["parts"].items(), key=lambda item: item[1])
    return f"{name} ({part:+.3f})"
