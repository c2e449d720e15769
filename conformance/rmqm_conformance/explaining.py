"""Explain the failures of a finished report: by likely mistakes, and by the failure they follow."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from attrs import frozen

__all__ = ["Explanation", "Judged", "explained"]

_NUMBER = re.compile(r"-?(?:\d[\d.]*(?:e[+-]?\d+)?|nan|inf)\b|'[^']*'")


_FEW = 3
"""A single failure names a mistake if it has at most so many explanations."""


class Judged(Protocol):
    """What is needed of an outcome."""

    @property
    def id(self) -> str:
        """Of the check."""
        ...

    @property
    def status(self) -> str:
        """How it ended."""
        ...

    @property
    def clauses(self) -> tuple[str, ...]:
        """What it checks."""
        ...

    @property
    def message(self) -> str:
        """The value and what it should be."""
        ...

    @property
    def mistakes(self) -> tuple[str, ...]:
        """Known mistakes that would explain a failure."""
        ...


@frozen(kw_only=True)
class Explanation:
    """
    What is behind the failures of a run.

    Parameters
    ----------
    mistakes : dict of str to str
        The likely mistake by id of check, where there is any.
    likely : tuple of (str, int)
        The likely mistakes and how many failures each explains, most first.
    follows : dict of str to str
        By id of check, the failure of the same kind that came first: of the same likely mistake,
        or of the same clause with the same message but for its values.
    n_failed : int
        Number of failures.
    """

    mistakes: dict[str, str]
    likely: tuple[tuple[str, int], ...]
    follows: dict[str, str]
    n_failed: int

    def followers(self, leader: str) -> tuple[str, ...]:
        """Return the failures that follow another."""
        return tuple(name for name, first in self.follows.items() if first == leader)


def explained(outcomes: Sequence[Judged]) -> Explanation:
    """Explain failures by as few mistakes as possible, those that explain most first."""
    failed = [outcome for outcome in outcomes if outcome.status in {"failed", "errored"}]
    mistakes: dict[str, str] = {}
    likely = []
    rest = [outcome for outcome in failed if outcome.mistakes]
    while rest:
        words = _most_explaining(rest)
        named = [outcome.id for outcome in rest if words in outcome.mistakes]
        if len(named) == 1:
            rest = [outcome for outcome in rest if len(outcome.mistakes) <= _FEW]
            if not rest:
                break
            words = _most_explaining(rest)
            named = [outcome.id for outcome in rest if words in outcome.mistakes]
        mistakes |= dict.fromkeys(named, words)
        likely.append((words, len(named)))
        rest = [outcome for outcome in rest if words not in outcome.mistakes]
    return Explanation(
        mistakes=mistakes,
        likely=tuple(likely),
        follows=_follows(failed, mistakes),
        n_failed=len(failed),
    )


def _most_explaining(outcomes: Sequence[Judged]) -> str:
    """Return the mistake of most outcomes; among equals, the one that stands nearest to the top."""
    counts = Counter(words for outcome in outcomes for words in outcome.mistakes)
    places: Counter[str] = Counter()
    for outcome in outcomes:
        places.update({words: place for place, words in enumerate(outcome.mistakes)})
    return min(counts, key=lambda words: (-counts[words], places[words]))


def _follows(failed: Sequence[Judged], mistakes: dict[str, str]) -> dict[str, str]:
    first: dict[str, str] = {}
    follows = {}
    for outcome in failed:
        leader = first.setdefault(_kind(outcome, mistakes.get(outcome.id)), outcome.id)
        if leader != outcome.id:
            follows[outcome.id] = leader
    return follows


def _kind(outcome: Judged, mistake: str | None) -> str:
    """Return what failures of a kind share: the mistake, or clause and pattern of the message."""
    if mistake is not None:
        return mistake
    return f"{outcome.clauses[0]} {_NUMBER.sub('#', outcome.message)}"
