"""Encoders side by side: paired differences, ties, and how alike their neighbourhoods are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from attrs import frozen

from rmqm_spec.geometries.columns import Columns
from rmqm_spec.geometries.quantities import ANSWERS, quantities
from rmqm_spec.nnk import agreement
from rmqm_spec.probes.means import Mean, mean_of
from rmqm_spec.probes.pairing import Compared, compare_quantities

__all__ = ["Likeness", "agreements", "best_of", "compare_geometries"]

HIGHEST = ANSWERS
"""Quantities of which the highest is best."""

LOWEST = ("altered-diameter",)
"""Quantities of which the lowest is best: the encoder that is most invariant."""


@frozen(kw_only=True)
class Likeness:
    """
    How alike the neighbourhoods of the same inputs are in two encoders.

    Parameters
    ----------
    first, second : str
        The encoders.
    jaccard, overlap : Mean
        Share of common neighbours, and common weight: see `rmqm_spec.nnk.agreement`.
    jaccard_by_chance, overlap_by_chance : float
        What neighbours drawn at random would give.
    """

    first: str
    second: str
    jaccard: Mean
    overlap: Mean
    jaccard_by_chance: float
    overlap_by_chance: float


def compare_geometries(geometries: Mapping[str, Columns]) -> list[Compared]:
    """
    Compare every pair of encoders by each quantity that both have of the same inputs.

    Parameters
    ----------
    geometries : mapping of str to Columns
        Columns by the name of the encoder.
    """
    return compare_quantities({name: quantities(one) for name, one in geometries.items()})


def best_of(quantity: str, means: Mapping[str, float], pairs: Sequence[Compared]) -> frozenset[str]:
    """
    Return the best encoder by a quantity, and those that cannot be told apart from it.

    Parameters
    ----------
    quantity : str
        Its name; of most quantities none is best: then nothing is returned.
    means : mapping of str to float
        Means of the quantity by encoder.
    pairs : sequence of Compared
        From `compare_geometries`.

    Examples
    --------
    >>> sorted(best_of("nnk", {"a": 0.9, "b": 0.8}, []))
    ['a']
    """
    if quantity not in (*HIGHEST, *LOWEST) or not means:
        return frozenset()
    choose: Any = max if quantity in HIGHEST else min
    best = choose(means, key=means.__getitem__)
    level = {
        name
        for pair in pairs
        if pair.quantity == quantity and pair.difference.tied and best in {pair.first, pair.second}
        for name in (pair.first, pair.second)
    }
    return frozenset(level | {best})


def agreements(geometries: Mapping[str, Columns]) -> list[Likeness]:
    """
    Compare the neighbourhoods of every pair of encoders with the same inputs.

    The inputs stand in the same order for all encoders of a run: that of their ids.
    """
    found = []
    for (first, one), (second, other) in combinations(geometries.items(), 2):
        if one.ids != other.ids:
            continue
        alike = agreement(one.found, other.found, len(one.ids) - 1)
        found.append(
            Likeness(
                first=first,
                second=second,
                jaccard=mean_of(alike.jaccard),
                overlap=mean_of(alike.overlap),
                jaccard_by_chance=float(np.mean(alike.jaccard_by_chance)),
                overlap_by_chance=float(np.mean(alike.overlap_by_chance)),
            )
        )
    return found
