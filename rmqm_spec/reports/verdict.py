"""What a meeting needs to hear first: which encoder, by how much, how sure, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from rmqm_spec.contracts.alteration import AlterationKind
from rmqm_spec.ranking import (
    NEGLIGIBLE,
    Pair,
    Ranking,
    left_out,
    left_out_words,
    rounded_up,
)
from rmqm_spec.ranking.null import is_level_with_null
from rmqm_spec.ranking.parts import shares
from rmqm_spec.reports.content import ReportContent, ReportedEncoder
from rmqm_spec.reports.words import TERM_WORDS, interval_words, listed, percent, short, signed

__all__ = ["Verdict", "verdict_of"]


_STATUS: Final[Mapping[str, str]] = {
    "collapsed": "its encodings do not move at all",
    "constant-steps": "its distances do not change from level to level",
    "undefined-terms": "too many of its relative changes divide by zero",
}


_ALONE = (
    "Little: compare it with scores of other encoders on the same inputs, and with the score of "
    "the same network with permuted weights."
)
_LIMITS = (
    "RMQM predicts how well search by nearest neighbours will do; it does not measure it. With "
    "labels, check the choice: rmqm-spec probe. The intervals cover the choice of inputs from this "
    "source only: not other data, sizes or preprocessing, nor another training run."
)


@frozen(kw_only=True)
class Verdict:
    """
    The first thing on the page.

    Parameters
    ----------
    headline : str
        One sentence.
    points : tuple of tuple of two str
        A question each, and its answer.
    """

    headline: str
    points: tuple[tuple[str, str], ...]


def verdict_of(content: ReportContent) -> Verdict:
    """State what the results show."""
    scored = [encoder for encoder in content.encoders if encoder.has_score]
    if not scored:
        return Verdict(headline=_nothing(content.encoders), points=_limits(content, scored))
    if not content.alteration.ranks:
        return _without_ranking(content, scored)
    if content.ranking is None or len(content.ranking.ranked) == 1:
        return _of_single(content, scored[0])
    return _of_many(content, content.ranking, scored)


def _nothing(encoders: Sequence[ReportedEncoder]) -> str:
    if len(encoders) == 1:
        encoder = encoders[0]
        return f"{short(encoder.name)} has no score: {_STATUS[encoder.characteristics.status]}."
    return f"None of the {len(encoders)} encoders has a score."


def _of_single(content: ReportContent, encoder: ReportedEncoder) -> Verdict:
    others = len(content.encoders) - 1
    rest = "" if not others else f"; no other encoder has a score ({others} without)"
    interval = interval_words(encoder.interval)
    return Verdict(
        headline=f"{short(encoder.name)} scores RMQM {encoder.characteristics.rmqm:.3f} "
        f"({interval}){rest}.",
        points=(
            ("How sure?", _how_sure(encoder)),
            ("What drives it?", _what_drives(encoder)),
            ("What does it say alone?", _ALONE),
            ("On which inputs?", _on_which_inputs(content)),
            *_limits(content, [encoder]),
        ),
    )


def _without_ranking(content: ReportContent, scored: Sequence[ReportedEncoder]) -> Verdict:
    scores = "; ".join(
        f"{short(encoder.name)} {encoder.characteristics.rmqm:.3f}" for encoder in scored
    )
    rule = content.alteration.title
    return Verdict(
        headline=f"RMQM under {rule}: {scores}. These scores do not rank encoders.",
        points=(
            ("How sure?", _each(scored, _how_sure)),
            ("What drives it?", _each(scored, _what_drives)),
            ("Which to take?", _which_to_take(content.alteration)),
            ("On which inputs?", _on_which_inputs(content)),
            *_limits(content, scored),
        ),
    )  # fmt: skip


def _which_to_take(alteration: AlterationKind) -> str:
    return (
        f"These scores cannot say: {alteration.why_not}. Rank by scores under white noise, and "
        "report these beside them."
    )


def _of_many(
    content: ReportContent, ranking: Ranking, scored: Sequence[ReportedEncoder]
) -> Verdict:
    first, second = ranking.ranked[:2]
    pair = ranking.pair(first.name, second.name)
    tied = [ranked.name for ranked in ranking.ranked if ranked.name in first.same_as]
    if tied:
        headline = f"{listed([first.name, *tied])} lead and are tied."
    else:
        headline = (
            f"{short(first.name)} scores highest of {len(scored)} encoders: {pair.difference:.3f} "
            f"above the next ({interval_words(pair.interval)})."
        )
    return Verdict(
        headline=headline,
        points=(
            ("By how much?", _by_how_much(pair, ranking)),
            ("How sure?", _how_sure_of_order(ranking)),
            ("What drives it?", _what_parts(pair, scored[0])),
            ("On which inputs?", _on_which_inputs(content)),
            *_limits(content, scored),
        ),
    )


def _by_how_much(pair: Pair, ranking: Ranking) -> str:
    interval = interval_words(pair.interval)
    if len(ranking.pairs) > 1:
        interval += ", for all pairs together"
    statement = (
        f"{short(pair.first)} stands {pair.difference:.3f} above {short(pair.second)} "
        f"({interval}), on the same {ranking.n_inputs} inputs."
    )
    if not pair.tied:
        return statement
    if pair.inputs_needed is None:
        return f"{statement} A difference below {NEGLIGIBLE:g} may be due to rounding."
    return (
        f"{statement} They are tied: to confirm so small a difference, about "
        f"{rounded_up(pair.inputs_needed):,} inputs would be needed."
    )


def _how_sure_of_order(ranking: Ranking) -> str:
    first = ranking.ranked[0]
    best = f"{short(first.name)} has the highest score with probability {percent(first.best)}"
    if len(ranking.ranked) == 2:
        return f"{best}."
    order = percent(ranking.order_probability)
    return f"{best}; the whole order is right with probability {order}."


def _how_sure(encoder: ReportedEncoder) -> str:
    interval = encoder.interval
    n = encoder.characteristics.n_inputs
    if interval is None:
        return f"Not at all: it rests on {n} input, so there is no interval."
    half = (interval[1] - interval[0]) / 2
    return f"To within ±{half:.3f} with 95 % probability, from {n:,} inputs."


def _what_drives(encoder: ReportedEncoder) -> str:
    term_shares = shares(encoder.characteristics)
    name = max(term_shares, key=lambda term: term_shares[term])
    return (
        f"{name}, {TERM_WORDS[name]}: {percent(term_shares[name])} of the sum inside the logarithm."
    )


def _what_parts(pair: Pair, first: ReportedEncoder) -> str:
    own = f"The score of {short(pair.first)} itself: {_what_drives(first)}"
    if pair.tied:
        return own
    name = max(pair.parts, key=lambda term: abs(pair.parts[term]))
    parts = ", ".join(f"{term} {signed(part)}" for term, part in pair.parts.items())
    return (
        f"The difference to {short(pair.second)} comes mostly from {name}, {TERM_WORDS[name]} "
        f"({parts}). {own}"
    )


def _on_which_inputs(content: ReportContent) -> str:
    """Tell how many inputs the numbers rest on, and why not on the others."""
    used = len(content.encoders[0].stored.ids)
    n_seen = max(encoder.document["counts"]["seen"] for encoder in content.encoders)
    rows = left_out({encoder.name: encoder.stored for encoder in content.encoders})
    if not rows:
        return f"All {used:,} that were given."
    reasons = left_out_words(rows, len(content.encoders))
    return f"{used:,} of {n_seen:,}. Left out: {reasons}."


def _limits(
    content: ReportContent, scored: Sequence[ReportedEncoder]
) -> tuple[tuple[str, str], ...]:
    limits = [
        f"{short(encoder.name)} has no score: {_STATUS[encoder.characteristics.status]}."
        for encoder in content.encoders
        if encoder not in scored and len(content.encoders) > 1
    ]
    limits += [
        f"{short(failure['name'])} could not be scored ({failure['code']})."
        for failure in content.failed
    ]
    limits += [
        f"{short(encoder.name)} does not score above the same network with permuted weights: its "
        "score is no evidence for its training."
        for encoder in scored
        if is_level_with_null(encoder.document.get("null"))
    ]
    codes = {code for encoder in content.encoders for code in _warned(encoder.document)}
    if codes | {note.code for note in content.notes}:
        limits.append("Read the warnings above before any number.")
    if any(encoder.document.get("null") is None for encoder in scored) and content.alteration.ranks:
        limits.append(
            "Not every encoder has a null: an untrained network can outscore a trained one, and "
            "only the same network with permuted weights shows what training added."
        )
    return (("When not to believe it?", " ".join([*limits, _LIMITS])),)


def _each(encoders: Sequence[ReportedEncoder], say: Callable[[ReportedEncoder], str]) -> str:
    if len(encoders) == 1:
        return say(encoders[0])
    return " ".join(f"{encoder.key}: {say(encoder)}" for encoder in encoders)


def _warned(document: Mapping[str, Any]) -> set[str]:
    return {finding["code"] for finding in document["findings"] if finding["level"] != "ok"}
