"""Neighbours in the table that cannot be told apart, in plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from rmqm_spec.ranking.records import rounded_up

__all__ = ["tie_words"]

Pair = Mapping[str, Any]

_MANY: Final = 1_000_000
_MOST_TIES: Final = 5


def tie_words(
    names: Sequence[str],
    pair_of: Callable[[str, str], Pair],
    value: str,
    difference: Callable[[Pair], str],
) -> Iterator[str]:
    """
    Yield a sentence for each tie of neighbours in the table.

    Parameters
    ----------
    names : sequence of str
        Encoders in the order of the table.
    pair_of : callable
        Returns the pair of two encoders, as documents of rankings have it.
    value : str
        What is compared, for example ``"score"``.
    difference : callable
        Returns the words for the difference of a pair.

    Examples
    --------
    >>> pair = {"first": "a", "second": "b", "tied": True, "inputs_needed": None}
    >>> list(tie_words(["a", "b"], lambda first, second: pair, "score", str))
    ['a and b have the same score.']
    """
    ties = [pair for both in pairwise(names) if (pair := pair_of(*both))["tied"]]
    for pair in ties[:_MOST_TIES]:
        both = f"{pair['first']} and {pair['second']}"
        needed = pair["inputs_needed"]
        if needed is None:
            yield f"{both} have the same {value}."
        elif needed > _MANY:
            yield f"{both} are tied; more than a million inputs would be needed to separate them."
        else:
            yield (
                f"{both} are tied: {difference(pair)}; about {rounded_up(needed):,} inputs would "
                "be needed to confirm a difference of that size."
            )
    if len(ties) > _MOST_TIES:
        yield f"Further ties of neighbours in the table: {len(ties) - _MOST_TIES}."
