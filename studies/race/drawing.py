"""Inputs drawn from a pool, as counts: as many as wanted cost no more than the pool."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from attrs import frozen

from rmqm_spec.ranking.race import Comparison
from studies.race.pools import Pool, gradients_of, scores_of

__all__ = ["drawn", "seen_of"]


@frozen(eq=False)
class Drawn:
    """How often each of the inputs of a pool is among the first n."""

    n: int
    counts: np.ndarray


def drawn(pool: Pool, numbers: Sequence[int], random: np.random.Generator) -> Iterator[Drawn]:
    """Draw inputs with replacement, ever more of them, up to each of the numbers."""
    counts = np.zeros(len(pool), dtype=np.int64)
    before = 0
    for n in numbers:
        new = random.integers(0, len(pool), n - before)
        counts = counts + np.bincount(new, minlength=len(pool))
        before = n
        yield Drawn(n, counts)


def seen_of(pool: Pool, one: Drawn, names: Sequence[str], chosen: Sequence[int]) -> Comparison:
    """
    Compare encoders on the inputs drawn, as `Comparison.of` does on their contributions.

    The contribution of an input is linear in its values, so counts are enough.
    """
    weights = one.counts / one.n
    values = pool[:, chosen]
    means = np.tensordot(weights, values, 1)
    influence = ((values - means) * gradients_of(means)).sum(axis=2)
    weighted = weights[:, None] * influence
    products = influence.T @ weighted
    squares = (influence**2).T @ weighted
    own, cubes = np.diag(products), np.diag(squares)
    variances = np.maximum(own[:, None] + own - 2 * products, 0)
    thirds = cubes[:, None] - cubes - 3 * (squares - squares.T)
    scores = scores_of(means)
    safe = np.where(variances > 0, variances, 1)
    return Comparison(
        names=tuple(names[number] for number in chosen),
        n=one.n,
        differences=scores[:, None] - scores,
        errors=np.sqrt(variances / (one.n - 1)),
        least=np.where(variances > 0, 25 * thirds**2 / safe**3, 0),
    )
