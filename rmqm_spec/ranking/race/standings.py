"""Who is above whom, and who is still in the race: the decisions of one look after another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

from attrs import evolve, field, frozen

from rmqm_spec.ranking.race.comparison import Comparison
from rmqm_spec.ranking.race.rules import Rules
from rmqm_spec.ranking.records import NEGLIGIBLE

__all__ = ["Decision", "Standings"]

PATIENCE: Final = 100
"""Inputs for which all wait for an encoder without a score: on few, one input can undo it."""


@frozen(kw_only=True)
class Decision:
    """
    A pair that the race decided.

    Parameters
    ----------
    first, second : str
        The encoder above, and that below.
    n : int
        Number of common inputs at the look that decided it.
    difference, error : float
        Difference of their scores at that look, and its standard error.
    bound : float
        Standard errors from zero that were asked for.
    """

    first: str
    second: str
    n: int
    difference: float
    error: float
    bound: float


@frozen(kw_only=True)
class Standings:
    """
    The state of a race after a look.

    Parameters
    ----------
    names : tuple of str
        All encoders.
    active : tuple of str
        Those that go on.
    decisions : tuple of Decision
        Pairs that are decided.
    level : frozenset of frozenset of str
        Pairs that surely differ by less than the margin.
    n_looks : int
        Looks taken.
    """

    names: tuple[str, ...]
    active: tuple[str, ...]
    decisions: tuple[Decision, ...] = ()
    level: frozenset[frozenset[str]] = field(default=frozenset())
    n_looks: int = 0

    @classmethod
    def start(cls, names: Sequence[str]) -> Standings:
        """Return the standings before the first look: everything is open."""
        return cls(names=tuple(names), active=tuple(names))

    @property
    def is_settled(self) -> bool:
        """Whether there is nothing left to find out."""
        return not self.active

    @property
    def best(self) -> str | None:
        """The encoder that is surely the best, once all others are put out."""
        beaten = {one.second for one in self.decisions}
        left = [name for name in self.names if name not in beaten]
        return left[0] if len(left) == 1 and len(self.names) > 1 else None

    def open_pairs(self, among: Sequence[str]) -> list[tuple[str, str]]:
        """Return the pairs that are neither decided nor level."""
        closed = {frozenset((one.first, one.second)) for one in self.decisions} | self.level
        return [pair for pair in combinations(among, 2) if frozenset(pair) not in closed]

    def after(self, seen: Comparison, rules: Rules) -> Standings:
        """
        Return the standings after a look.

        Parameters
        ----------
        seen : Comparison
            Of the active encoders that have a score on the inputs so far; the others stay.
        rules : Rules
            Of the race.

        Returns
        -------
        Standings
            Decided pairs stay decided, and who has left does not come back.
        """
        now = evolve(self, n_looks=self.n_looks + 1)
        while decided := tuple(_newly_decided(now, seen, rules)):
            now = evolve(now, decisions=(*now.decisions, *decided))
        now = evolve(now, level=now.level | frozenset(_newly_level(now, seen, rules)))
        return evolve(now, active=_still_needed(now, seen, rules))


def _newly_decided(now: Standings, seen: Comparison, rules: Rules) -> Iterator[Decision]:
    n_open, n_active = len(now.open_pairs(now.names)), len(_unbeaten(now, rules))
    bound = rules.to_decide(n_open, n_active, len(now.names), seen.n)
    for pair, difference, error in _judged(now, seen):
        if abs(difference) > max(bound * error, NEGLIGIBLE):
            first, second = pair if difference > 0 else pair[::-1]
            yield Decision(
                first=first,
                second=second,
                n=seen.n,
                difference=abs(difference),
                error=error,
                bound=bound,
            )


def _unbeaten(now: Standings, rules: Rules) -> list[str]:
    """Return the encoders in the race; where only the best counts, those that it may still be."""
    beaten = {one.second for one in now.decisions} if rules.until == "best" else set()
    return [name for name in now.active if name not in beaten]


def _newly_level(now: Standings, seen: Comparison, rules: Rules) -> Iterator[frozenset[str]]:
    bound = rules.of_all_pairs(len(now.names), seen.n)
    for pair, difference, error in _judged(now, seen):
        if abs(difference) + bound * error < rules.margin:
            yield frozenset(pair)


def _judged(now: Standings, seen: Comparison) -> Iterator[tuple[tuple[str, str], float, float]]:
    """Yield the open pairs that have inputs enough for their skewness, with what was seen."""
    for pair in now.open_pairs(seen.names):
        row, column = map(seen.names.index, pair)
        if seen.n >= seen.least[row, column]:
            yield pair, float(seen.differences[row, column]), float(seen.errors[row, column])


def _still_needed(now: Standings, seen: Comparison, rules: Rules) -> tuple[str, ...]:
    """Return who goes on: those with an open pair that matters, and those without a score yet."""
    racing = [name for name in _unbeaten(now, rules) if name in seen.names]
    scoreless = [name for name in now.active if name not in seen.names]
    needed = {name for pair in now.open_pairs(racing) for name in pair}
    if scoreless and seen.n < PATIENCE:
        needed |= {*racing}
    if not needed:
        return ()
    return tuple(name for name in now.active if name in needed or name in scoreless)
