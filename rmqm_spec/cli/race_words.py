"""What a race settled, in plain words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["race_words"]


def race_words(document: Mapping[str, Any]) -> Iterator[str]:
    """
    Yield the sentences about the race that a ranking comes of, if any.

    Parameters
    ----------
    document : mapping
        Of a ranking (``rmqm-rank/1``).
    """
    race = document.get("race")
    if race is None:
        return
    at = f"with {race['confidence']:.4g} confidence"
    numbers = sorted(race["inputs"].values())
    spread = (
        f"{numbers[0]:,}" if numbers[0] == numbers[-1] else f"{numbers[0]:,} to {numbers[-1]:,}"
    )
    took = f"{spread} inputs for each encoder, of at most {race['looks'][-1]:,}"
    n_open = math.comb(len(numbers), 2) - len(race["decisions"])
    if race["best"] is not None and race["until"] == "best":
        yield f"The best is settled {at}: {race['best']}. It took {took}."
    elif race["stopped"] != "settled":
        spent = "the budget was spent" if race["stopped"] == "budget" else "the inputs ran out"
        yield f"The {race['until']} is not settled: {spent} after {took}."
    elif n_open:
        yield (
            f"The race is over, {at}: all encoders that are not tied differ, and those that are "
            f"differ by less than {race['margin']:g}. It took {took}."
        )
    else:
        yield f"The order is settled {at}. It took {took}."
