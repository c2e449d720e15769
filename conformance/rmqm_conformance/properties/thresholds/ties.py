"""Laws of triplets at the limits of what is semi-hard: RMQM-LOSS-004."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import math
from itertools import permutations

import numpy as np

from rmqm_conformance.checks import Effort
from rmqm_conformance.laws import statistic, walk
from rmqm_conformance.properties.loss_cases import values_and_gradient
from rmqm_conformance.require import require_close
from rmqm_conformance.strategies import Array
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

SIDES = 16
"""Corners of a cube in 16 dimensions: with k unlike signs the distance is exactly sqrt(k) / 2."""


def _corner(*flipped: int) -> list[float]:
    return [-1.0 if k in flipped else 1.0 for k in range(SIDES)]


def _expected(z: Array, groups: list[int]) -> tuple[float, Array]:
    """Return the loss and its gradient; two distances are equal, or half apart, exactly."""
    phi = z / 4
    flips = (z[:, None] != z).sum(axis=-1)
    apart = np.sqrt(flips) / 2
    slopes, values = np.zeros_like(z), []
    for a, p, n in permutations(range(len(z)), 3):
        gap = apart[a, n] - apart[a, p]
        if groups[a] == groups[p] != groups[n] and 0 < gap < 0.5:
            values.append(0.5 - gap)
            for other, sign in ((p, 1.0), (n, -1.0)):
                if apart[a, other]:
                    toward = sign * (phi[a] - phi[other]) / apart[a, other]
                    slopes[a] += toward
                    slopes[other] -= toward
    count = max(1, len(values))
    slopes /= count
    along = (phi * slopes).sum(axis=1, keepdims=True)
    return math.fsum(values) / count, (slopes - phi * along) / 4


def _require_loss(what: str, subject: Subject, z: Array, groups: list[int]) -> None:
    value, gradient = _expected(z, groups)
    case = {"name": "triplet", "encodings": z, "references": None, "labels": groups}
    got = values_and_gradient(subject, case)
    require_close(f"values of {what}", got[0], [value], atol=1e-12)
    require_close(f"gradient of {what}", got[1], gradient, atol=1e-12)


@walk("RMQM-LOSS-004/equal-distances", needs="pgd")
def equal_distances(subject: Subject) -> None:
    """A negative exactly as far as the positive is not semi-hard, nor one by exactly the margin."""
    anchor = _corner()
    batches = {
        "a tie alone": ([anchor, _corner(0), _corner(1)], [0, 0, 1]),
        "a tie beside a triplet": ([anchor, _corner(0), _corner(1), _corner(2, 3)], [0, 0, 1, 1]),
        "the margin alone": ([anchor, _corner(0), _corner(1, 2, 3, 4)], [0, 0, 1]),
        "the margin of equal vectors": ([anchor, anchor, _corner(5)], [0, 0, 1]),
        "the margin beside a triplet": (
            [anchor, _corner(0), _corner(1, 2, 3, 4), _corner(5, 6)],
            [0, 0, 1, 2],
        ),
        "equal vectors beside a triplet": (
            [anchor, anchor, _corner(5), _corner(6, 7)],
            [0, 0, 1, 2],
        ),
    }
    for what, (rows, groups) in batches.items():
        _require_loss(what, subject, np.array(rows), groups)


@statistic("RMQM-LOSS-004/every-kind", needs="pgd")
def every_kind(subject: Subject, effort: Effort) -> None:
    """In batches full of ties each triplet is judged by itself; easy and hard ones never count."""
    rng = np.random.default_rng([effort.seed, 9])
    for _ in range(12):
        n = int(rng.integers(3, 8))
        rows = [_corner(*rng.choice(SIDES, rng.integers(0, 6), replace=False)) for _ in range(n)]
        groups = rng.integers(0, 3, size=n).tolist()
        _require_loss("corners of a cube", subject, np.array(rows), groups)


@walk("RMQM-LOSS-004/any-label", needs="pgd")
def any_label(subject: Subject) -> None:
    """A label of a triplet is any integer: large ones that differ by 1 are two groups."""
    rows = np.array([_corner(), _corner(0), _corner(1, 2), _corner(2, 3), _corner(3), _corner(4)])
    for first, second, third in (
        (0, 1, 2),
        (-1, 0, 1),
        (2**53, 2**53 + 1, 7),
        (-(2**53) - 1, -(2**53), 0),
    ):
        groups = [first, first, second, second, third, third]
        _require_loss(f"labels {groups}", subject, rows, groups)


CHECKS = (equal_distances, every_kind, any_label)
