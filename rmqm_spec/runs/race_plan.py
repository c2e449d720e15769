"""What a race may cost: said before it starts, and watched while it runs."""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Iterator, Mapping

from attrs import define, field

from rmqm_spec.errors import UsageError
from rmqm_spec.runs.budget import seconds_of_an_encoding
from rmqm_spec.runs.durations import duration_in_words
from rmqm_spec.runs.nulls import wants_null
from rmqm_spec.runs.opening import Run
from rmqm_spec.runs.outlook import seconds_per_input

__all__ = ["RacePlan"]

_SHARE_OF_TIMING = 0.05
_SECONDS_OF_TIMING = 5.0


@define(kw_only=True, eq=False)
class RacePlan:
    """
    What a race may cost.

    Parameters
    ----------
    seconds : mapping of str to float
        Estimated time that each encoder takes for an input at all levels.
    networks : mapping of str to int
        How many networks that is for each encoder: with its null, two.
    looks : tuple of int
        Planned numbers of inputs.
    budget : float, optional
        Seconds that it may take.
    """

    seconds: Mapping[str, float]
    networks: Mapping[str, int]
    looks: tuple[int, ...]
    budget: float | None = None
    _started: float = field(factory=time.monotonic)
    _owed: float = 0.0

    @classmethod
    def of(cls, runs: Mapping[str, Run], looks: tuple[int, ...], budget: float | None) -> RacePlan:
        """
        Time an encoding of each encoder.

        Raises
        ------
        UsageError
            ARG001 if the budget does not reach to the first look.
        """
        started = time.monotonic()
        allowed = min(_SECONDS_OF_TIMING, _SHARE_OF_TIMING * (budget or math.inf)) / len(runs)
        plan = cls(
            seconds={
                name: run.encodings_per_input * seconds_of_an_encoding(run.encoder, allowed)
                + seconds_per_input(run)
                for name, run in runs.items()
            },
            networks={name: 2 if wants_null(run, None) else 1 for name, run in runs.items()},
            looks=looks,
            budget=budget,
            started=started,
        )
        needed = plan.cost(runs, looks[0])
        if budget is not None and needed > budget:
            raise UsageError(
                "ARG001",
                f"--budget must reach to the first look, {looks[0]} inputs; got {budget:g} s, and "
                f"these take about {needed:.1f} s",
                fix=f"Give it longer: --budget {math.ceil(2 * needed)}s.",
            )
        return plan

    def cost(self, names: Collection[str], n: int) -> float:
        """Return the estimated seconds of n inputs for some encoders, with their nulls."""
        return n * sum(self.seconds[name] * self.networks[name] for name in names)

    def words(self) -> Iterator[str]:
        """Say what it may cost."""
        names, most = self.seconds.keys(), self.looks[-1]
        time_of_all = duration_in_words(self.cost(names, most))
        yield f"{most:,} inputs for each of {len(names)} encoders would take about {time_of_all}"
        if self.budget is not None:
            n = min(most, int(self.budget / self.cost(names, 1)))
            yield (
                f"the budget of {duration_in_words(self.budget)} buys about {n:,} inputs for "
                "each, or more for those that stay in the race"
            )
        rates = (f"{name} {1 / seconds:,.1f}" for name, seconds in self.seconds.items())
        yield f"estimated inputs a second: {', '.join(rates)}" + (
            "; their nulls take as long again" if max(self.networks.values()) > 1 else ""
        )

    def allows(self, names: Collection[str], before: int, n: int) -> bool:
        """Whether encoders may go on to the next look; the time of their nulls is still to come."""
        step = self.cost(names, n - before)
        spent = time.monotonic() - self._started
        if self.budget is not None and before and spent + self._owed + step > self.budget:
            return False
        self._owed += step - (n - before) * sum(self.seconds[name] for name in names)
        return True
