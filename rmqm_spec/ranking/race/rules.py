"""The rules of a race: what it is to settle, how surely, and when it is looked at."""

from __future__ import annotations

from typing import Final

from attrs import frozen

from rmqm_spec.characteristics.interval import LEVEL
from rmqm_spec.contracts.race import Until
from rmqm_spec.ranking.race.boundary import boundary, limit
from rmqm_spec.ranking.records import NEGLIGIBLE

__all__ = ["Rules"]

_SHARE: Final = 0.8
"""Of the error that is allowed; the rest is for differences of few inputs, which are not normal."""


@frozen(kw_only=True)
class Rules:
    """
    What a race is to settle, how surely, and when it is looked at.

    Parameters
    ----------
    until : {"order", "best"}
        Whether the whole order is to be settled, or only which encoder is the best.
    looks : tuple of int
        Numbers of inputs after which differences are judged, from `looks`.
    confidence : float
        Probability that no decision of the race is wrong.
    margin : float
        Encoders that surely differ by less than this are level: no more inputs are spent on them.

    Notes
    -----
    docs/racing.md derives the bounds and says what they were tried on.
    """

    until: Until
    looks: tuple[int, ...]
    confidence: float = LEVEL
    margin: float = NEGLIGIBLE

    @property
    def error(self) -> float:
        """Probability of a wrong decision that the bounds allow, for normal differences."""
        return _SHARE * (1 - self.confidence)

    def to_decide(self, n_open: int, n_active: int, n_encoders: int, n: int) -> float:
        """
        Return how many standard errors from zero decide a pair.

        Parameters
        ----------
        n_open, n_active, n_encoders : int
            Pairs that are open, encoders that are in the race, and all of them.
        n : int
            Inputs so far.
        """
        shares = self._shares(n_open, n_active, n_encoders)
        return limit(boundary(self.error / shares, self.looks), n)

    def _shares(self, n_open: int, n_active: int, n_encoders: int) -> float:
        """
        Return among how many the error is shared: for the order, the open pairs (Holm's step-down).

        For the best, the encoders that could still put it out. The i-th last of them to leave had
        at most 1/i of the error, half of it to this side: half the harmonic sum bounds them all.
        """
        if self.until == "order":
            return max(n_open, 1)
        harmonic = sum(1 / number for number in range(1, n_encoders))
        return max(harmonic / 2, 1) * max(min(n_open, n_active - 1), 1)

    def of_all_pairs(self, n_encoders: int, n: int) -> float:
        """Return how many standard errors cover all differences at all looks together."""
        n_pairs = n_encoders * (n_encoders - 1) // 2
        return limit(boundary(self.error / max(n_pairs, 1), self.looks), n)

    def of_one_pair(self, n: int) -> float:
        """Return how many standard errors cover a single difference at all looks."""
        return limit(boundary(self.error, self.looks), n)
