"""Check that the decisions of a race follow from its rules."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from rmqm_spec.ranking.race import RaceOutcome

__all__ = ["check_race"]


def check_race(section: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the section ``race`` of a ranking."""
    race = RaceOutcome.of_section(section)
    rules, n_encoders = race.rules, len(race.numbers)
    n_pairs = math.comb(n_encoders, 2)
    if race.n_looks > len(rules.looks):
        yield f"looks_taken must be at most {len(rules.looks)}; got {race.n_looks}"
    for number, one in enumerate(race.decisions):
        names = f"{one.first} - {one.second}"
        if not {one.first, one.second} <= race.numbers.keys():
            yield f"{names}: both must be in the race"
            continue
        if one.n > min(race.numbers[one.first], race.numbers[one.second]):
            yield f"{names}: decided after {one.n} inputs, more than both were given"
        # Pairs that are decided at one look share the bound that held before.
        least = rules.to_decide(n_pairs - number, 2, n_encoders, one.n)
        most = rules.to_decide(n_pairs, n_encoders, n_encoders, one.n)
        if not least * (1 - 1e-9) <= one.bound <= most * (1 + 1e-9):
            yield f"{names}: the bound must be from {least} to {most}; got {one.bound}"
        if not one.difference > one.bound * one.error:
            yield f"{names}: {one.difference} is not above {one.bound} times {one.error}"
    beaten = {one.second for one in race.decisions}
    if race.best is not None and (
        race.best in beaten or race.numbers.keys() - beaten != {race.best}
    ):
        yield f"best is {race.best}, but not all others are put out"
