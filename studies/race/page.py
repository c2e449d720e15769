"""The page of results: sentences first, then tables."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any, Final

from studies.race.designs import SATURATED

__all__ = ["page", "saved"]

Document = dict[str, Any]

_PAPER: Final = 10_000
_DOCUMENTED: Final = 1_000


def page(document: Document) -> str:
    """Return the page of a document, as Markdown."""
    parts = [
        ["# Races and precise scores, simulated", "", *_sentences(document)],
        _scores(document),
        _races(document, "order"),
        _races(document, "best"),
        _level(document),
        _rules(document),
    ]
    return "\n".join(line for part in parts for line in (*part, "")).rstrip() + "\n"


def saved(entry: Document, number: int | None = None) -> float:
    """Return how many times fewer inputs a race took than a fixed number for all its encoders."""
    number = entry["fixed"]["number"] if number is None else number
    return float(number * entry["encoders"] / entry["inputs"])


def _of(document: Document, until: str, kind: str) -> list[Document]:
    return [one for one in document["races"] if (one["until"], one["kind"]) == (until, kind)]


def _sentences(document: Document) -> list[str]:
    real, best = _of(document, "order", "real"), _of(document, "best", "real")
    level = _of(document, "order", "level") + _of(document, "best", "level")
    usual = [one for one in document["scores"] if one["name"] not in SATURATED]
    covered = [end["covered"] for one in usual for end in one["until"]]
    inputs = [one["until"][0]["inputs"] for one in usual]
    covers = (
        f"Intervals of scores that stop at a precision cover in {min(covered):.1%} to "
        f"{max(covered):.1%} of the runs ({len(usual)} encoders, two precisions). A half width of "
        f"0.05 takes {median(inputs):.0f} inputs in the median, {_PAPER / median(inputs):.0f} "
        f"times fewer than {_PAPER:,}."
    )
    errs = (
        f"A race errs in at most {max(one['wrong'] for one in real + best):.1%} of the runs on "
        f"real encoders, and in at most {max(one['wrong'] for one in level):.1%} where encoders "
        "are exactly level."
    )
    saves = (
        f"Until the order is settled, a race takes {median(map(saved, real)):.1f} times fewer "
        "encodings in the median than the fewest fixed inputs that settle 95 % of the samples "
        f"(nobody knows that number before), {median(_paper(real)):.0f} times fewer than "
        f"{_PAPER:,} for all. Until the best is known: {median(map(saved, best)):.1f} and "
        f"{median(_paper(best)):.0f} times fewer."
    )
    lead = (
        f"Inputs are drawn with replacement from stored values of {len(document['scores'])} real "
        f"encoders, so that the truth is known; {document['runs']:,} runs of each simulation, at "
        f"most {document['most']:,} inputs."
    )
    return [lead, "", *(f"- {point}" for point in (covers, errs, saves))]


def _paper(entries: Sequence[Document]) -> list[float]:
    return [saved(entry, _PAPER) for entry in entries]


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [
        f"| {' | '.join(heads)} |",
        "|" + " --- |" * len(heads),
        *(f"| {' | '.join(row)} |" for row in rows),
    ]


def _scores(document: Document) -> list[str]:
    heads = ["encoder", "inputs for 0.05", "cover", "inputs for 0.02", "cover", "cover at N = 100"]
    rows = []
    for one in document["scores"]:
        ends = [cell for end in one["until"] for cell in (f"{end['inputs']:,.0f}", _share(end))]
        rows.append([_name(one["name"]), *ends, f"{one['fixed_100']:.3f}"])
    note = "`*`: probabilities of classes, near 0 or 1 for most inputs; a few inputs decide."
    return ["## Scores with a precision", "", *_table(heads, rows), "", note]


def _name(name: str) -> str:
    return f"{name} `*`" if name in SATURATED else name


def _share(end: Document) -> str:
    return f"{end['covered']:.3f}"


def _races(document: Document, until: str) -> list[str]:
    heads = [
        "encoders",
        "encodings, race",
        "fixed N",
        f"N = {_DOCUMENTED:,}",
        f"N = {_PAPER:,}",
        "settled",
        "wrong",
        "some interval misses",
    ]
    rows = [
        [
            one["name"],
            f"{100 * one['inputs']:,.0f}",
            _fixed(one),
            f"{saved(one, _DOCUMENTED):.1f}",
            f"{saved(one, _PAPER):.1f}",
            f"{one['settled']:.3f}",
            f"{one['wrong']:.4f}",
            f"{one['missed']:.3f}",
        ]
        for one in _of(document, until, "real")
    ]
    note = (
        "Columns N: how many times the encodings of the race; `fixed N` is the fewest inputs that "
        "settle 95 % of the samples. N = 1,000 often settles nothing."
    )
    return [f"## Races until the {until} is settled", "", *_table(heads, rows), "", note]


def _fixed(one: Document) -> str:
    more = "" if one["fixed"]["settled"] >= 0.95 else "> "
    return f"{more}{saved(one):.1f} ({more}{one['fixed']['number']:,})"


def _level(document: Document) -> list[str]:
    heads = ["encoders", "wrong: order", "wrong: best", "a best put out", "some interval misses"]
    best = {one["name"]: one for one in _of(document, "best", "level")}
    rows = [
        [
            one["name"],
            f"{one['wrong']:.4f}",
            f"{best[one['name']]['wrong']:.4f}",
            f"{best[one['name']]['put_out']:.4f}",
            f"{one['missed']:.4f}",
        ]
        for one in _of(document, "order", "level")
    ]
    note = (
        "Encoders that are exactly level: every decision between them is wrong. Until the best is "
        "known, it is wrong to name an encoder that another is above; one of several that are "
        "level may be put out."
    )
    return ["## Races of encoders that are level", "", *_table(heads, rows), "", note]


def _rules(document: Document) -> list[str]:
    used = next(one for one in document["rules"] if "in use" in one["name"])
    rows = [
        [one["name"], f"{median(_ratios(one, used)):.2f}", f"{max(_ratios(one, used)):.2f}"]
        for one in document["rules"]
    ]
    heads = ["rule", "encodings, median of the races", "largest"]
    note = "Encodings until the order is settled, in multiples of those of the rule in use."
    return ["## Rules that were tried", "", *_table(heads, rows), "", note]


def _ratios(one: Document, used: Document) -> list[float]:
    return [mine / its for mine, its in zip(one["inputs"], used["inputs"], strict=True)]
