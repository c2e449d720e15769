"""
The candidates of each query: its k nearest gallery rows, found exactly.

The search of `rmqm_spec.neighbours` compares every query with every row. Above 20,000 rows FAISS
does so in about a third of the time, where it is installed (``pip install 'rmqm-spec[faiss]'``);
both give the same candidates.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal, get_args

import numpy as np
import numpy.typing as npt

from rmqm_spec.arrays import Float64Array
from rmqm_spec.errors import ShapeError, UsageError
from rmqm_spec.neighbours import nearest
from rmqm_spec.neighbours.estimates import Positions
from rmqm_spec.nnk.faiss_search import faiss_or_none, nearest_by_faiss, require_faiss

__all__ = ["LARGE", "Search", "candidates", "check_candidates"]

Search = Literal["auto", "exact", "faiss"]

LARGE: Final = 20_000
"""FAISS is worth its import from this number of gallery rows."""


def check_candidates(
    n_queries: int,
    n_gallery: int,
    k: int,
    own: npt.ArrayLike | None,
    rank: npt.ArrayLike | None,
    search: str,
) -> tuple[Positions | None, Positions | None]:
    """
    Return own positions and ranks as arrays, or raise.

    Raises
    ------
    UsageError
        ARG001 if k is out of range, or there is no such search.
    ShapeError
        ARG001 if own positions or ranks are not of the queries or of the gallery.
    UnavailableError
        ENV016 if FAISS is asked for and not installed.

    Examples
    --------
    >>> check_candidates(2, 3, 2, [0, 1], None, "auto")
    (array([0, 1]), None)
    """
    most = n_gallery - (own is not None)
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or not 1 <= k <= most:
        but_own = ", as no row is its own candidate" if own is not None else ""
        allowed = f"from 1 to {most}{but_own}" if most >= 1 else "of rows, and there are none"
        raise UsageError(
            "ARG001",
            f"k must be a whole number {allowed}; got {k!r}",
            fix=f"Give k from 1 to {most}." if most >= 1 else "Give more gallery rows.",
        )
    if search not in get_args(Search):
        raise UsageError(
            "ARG001",
            f"search must be one of {', '.join(get_args(Search))}; got {search!r}",
            fix='Leave it at "auto".',
        )
    if search == "faiss":
        require_faiss()
    positions = None if own is None else _whole_numbers("own", own, n_queries, "query")
    if positions is not None and len(positions):
        low, high = int(positions.min()), int(positions.max())
        if low < 0 or high >= n_gallery:
            wrong = low if low < 0 else high
            raise ShapeError(
                "ARG001",
                f"own must hold positions from 0 to {n_gallery - 1}; got {wrong}",
                fix="Leave own out where the queries are not gallery rows.",
            )
    ranks = None if rank is None else _whole_numbers("rank", rank, n_gallery, "gallery row")
    return positions, ranks


def candidates(
    queries: Float64Array,
    gallery: Float64Array,
    k: int,
    *,
    own: Positions | None = None,
    rank: Positions | None = None,
    search: Search = "auto",
) -> Iterator[Positions]:
    """
    Yield the positions (B, k) of the nearest gallery rows of blocks of queries, nearest first.

    Parameters
    ----------
    queries, gallery, k, own, rank
        As for `rmqm_spec.neighbours.nearest`.
    search : {"auto", "exact", "faiss"}
        How they are searched; the candidates are the same.

    Examples
    --------
    >>> gallery = np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])
    >>> [found] = candidates(gallery[:1], gallery, 2)
    >>> found.tolist()
    [[0, 2]]
    """
    if not len(queries):
        return
    if search == "faiss" or (search == "auto" and _is_large(gallery) and faiss_or_none()):
        yield from nearest_by_faiss(queries, gallery, k, own=own, rank=rank)
        return
    for found in nearest(queries, gallery, k, own=own, rank=rank):
        yield found.indices


def _is_large(gallery: Float64Array) -> bool:
    return len(gallery) >= LARGE


def _whole_numbers(name: str, given: npt.ArrayLike, length: int, what: str) -> Positions:
    numbers = np.asarray(given)
    if numbers.shape != (length,) or numbers.dtype.kind not in "iu":
        raise ShapeError(
            "ARG001",
            f"{name} must be ({length},) whole numbers, one for each {what}; got "
            f"{numbers.shape} of {numbers.dtype}",
            fix=f"Give one number for each {what}.",
        )
    return numbers.astype(np.intp, copy=False)
