"""What a race is asked: what to settle, how surely, and how long it may take."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from rmqm_spec.contracts.race import Until
from rmqm_spec.errors import UsageError
from rmqm_spec.runs.fields import setting
from rmqm_spec.runs.values import choice, refused, seconds

__all__ = ["RaceSettings"]


def _confidence(flag: str, given: Any) -> float:
    """Read a probability that can be asked for."""
    try:
        number = float(given)
    except (TypeError, ValueError):
        number = 0.0
    if not 0.5 <= number <= 0.9999:
        raise refused(
            flag, "a probability from 0.5 to 0.9999", given, fix=f"For example {flag} 0.9."
        )
    return number


@frozen(kw_only=True)
class RaceSettings:
    """What a race is to settle, how surely, and how long it may take."""

    until: Until | None = setting(
        "Take inputs only until this is settled: order or best.", read=choice(Until), panel="Race"
    )
    budget: float | None = setting(
        "Time that the race may take: 30s, 10min or 2h; alone it means --until order.",
        read=seconds,
        panel="Race",
    )
    confidence: float | None = setting(
        "Probability that no decision of the race is wrong; 0.95 by default.",
        read=_confidence,
        typed=float,
        panel="Race",
    )

    def __attrs_post_init__(self) -> None:
        if self.confidence is not None and not self.is_on:
            raise UsageError(
                "ARG001",
                "--confidence must come with a race; got it alone",
                fix="Add --until order or --until best.",
            )

    @property
    def is_on(self) -> bool:
        """Whether there is to be a race."""
        return self.until is not None or self.budget is not None
