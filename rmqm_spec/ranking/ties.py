"""Which encoders cannot be told apart: positions with ties, and letters for overlapping groups."""

from __future__ import annotations

from string import ascii_lowercase

from rmqm_spec.arrays import BoolArray

__all__ = ["groups", "letter", "place_range"]


def place_range(above: BoolArray, encoder: int) -> tuple[int, int]:
    """
    Return the positions that an encoder may have.

    Parameters
    ----------
    above : (K, K) ndarray of bool
        Whether the encoder of the row is surely above that of the column.
    encoder : int
        Its number.

    Returns
    -------
    tuple of two int
        First and last position, from 1. If the differences are covered simultaneously, so are the
        positions of all encoders (Al Mohamad, van Zwet, Solari and Goeman, 2022).

    Examples
    --------
    >>> import numpy as np
    >>> place_range(np.array([[0, 0, 1], [0, 0, 0], [0, 0, 0]], dtype=bool), 1)
    (1, 3)
    """
    return 1 + int(above[:, encoder].sum()), len(above) - int(above[encoder].sum())


def groups(apart: BoolArray) -> list[list[int]]:
    """
    Return the largest groups within which no two can be told apart, by insertion and absorption.

    Parameters
    ----------
    apart : (K, K) ndarray of bool
        Which pairs can be told apart, symmetric.

    Returns
    -------
    list of list of int
        Sorted groups. Being tied is not transitive, so groups may overlap: two encoders share a
        group if and only if they cannot be told apart.

    Notes
    -----
    Piepho, "An algorithm for a letter-based representation of all-pairwise comparisons", 2004.

    Examples
    --------
    >>> import numpy as np
    >>> groups(np.array([[0, 0, 1], [0, 0, 0], [1, 0, 0]], dtype=bool))
    [[0, 1], [1, 2]]
    """
    k = len(apart)
    largest = {frozenset(range(k))}
    for first in range(k):
        for second in range(first):
            if apart[first, second]:
                both = {group for group in largest if {first, second} <= group}
                parts = {group - {left} for group in both for left in (first, second)}
                largest = _absorbed((largest - both) | parts)
    return sorted(sorted(group) for group in largest)


def letter(number: int) -> str:
    """
    Name a group: a to z, then aa, ab and so on, like the columns of a spreadsheet.

    Examples
    --------
    >>> letter(0), letter(25), letter(26)
    ('a', 'z', 'aa')
    """
    name = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, len(ascii_lowercase))
        name = ascii_lowercase[rest] + name
    return name


def _absorbed(candidates: set[frozenset[int]]) -> set[frozenset[int]]:
    """Leave out groups that lie within another."""
    return {group for group in candidates if not any(group < other for other in candidates)}
