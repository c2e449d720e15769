"""What came of a race, as a ranking states it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from attrs import asdict, frozen

from rmqm_spec.ranking.race.rules import Rules
from rmqm_spec.ranking.race.standings import Decision
from rmqm_spec.ranking.records import NEGLIGIBLE

__all__ = ["RaceOutcome", "Stopped"]

Stopped = Literal["settled", "budget", "inputs"]


@frozen(kw_only=True)
class RaceOutcome:
    """
    How a race went.

    Parameters
    ----------
    rules : Rules
        Its rules.
    stopped : {"settled", "budget", "inputs"}
        Whether it was settled, or what was spent before.
    n_looks : int
        Looks taken.
    numbers : mapping of str to int
        Inputs that each encoder was given.
    decisions : tuple of Decision
        The pairs that it decided.
    best : str, optional
        The encoder that is surely the best.
    budget : float, optional
        Seconds that it might take.
    sha256 : str
        Digest of what was raced and by which rules.
    """

    rules: Rules
    stopped: Stopped
    n_looks: int
    numbers: Mapping[str, int]
    decisions: tuple[Decision, ...]
    best: str | None = None
    budget: float | None = None
    sha256: str = ""

    def is_above(self, first: str, second: str) -> bool:
        """
        Whether the race put the first encoder above the second.

        Of a race until the best is known, it is the best that is above all others; which of the
        others is above which was not asked.
        """
        if self.rules.until == "best":
            return first == self.best
        return any((one.first, one.second) == (first, second) for one in self.decisions)

    def tells_apart(self, first: str, second: str, difference: float, reach: float) -> bool:
        """
        Whether an encoder is surely above another.

        Parameters
        ----------
        first, second : str
            The encoders, the first above on the inputs that both were given: a decision that later
            inputs turn round is none.
        difference : float
            Of their scores.
        reach : float
            How far the interval for all pairs together reaches to either side.
        """
        return self.is_above(first, second) or difference > max(reach, NEGLIGIBLE)

    def section(self) -> dict[str, Any]:
        """Return it as plain data, as in the document of a ranking."""
        return {
            "until": self.rules.until,
            "confidence": self.rules.confidence,
            "margin": self.rules.margin,
            "looks": list(self.rules.looks),
            "looks_taken": self.n_looks,
            "stopped": self.stopped,
            "budget": self.budget,
            "best": self.best,
            "inputs": dict(self.numbers),
            "decisions": [asdict(one) for one in self.decisions],
            "race_sha256": self.sha256,
        }

    @classmethod
    def of_section(cls, section: Mapping[str, Any]) -> RaceOutcome:
        """Read it back from a document."""
        return cls(
            rules=Rules(
                until=section["until"],
                looks=tuple(section["looks"]),
                confidence=section["confidence"],
                margin=section["margin"],
            ),
            stopped=section["stopped"],
            n_looks=section["looks_taken"],
            numbers=section["inputs"],
            decisions=tuple(Decision(**one) for one in section["decisions"]),
            best=section["best"],
            budget=section["budget"],
            sha256=section["race_sha256"],
        )
