"""What a meeting needs to hear first: which, by how much, how sure, why, and when not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from attrs import frozen

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
from rmqm_spec.reports.subjects import Subject, Subjects
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
_UNDER_ATTACK = (
    "This page cannot say, because a path depends on the loss that is attacked. Rank by scores "
    "under white noise, and report these beside them."
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


def verdict_of(subjects: Subjects) -> Verdict:
    """Say what the results say."""
    scored = [one for one in subjects.encoders if one.has_score]
    if not scored:
        return Verdict(headline=_nothing(subjects.encoders), points=_limits(subjects, scored))
    if not subjects.alteration.ranks:
        return _without_ranking(subjects, scored)
    if subjects.ranking is None or len(subjects.ranking.ranked) == 1:
        return _of_one(subjects, scored[0])
    return _of_many(subjects, subjects.ranking, scored)


def _nothing(encoders: Sequence[Subject]) -> str:
    if len(encoders) == 1:
        one = encoders[0]
        return f"{short(one.name)} has no score: {_STATUS[one.found.status]}."
    return f"None of the {len(encoders)} encoders has a score."


def _of_one(subjects: Subjects, one: Subject) -> Verdict:
    others = len(subjects.encoders) - 1
    rest = "" if not others else f"; no other encoder has a score ({others} without)"
    interval = interval_words(one.interval)
    return Verdict(
        headline=f"{short(one.name)} scores RMQM {one.found.rmqm:.3f} ({interval}){rest}.",
        points=(
            ("How sure?", _how_sure(one)),
            ("What drives it?", _what_drives(one)),
            ("What does it say alone?", _ALONE),
            ("On which inputs?", _on_which_inputs(subjects)),
            *_limits(subjects, [one]),
        ),
    )


def _without_ranking(subjects: Subjects, scored: Sequence[Subject]) -> Verdict:
    scores = "; ".join(f"{short(one.name)} {one.found.rmqm:.3f}" for one in scored)
    rule = subjects.alteration.title
    return Verdict(
        headline=f"RMQM under {rule}: {scores}. These scores do not rank encoders.",
        points=(
            ("How sure?", _each(scored, _how_sure)),
            ("What drives it?", _each(scored, _what_drives)),
            ("Which to take?", _UNDER_ATTACK),
            ("On which inputs?", _on_which_inputs(subjects)),
            *_limits(subjects, scored),
        ),
    )  # fmt: skip


def _of_many(subjects: Subjects, ranking: Ranking, scored: Sequence[Subject]) -> Verdict:
    first, second = ranking.ranked[:2]
    pair = ranking.pair(first.name, second.name)
    tied = [one.name for one in ranking.ranked if one.name in first.same_as]
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
            ("On which inputs?", _on_which_inputs(subjects)),
            *_limits(subjects, scored),
        ),
    )


def _by_how_much(pair: Pair, ranking: Ranking) -> str:
    interval = interval_words(pair.interval)
    if len(ranking.pairs) > 1:
        interval += ", for all pairs together"
    said = (
        f"{short(pair.first)} stands {pair.difference:.3f} above {short(pair.second)} "
        f"({interval}), on the same {ranking.n_inputs} inputs."
    )
    if not pair.tied:
        return said
    if pair.inputs_needed is None:
        return f"{said} A difference below {NEGLIGIBLE:g} may be due to rounding."
    return (
        f"{said} They are tied: to confirm so small a difference, about "
        f"{rounded_up(pair.inputs_needed):,} inputs "
        "would be needed."
    )


def _how_sure_of_order(ranking: Ranking) -> str:
    first = ranking.ranked[0]
    best = f"{short(first.name)} has the highest score with probability {percent(first.best)}"
    if len(ranking.ranked) == 2:
        return f"{best}."
    order = percent(ranking.order_probability)
    return f"{best}; the whole order is right with probability {order}."


def _how_sure(one: Subject) -> str:
    interval = one.interval
    n = one.found.n_inputs
    if interval is None:
        return f"Not at all: it rests on {n} input, so there is no interval."
    half = (interval[1] - interval[0]) / 2
    return f"To within ±{half:.3f} with 95 % probability, from {n:,} inputs."


def _what_drives(one: Subject) -> str:
    found = shares(one.found)
    name = max(found, key=lambda term: found[term])
    return f"{name}, {TERM_WORDS[name]}: {percent(found[name])} of the sum inside the logarithm."


def _what_parts(pair: Pair, first: Subject) -> str:
    own = f"The score of {short(pair.first)} itself: {_what_drives(first)}"
    if pair.tied:
        return own
    name = max(pair.parts, key=lambda term: abs(pair.parts[term]))
    parts = ", ".join(f"{term} {signed(part)}" for term, part in pair.parts.items())
    return (
        f"The difference to {short(pair.second)} comes mostly from {name}, {TERM_WORDS[name]} "
        f"({parts}). {own}"
    )


def _on_which_inputs(subjects: Subjects) -> str:
    """Tell how many inputs the numbers rest on, and why not on the others."""
    used = len(subjects.encoders[0].stored.ids)
    seen = max(one.document["counts"]["seen"] for one in subjects.encoders)
    rows = left_out({one.name: one.stored for one in subjects.encoders})
    if not rows:
        return f"All {used:,} that were given."
    reasons = left_out_words(rows, len(subjects.encoders))
    return f"{used:,} of {seen:,}. Left out: {reasons}."


def _limits(subjects: Subjects, scored: Sequence[Subject]) -> tuple[tuple[str, str], ...]:
    told = [
        f"{short(one.name)} has no score: {_STATUS[one.found.status]}."
        for one in subjects.encoders
        if one not in scored and len(subjects.encoders) > 1
    ]
    told += [
        f"{short(one['name'])} could not be scored ({one['code']})." for one in subjects.failed
    ]
    told += [
        f"{short(one.name)} does not score above the same network with permuted weights: its score "
        "is no evidence for its training."
        for one in scored
        if is_level_with_null(one.document.get("null"))
    ]
    codes = {code for one in subjects.encoders for code in _warned(one.document)}
    if codes | {one.code for one in subjects.notes}:
        told.append("Read the warnings above before any number.")
    if any(one.document.get("null") is None for one in scored) and subjects.alteration.ranks:
        told.append(
            "Not every encoder has a null: an untrained network can outscore a trained one, and "
            "only the same network with permuted weights shows what training added."
        )
    return (("When not to believe it?", " ".join([*told, _LIMITS])),)


def _each(encoders: Sequence[Subject], say: Callable[[Subject], str]) -> str:
    if len(encoders) == 1:
        return say(encoders[0])
    return " ".join(f"{one.key}: {say(one)}" for one in encoders)


def _warned(document: Mapping[str, Any]) -> set[str]:
    return {one["code"] for one in document["findings"] if one["level"] != "ok"}
