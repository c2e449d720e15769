"""The plane in which a polytope is drawn: the first two principal axes of input and neighbours."""

from __future__ import annotations

import numpy as np

from rmqm_spec.arrays import Float64Array
from rmqm_spec.reports.geometry.content import Plane

__all__ = ["plane_of"]


def plane_of(
    query: Float64Array, candidates: Float64Array, shares: Float64Array, *, of_all: bool = False
) -> Plane:
    """
    Project an input and its candidates.

    Parameters
    ----------
    query : (E,) ndarray of float64
        A unit vector.
    candidates : (m, E) ndarray of float64
        Unit vectors.
    shares : (m,) ndarray of float64
        Their shares; 0 for a candidate that is no neighbour.
    of_all : bool
        Whether the axes are those of all points. By default they are those of the input and its
        neighbours, so that other candidates do not turn the plane away from the polytope.

    Returns
    -------
    Plane
        Each axis points so that its largest component is positive: the picture does not depend on
        the sign that a decomposition returns.

    Examples
    --------
    >>> plane = plane_of(np.array([1.0, 0.0]), np.array([[0.6, 0.8], [0.6, -0.8]]),
    ...                  np.array([0.5, 0.5]))
    >>> plane.widest, round(plane.captured, 6)
    ((1, 2), 1.0)
    """
    corners = np.flatnonzero(shares > 0)
    kept = np.concatenate([query[None], candidates if of_all else candidates[corners]])
    centre = kept.mean(axis=0)
    _, lengths, axes = np.linalg.svd(kept - centre, full_matrices=False)
    axes = axes[:2]
    axes = (
        axes * np.where(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)] < 0, -1, 1)[:, None]
    )
    points = np.zeros((len(candidates) + 1, 2))
    everything = np.concatenate([query[None], candidates]) - centre
    points[:, : len(axes)] = everything @ axes.T
    total = float(np.square(lengths).sum())
    return Plane(
        points=points,
        shares=shares,
        widest=_widest(candidates[corners], corners),
        captured=float(np.square(lengths[:2]).sum()) / total if total else 1.0,
    )


def _widest(points: Float64Array, corners: np.typing.NDArray[np.intp]) -> tuple[int, int] | None:
    """Return the places of the two points that lie farthest apart; the input is place 0."""
    if len(points) < 2:
        return None
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    one, other = divmod(int(distances.argmax()), len(points))
    return 1 + int(corners[one]), 1 + int(corners[other])
