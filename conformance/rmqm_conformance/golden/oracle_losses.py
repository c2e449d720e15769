"""Chapter 5 of the specification: losses, and gradients as difference quotients of 50 digits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import permutations
from typing import Any

from rmqm_conformance.golden.oracle_distances import dot, separation, unit
from rmqm_conformance.golden.precision import Exact, exact, mp

__all__ = ["cross_entropy", "displacement", "gradient", "gradients", "kinds", "nt_xent", "triplet"]

Vector = Sequence[Exact]
Loss = Callable[[Sequence[Vector]], Exact]

_STEP = mp.mpf(10) ** -16
_MARGIN = mp.mpf(1) / 2
_TEMPERATURE = mp.mpf(7) / 100


def gradient(function: Callable[[Vector], Exact], point: Vector) -> list[Exact]:
    """
    Return the gradient of a function by central differences, to 28 digits or more.

    Examples
    --------
    >>> print(mp.nstr(gradient(lambda x: x[0] ** 3, [mp.mpf(2)])[0], 15))
    12.0
    """
    quotients = []
    for k, value in enumerate(point):
        above, below = (
            function([*point[:k], value + step, *point[k + 1 :]]) for step in (_STEP, -_STEP)
        )
        quotients.append((above - below) / (2 * _STEP))
    return quotients


def gradients(loss: Loss, rows: Sequence[Vector]) -> list[list[Exact]]:
    """Return the gradient of a loss of all rows with respect to each of them."""

    def of_row(i: int, row: Vector) -> Exact:
        return loss([*rows[:i], row, *rows[i + 1 :]])

    return [gradient(partial(of_row, i), row) for i, row in enumerate(rows)]


def displacement(attacked: Vector, unaltered: Vector) -> Exact:
    """Return the squared distance of two unit vectors (RMQM-LOSS-002)."""
    return separation(unit(attacked), unit(unaltered)) ** 2


def cross_entropy(logits: Vector, label: int) -> Exact:
    """Return the cross-entropy of logits and a label (RMQM-LOSS-003)."""
    return mp.log(mp.fsum(mp.exp(logit) for logit in logits)) - logits[label]


def kinds(vectors: Sequence[Vector], groups: Sequence[int]) -> dict[str, list[tuple[int, ...]]]:
    """
    Sort the triplets of a batch into hard, semi-hard and easy triplets (RMQM-LOSS-004).

    Raises
    ------
    ValueError
        If a gap is so near to a limit that rounding decides.
    """
    phi = [unit(vector) for vector in vectors]
    by_kind: dict[str, list[tuple[int, ...]]] = {"hard": [], "semi-hard": [], "easy": []}
    for a, p, n in permutations(range(len(phi)), 3):
        if groups[a] == groups[p] != groups[n]:
            gap = separation(phi[a], phi[n]) - separation(phi[a], phi[p])
            if min(abs(gap), abs(gap - _MARGIN)) < 1e-6:
                raise ValueError(f"triplet {a, p, n} must not lie at a limit; its gap is {gap}")
            kind = "hard" if gap < 0 else "semi-hard" if gap < _MARGIN else "easy"
            by_kind[kind].append((a, p, n))
    return by_kind


def triplet(encodings: Any, references: Any, labels: Sequence[int] | None) -> Loss:
    """Return the triplet loss as a function of the attacked rows, its triplets chosen here."""
    views = [] if labels is not None else exact(references)
    groups = labels if labels is not None else [*range(len(views)), *range(len(views))]
    start = [*exact(encodings), *views]
    chosen = kinds(start, groups)["semi-hard"]
    still = {(a, p) for a, p, _ in chosen if separation(unit(start[a]), unit(start[p])) == 0}

    def loss(rows: Sequence[Vector]) -> Exact:
        phi = [unit(vector) for vector in [*rows, *views]]
        gaps = [
            (0 if (a, p) in still else separation(phi[a], phi[p])) - separation(phi[a], phi[n])
            for a, p, n in chosen
        ]
        return mp.fsum(gap + _MARGIN for gap in gaps) / max(1, len(gaps))

    return loss


def nt_xent(references: Any) -> Loss:
    """Return NT-Xent as a function of the attacked rows (RMQM-LOSS-005)."""
    views = exact(references)

    def loss(rows: Sequence[Vector]) -> Exact:
        n, phi = len(views), [unit(vector) for vector in [*rows, *views]]
        terms = []
        for a, anchor in enumerate(phi):
            similar = {b: dot(anchor, phi[b]) / _TEMPERATURE for b in range(2 * n) if b != a}
            sum_ = mp.fsum(mp.exp(value) for value in similar.values())
            terms.append(similar[(a + n) % (2 * n)] - mp.log(sum_))
        return -mp.fsum(terms) / (2 * n)

    return loss
