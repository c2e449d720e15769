"""The set of an input and its altered versions: how many neighbours, and how wide a polytope."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rmqm_spec.arrays import Float64Array
from rmqm_spec.geometries.columns import AlteredSets
from rmqm_spec.measures.paths.polytopes import TENTHS, polytopes_of_views
from rmqm_spec.measures.paths.views import level_of

__all__ = ["altered_sets", "ends_of_sets", "joined"]


def ends_of_sets(n_levels: int) -> list[int]:
    """
    Return the levels at which a set ends: each tenth of J, and all levels of a few.

    Examples
    --------
    >>> ends_of_sets(3), ends_of_sets(99)
    ([1, 2, 3], [10, 20, 30, 40, 50, 59, 69, 79, 89, 99])
    """
    return sorted({level_of(tenths, n_levels) for tenths in TENTHS} - {0})


def altered_sets(
    vectors: Float64Array, levels: Sequence[int], resolution: float = 0.0
) -> AlteredSets:
    """
    Measure the sets of inputs and their altered versions.

    Parameters
    ----------
    vectors : (n, J + 1, E) ndarray of float64
        Unit encodings of n inputs at levels 0 to J.
    levels : sequence of int
        The last level of each set, from 1 to J, rising.
    resolution : float
        Versions within this distance of the unaltered input count as equal to it.

    Returns
    -------
    AlteredSets
        The unaltered input is the query; its versions at levels 1 to j are the candidates.

    Notes
    -----
    As the measures ``nnk-view-diameter`` and ``nnk-view-neighbours`` have it, with the cosine
    kernel. A diameter is 0 where the query has fewer than two neighbours.

    Examples
    --------
    >>> turned = np.array([[[1.0, 0.0], [0.8, 0.6], [0.8, -0.6]]])
    >>> sets = altered_sets(turned, [1, 2])
    >>> sets.neighbours.tolist(), sets.diameters.round(3).tolist()
    ([[1, 2]], [[0.0, 1.2]])
    """
    widths, counts = polytopes_of_views(vectors, resolution, levels)
    return AlteredSets(
        levels=np.array(levels, dtype=np.int64),
        neighbours=counts,
        diameters=widths,
        displacements=np.linalg.norm(vectors[:, list(levels)] - vectors[:, :1], axis=2),
    )


def joined(parts: Sequence[AlteredSets]) -> AlteredSets:
    """Put the sets of consecutive inputs together."""
    return AlteredSets(
        levels=parts[0].levels,
        **{
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in ("neighbours", "diameters", "displacements")
        },
    )
