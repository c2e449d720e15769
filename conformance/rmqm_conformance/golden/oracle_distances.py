"""Chapter 7 of the specification: distances of unit vectors, at 50 digits."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from rmqm_conformance.golden.precision import Exact, exact, mp

__all__ = ["dot", "length", "of_path", "of_paths", "separation", "unit"]

Vector = Sequence[Exact]


def dot(first: Vector, second: Vector) -> Exact:
    """Return the inner product of two vectors."""
    return mp.fsum(a * b for a, b in zip(first, second, strict=True))


def length(vector: Vector) -> Exact:
    """Return the Euclidean norm of a vector."""
    return mp.sqrt(dot(vector, vector))


def unit(vector: Vector) -> list[Exact]:
    """Return a vector divided by its norm (RMQM-DIST-001)."""
    norm = length(vector)
    return [value / norm for value in vector]


def separation(first: Vector, second: Vector) -> Exact:
    """Return the Euclidean distance of two vectors."""
    return length([a - b for a, b in zip(first, second, strict=True)])


def of_path(representations: Sequence[Vector]) -> tuple[list[Exact], list[Exact]]:
    """Return displacements and step lengths of an input (RMQM-DIST-003, RMQM-DIST-004)."""
    path = [unit(vector) for vector in representations]
    displacements = [separation(path[0], later) for later in path[1:]]
    return displacements, [separation(before, now) for before, now in pairwise(path)]


def of_paths(trajectories: Any) -> tuple[list[list[Exact]], list[list[Exact]]]:
    """
    Return displacements and step lengths (N, J) of representations (N, J + 1, E).

    Examples
    --------
    >>> d, s = of_paths([[[2, 0], [0, 1], [0, 3]]])
    >>> print(mp.nstr(s[0][0], 20), mp.nstr(s[0][1], 20))
    1.4142135623730950488 0.0
    """
    paths = [of_path(path) for path in exact(trajectories)]
    return [d for d, _ in paths], [s for _, s in paths]
