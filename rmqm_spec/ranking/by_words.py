"""What a ranking by another measure than RMQM says, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import pairwise
from typing import Any

from rmqm_spec.contracts.alteration import AlterationKind
from rmqm_spec.contracts.registry import default_alteration, facts_of
from rmqm_spec.errors import RmqmError
from rmqm_spec.measures.named import measure_named
from rmqm_spec.ranking.caveats import caveats
from rmqm_spec.ranking.evidence import EVIDENCE
from rmqm_spec.ranking.support import Support, title_in_study
from rmqm_spec.ranking.tie_words import tie_words

__all__ = ["by_words", "probability_words"]

_GROWS = "RNK008"


def by_words(document: Mapping[str, Any], *, is_probed: bool = False) -> list[str]:
    """
    Return the sentences of a verdict.

    Parameters
    ----------
    document : mapping
        Of a ranking (``rmqm-rank/1``) that has ``by``.
    is_probed : bool
        Whether the encoders were probed with labels: then nothing sends there.
    """
    by = document["by"]
    return [
        *_about_the_first(document, by),
        *_about_caveats(document, by),
        *_about_size(document, by),
        *_about_the_undefined(by),
        *_about_ties(by),
        *_about_the_order(by),
        _about_the_end(by, is_probed),
        *_about_the_alteration(document, by),
        *_about_rmqm(document, by),
    ]


def probability_words(value: float) -> str:
    """
    Return a probability; nothing is ever certain.

    Examples
    --------
    >>> probability_words(0.9999), probability_words(0.5)
    ('above 0.999', '0.500')
    """
    return "above 0.999" if value > 0.999 else "below 0.001" if value < 0.001 else f"{value:.3f}"


def _about_the_first(document: Mapping[str, Any], by: Mapping[str, Any]) -> Iterator[str]:
    ranked, measure = by["ranked"], f"{by['title']} ({by['first']} values first)"
    if not ranked:
        yield f"No encoder has a value of {by['title']}."
        return
    first = ranked[0]
    if len(ranked) == 1:
        yield (
            f"Only {first['name']} has a value of {by['title']}, {first['value']:.4g}, so there is "
            "nothing to compare it with."
        )
        return
    on, second = f"on these {document['inputs']:,} inputs", ranked[1]
    if not by["certain"]:
        if second["position"] == first["position"]:
            equal = [place["name"] for place in ranked if place["position"] == first["position"]]
            yield (
                f"By {measure}, {', '.join(equal[:-1])} and {equal[-1]} share the first place with "
                f"{first['value']:.4g}, {on}."
            )
        else:
            yield (
                f"By {measure}, {first['name']} comes first with {first['value']:.4g}, {on}; next "
                f"is {second['name']} with {second['value']:.4g}."
            )
        yield (
            f"No interval of differences is known for {by['title']}: the order is that of the "
            "values alone; how certain it is, and which encoders are tied, is not known."
        )
        return
    probability = probability_words(first["best"])
    if first["same_as"]:
        yield (
            f"By {measure}, no encoder is clearly first {on}: {first['name']} is first with "
            f"probability {probability}."
        )
        return
    pair = _pair(by, first["name"], second["name"])
    yield (
        f"By {measure}, {first['name']} is first with probability {probability}, {on}: "
        f"{_difference(pair)} before the next, {second['name']}."
    )


def _about_caveats(document: Mapping[str, Any], by: Mapping[str, Any]) -> Iterator[str]:
    if len(by["ranked"]) > 1 and (met := caveats(document)):
        yield f"What weakens the comparison of the encoders: {met}."


def _about_size(document: Mapping[str, Any], by: Mapping[str, Any]) -> Iterator[str]:
    for finding in document.get("findings", ()):
        if finding["code"] == _GROWS:
            yield (
                f"{by['title']} grows with the embedding size, and the sizes differ: the order may "
                f"be that of the sizes. {finding['fix']}"
            )


def _about_the_undefined(by: Mapping[str, Any]) -> Iterator[str]:
    for entry in by["unranked"]:
        yield f"{entry['name']} comes last: it has no value of {by['title']} ({entry['status']})."


def _about_ties(by: Mapping[str, Any]) -> Iterator[str]:
    """Name the encoders that are tied with their neighbour in the table."""
    names = [place["name"] for place in by["ranked"]]
    return tie_words(names, partial(_pair, by), by["title"], _difference)


def _about_the_order(by: Mapping[str, Any]) -> Iterator[str]:
    """Say how certain the order is, unless values are equal: those have no order."""
    names = [place["name"] for place in by["ranked"]]
    if by["order_probability"] is not None and all(
        _pair(by, *pair)["difference"] > 0 for pair in pairwise(names)
    ):
        yield (
            f"The whole order is right with probability "
            f"{probability_words(by['order_probability'])}."
        )


def _about_the_end(by: Mapping[str, Any], is_probed: bool) -> str:
    """Say why these values are first, and how well they predicted."""
    end, title, study = by["first"], by["title"], by["study"]
    support = None if study is None else Support(**{**study, **_tuples(study)})
    studied = title_in_study(by["measure"], title)
    source = f"in a study of {EVIDENCE.n_encoders} small encoders"
    if by["contrary"]:
        told = (
            f"{source} {support.end} values of {studied} went with accuracy, by a Spearman "
            f"correlation of {support.words} (docs/evidence.md)"
            if support
            else "the measure itself declares the opposite"
        )
        return f"You asked for {end} values first, against what is known: {told}."
    if support:
        advice = "" if is_probed else " With labels, rmqm-spec probe measures it."
        return (
            f"Evidence: {source}, {end} values of {studied} went with accuracy, by a Spearman "
            f"correlation of {support.words} (docs/evidence.md).{advice}"
        )
    if by["basis"] == "declared":
        return f"{title} itself declares that {end} values come first."
    return (
        f"You asked for {end} values first: neither {title} nor the study of encoders says whether "
        "high or low values go with accuracy."
    )


def _tuples(study: Mapping[str, Any]) -> dict[str, tuple[float, ...]]:
    return {name: tuple(study[name]) for name in ("neighbours", "probe")}


def _about_the_alteration(document: Mapping[str, Any], by: Mapping[str, Any]) -> Iterator[str]:
    """Say where the evidence ends: the study of encoders knew noise alone."""
    rule = _rule(document)
    if not rule.ranks and _sees_alterations(by["measure"]):
        yield (
            f"No study has held {by['title']} under {rule.title} against accuracy: this order "
            "tells how the encoders compare, not which is the better one. Whether a task needs "
            "what they keep or what they drop decides that."
        )


def _rule(document: Mapping[str, Any]) -> AlterationKind:
    protocol = document.get("protocol")  # None where nothing could be scored
    return default_alteration() if protocol is None else facts_of(protocol["alteration"])


def _sees_alterations(measure: str) -> bool:
    """Whether a measure looks at altered inputs; a measure that is not installed may."""
    try:
        return "altered" in measure_named(measure).needs
    except RmqmError:
        return True


def _about_rmqm(document: Mapping[str, Any], by: Mapping[str, Any]) -> Iterator[str]:
    """Say where RMQM would begin, unless its scores under this alteration rank no encoders."""
    scored = document["ranked"]
    if by["measure"] != "rmqm" and len(scored) > 1 and _rule(document).ranks:
        tied = " (tied)" if scored[0]["same_as"] else ""
        yield f"By RMQM, {scored[0]['name']} comes first{tied} with {scored[0]['rmqm']:.3f}."


def _pair(by: Mapping[str, Any], first: str, second: str) -> Mapping[str, Any]:
    pair: Mapping[str, Any] = next(
        pair for pair in by["pairs"] if {pair["first"], pair["second"]} == {first, second}
    )
    return pair


def _difference(pair: Mapping[str, Any]) -> str:
    low, high = pair["interval"]
    return f"{pair['difference']:.3g} [{low:.3g}, {high:.3g}]"
