"""How far the encodings of an image's rotations lie apart: by NNK polytopes, and without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
from attrs import frozen

from rmqm_spec.nnk import all_neighbourhoods, diameters

__all__ = ["ANGLES", "Mean", "Polytopes", "displacements", "invariance", "mean_distance"]

Float64Array = npt.NDArray[np.float64]

ANGLES: Final = np.arange(0.0, 360.0, 15.0)
"""Degrees by which the views of an image are turned; the first is the image itself."""

_STEPS: Final = {45: 3, 90: 6}
"""Coarser steps between views in degrees, as multiples of the step of `ANGLES`."""

_Z: Final = 1.959964


@frozen
class Mean:
    """
    A mean over images, with the ends of its 95 % interval.

    Parameters
    ----------
    value, low, high : float
        The mean, less and plus 1.96 standard errors.
    """

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Float64Array) -> Mean:
        """
        Return the mean of one value per image (N,).

        Examples
        --------
        >>> Mean.of(np.array([1.0, 3.0])).value
        2.0
        """
        mean = float(values.mean())
        half = _Z * float(values.std(ddof=1)) / np.sqrt(len(values))
        return cls(mean, float(mean - half), float(mean + half))


@frozen(eq=False)
class Polytopes:
    """
    The NNK polytope of each view of N images among the other A - 1 views of the same image.

    Parameters
    ----------
    diameters, counts : (N, A) ndarray
        Of unit encodings, in [0, 2]; number of neighbours.
    shares : (N, A, A) ndarray
        Weight of each view among the neighbours of a view; rows sum to 1.
    """

    diameters: Float64Array
    counts: Float64Array
    shares: Float64Array

    @classmethod
    def of(cls, views: Float64Array) -> Polytopes:
        """Solve for the views (N, A, E) of N images."""
        n_images, n_views, _ = views.shape
        every = np.arange(n_views)
        width, count = np.empty((n_images, n_views)), np.empty((n_images, n_views))
        shares = np.zeros((n_images, n_views, n_views))
        for image, each in enumerate(views):
            found = all_neighbourhoods(each, each, n_views - 1, own=every)
            width[image], count[image] = diameters(found, each), found.counts
            shares[image, every[:, None], found.indices] = found.shares
        return cls(width, count, shares)


def displacements(views: Float64Array) -> Float64Array:
    """Return the distances (N, A - 1) of the first view (N, A, E) to the others, unit vectors."""
    unit = _unit(views)
    return np.asarray(np.linalg.norm(unit[:, 1:] - unit[:, :1], axis=-1))


def mean_distance(encodings: Float64Array) -> float:
    """
    Return the mean distance of two different rows (N, E), as unit vectors.

    Examples
    --------
    >>> round(mean_distance(np.array([[1.0, 0.0], [3.0, 0.0], [0.0, 1.0]])), 4)
    0.9428
    """
    unit = _unit(encodings)
    one, other = np.triu_indices(len(unit), 1)
    return float(np.linalg.norm(unit[one] - unit[other], axis=1).mean())


def unrelated_diameters(encodings: Float64Array, n_candidates: int) -> Float64Array:
    """Return the diameters (N,) of rows (N, E) among so many rows that follow it, never itself."""
    n_rows = len(encodings)
    n_candidates = min(n_candidates, n_rows - 1)
    found = np.empty(n_rows)
    for row in range(n_rows):
        others = encodings[(row + 1 + np.arange(n_candidates)) % n_rows]
        (found[row],) = diameters(
            all_neighbourhoods(encodings[[row]], others, n_candidates), others
        )
    return found


def invariance(views: Float64Array) -> tuple[Mapping[str, Mean], Mapping[str, float]]:
    """
    Return everything that is measured on the views of images.

    Parameters
    ----------
    views : (N, 24, E) ndarray
        Encodings of N images turned by `ANGLES`.

    Returns
    -------
    means : mapping of str to Mean
        With their intervals.
    curves : mapping of str to float
        Means by angle: ``displacement:15`` and so on, and ``share:15`` and so on, the weight of
        that view among the neighbours of the upright image.
    """
    found = Polytopes.of(views)
    width, count = found.diameters, found.counts
    moved = displacements(views)
    apart = mean_distance(views[:, 0])
    values = {
        "diameter": width[:, 0],
        "neighbours": count[:, 0],
        "diameter-any": width.mean(axis=1),
        **{
            f"diameter-{step}": Polytopes.of(views[:, ::every]).diameters[:, 0]
            for step, every in _STEPS.items()
        },
        "displacement": moved.mean(axis=1),
        "relative-diameter": width[:, 0] / apart,
        "relative-displacement": moved.mean(axis=1) / apart,
        "diameter-unrelated": unrelated_diameters(views[:, 0], len(ANGLES) - 1),
    }
    curves = {"displacement": moved.mean(axis=0), "share": found.shares[:, 0, 1:].mean(axis=0)}
    return (
        {name: Mean.of(each) for name, each in values.items()},
        {
            f"{name}:{angle:.0f}": float(value)
            for name, curve in curves.items()
            for angle, value in zip(ANGLES[1:], curve, strict=True)
        },
    )


def _unit(rows: Float64Array) -> Float64Array:
    return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True))
