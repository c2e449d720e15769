"""Measure the neighbourhoods of labelled or unlabelled encodings."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from rmqm_spec.arrays import Float64Array
from rmqm_spec.geometries.columns import Columns
from rmqm_spec.nnk import Kernel, Neighbourhoods, diameters, neighbourhoods
from rmqm_spec.nnk.weightings import candidate_cosines
from rmqm_spec.probes.neighbours import ranked_by_id, require_k

__all__ = ["columns_of", "spread_of"]


def columns_of(
    vectors: Float64Array,
    ids: Sequence[str],
    names: Sequence[str],
    k: int,
    kernel: Kernel,
    *,
    labels: Sequence[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Columns:
    """
    Solve the neighbourhood of every input among all others.

    Parameters
    ----------
    vectors : (N, E) ndarray of float64
        Unit vectors.
    ids, names : sequence of str
        Content hash and origin of each; at equal distances the smaller id is nearer.
    k : int
        Number of candidates.
    kernel : Kernel
        Similarity of two unit vectors.
    labels : sequence of str, optional
        Class of each.
    progress : callable, optional
        Called with the number of inputs done, and of all.

    Raises
    ------
    UsageError
        PRB006 unless 1 <= k < N.

    Examples
    --------
    >>> from rmqm_spec.nnk import Cosine
    >>> rows = np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]])
    >>> columns_of(rows, [*"abc"], [*"abc"], 2, Cosine()).found.counts.tolist()
    [1, 2, 1]
    """
    n_inputs = len(ids)
    require_k(k, n_inputs - 1)
    rank = ranked_by_id(ids)
    blocks: list[Neighbourhoods] = []
    own = np.arange(n_inputs)
    for block in neighbourhoods(vectors, vectors, k, kernel=kernel, own=own, rank=rank):
        blocks.append(block)
        if progress:
            progress(block.first + len(block.errors), n_inputs)
    found = Neighbourhoods(
        0,
        *(
            np.concatenate([getattr(block, name) for block in blocks])
            for name in ("indices", "weights", "errors")
        ),
    )
    return Columns(
        ids=tuple(ids),
        names=tuple(names),
        labels=None if labels is None else tuple(labels),
        found=found,
        cosines=candidate_cosines(vectors, vectors, found.indices),
        diameters=diameters(found, vectors),
        spread=spread_of(vectors),
    )


def spread_of(vectors: Float64Array) -> float:
    r"""
    Return the root mean square distance between two different unit vectors (N, E).

    .. math:: \sqrt{\frac{2 N}{N - 1} \left(1 - \lVert \bar x \rVert^2\right)}

    Examples
    --------
    >>> round(spread_of(np.array([[1.0, 0.0], [-1.0, 0.0]])), 12)
    2.0
    """
    # Of differences: where vectors lie close together, 1 - |mean|^2 would cancel. Those from the
    # first vector are exactly 0 where all are equal, and the rounding of a mean is not.
    moved = vectors - vectors[0]
    variance = float(np.square(moved - moved.mean(axis=0)).sum()) / (len(vectors) - 1)
    return math.sqrt(2 * variance)
