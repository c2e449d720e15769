"""The rows that a table lacks, measured by several processes, with progress on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from studies.measuring.table import ResultTable
from studies.training.recipe import Recipe

__all__ = ["fill"]


def fill(
    table: ResultTable,
    recipes: Sequence[Recipe],
    measure: Callable[[Recipe], Mapping[str, Any]],
    *,
    workers: int = 1,
    again: bool = False,
) -> None:
    """
    Add a row for every recipe that has none; each is kept as soon as it is there.

    Parameters
    ----------
    table : ResultTable
        Receives the rows, under the recipes' names.
    recipes : sequence of Recipe
        The encoders of the study.
    measure : callable
        Returns the values of a row; it must be picklable.
    workers : int
        Number of processes.
    again : bool
        Whether recipes that have a row get a new one.
    """
    missing = [recipe for recipe in recipes if again or recipe.name not in table.rows]
    begun = time.monotonic()
    with ProcessPoolExecutor(workers) as pool:
        for number, values in enumerate(pool.map(measure, missing), 1):
            name = missing[number - 1].name
            table.add(name, values)
            left = (time.monotonic() - begun) / number * (len(missing) - number) / 60
            print(
                f"  measured {number} of {len(missing)}: {name} ({left:.0f} min left)",
                file=sys.stderr,
                flush=True,
            )
