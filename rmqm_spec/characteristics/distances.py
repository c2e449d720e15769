"""From trajectories to the sufficient statistic: displacements and step lengths."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.contracts.encoder import encodings_of_several_lengths
from rmqm_spec.errors import EncodingError, ShapeError
from rmqm_spec.resolution import at_resolution, resolution_of
from rmqm_spec.scratch import Scratch

__all__ = ["DistanceMeter", "displacements", "step_lengths", "unit_vectors"]

_TINY, _HUGE = 1e-100, 1e100
"""Outside this range the square of a float64 may underflow or overflow."""

_TINY_SQUARE, _HUGE_SQUARE = 1e-190, 1e190
"""No value of an encoding with such a square is outside the range above."""


def displacements(trajectories: AnyArray, /, *, resolution: float | None = None) -> Float64Array:
    r"""
    Measure how far each altered input lies from the unaltered input.

    .. math:: d_{ij} = \lVert \phi_{i0} - \phi_{ij} \rVert_2, \qquad j = 1, \dots, J

    Parameters
    ----------
    trajectories : (N, J + 1, D) ndarray
        Encodings of N inputs at levels 0 to J, level 0 unaltered. Their length is irrelevant:
        they are divided by their Euclidean norm in float64 first.
    resolution : float, optional
        Distances below it count as zero; by default that of the type of `trajectories`.

    Returns
    -------
    (N, J) ndarray of float64
        Displacements, dimensionless, in [0, 2].

    Raises
    ------
    ShapeError
        If `trajectories` is not three-dimensional or has no altered level.
    EncodingError
        If an encoding has zero norm or a value that is not finite; names input and level.

    Notes
    -----
    Clauses RMQM-DIST-001 ff.; paper, section 3.2, Eq. 2. Differences of unit vectors are taken
    directly, never through the Gram matrix: small distances are denominators.

    Examples
    --------
    >>> circle = np.array([[[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]]])
    >>> displacements(circle).round(4)
    array([[0.8944, 1.4142]])
    """
    return _distances(trajectories, resolution)[0]


def step_lengths(trajectories: AnyArray, /, *, resolution: float | None = None) -> Float64Array:
    r"""
    Measure how far each altered input lies from the level before.

    .. math:: s_{ij} = \lVert \phi_{i,j-1} - \phi_{ij} \rVert_2, \qquad j = 1, \dots, J

    Parameters
    ----------
    trajectories : (N, J + 1, D) ndarray
        Encodings of N inputs at levels 0 to J, level 0 unaltered.
    resolution : float, optional
        Distances below it count as zero; by default that of the type of `trajectories`.

    Returns
    -------
    (N, J) ndarray of float64
        Step lengths, dimensionless, in [0, 2]; the first equals the first displacement.

    Raises
    ------
    ShapeError
        If `trajectories` is not three-dimensional or has no altered level.
    EncodingError
        If an encoding has zero norm or a value that is not finite; names input and level.

    Notes
    -----
    Clauses RMQM-DIST-001 ff.; paper, section 3.2, Eq. 4.

    Examples
    --------
    >>> circle = np.array([[[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]]])
    >>> step_lengths(circle).round(4)
    array([[0.8944, 0.6325]])
    """
    return _distances(trajectories, resolution)[1]


def unit_vectors(
    encodings: AnyArray, names: Sequence[str] | None = None, first_level: int = 0
) -> Float64Array:
    """
    Divide encodings by their Euclidean norm, in float64.

    Parameters
    ----------
    encodings : (N, L, E) ndarray
        Encodings of N inputs at L consecutive levels.
    names : sequence of str, optional
        What to call the inputs in an error; by default their position.
    first_level : int
        The level of the first encoding of each input.

    Returns
    -------
    (N, L, E) ndarray of float64
        Vectors of length 1.

    Raises
    ------
    EncodingError
        If an encoding has zero norm or a value that is not finite (clause RMQM-ENC-005).
    """
    vectors = np.array(encodings, dtype=np.float64, order="C")
    _normalise(vectors, encodings, names, first_level)
    return vectors


def _normalise(
    vectors: Float64Array, encodings: AnyArray, names: Sequence[str] | None, first_level: int
) -> None:
    with np.errstate(over="ignore", invalid="ignore"):
        squares = np.einsum("nle,nle->nl", vectors, vectors)
    if not ((squares > _TINY_SQUARE) & (squares < _HUGE_SQUARE)).all():
        squares = _tamed(vectors, encodings, names, first_level)
    vectors /= np.sqrt(squares)[..., None]


def _tamed(
    vectors: Float64Array, encodings: AnyArray, names: Sequence[str] | None, first_level: int
) -> Float64Array:
    """Refuse what has no direction, scale what is very short or long, and square again."""
    largest = np.abs(vectors).max(axis=-1, initial=0.0)
    if not (np.isfinite(largest) & (largest > 0)).all():
        raise _bad_encoding(encodings, largest, names, first_level)
    extreme = (largest < _TINY) | (largest > _HUGE)
    if extreme.any():
        vectors /= np.where(extreme, largest, 1.0)[..., None]
    return np.asarray(np.einsum("nle,nle->nl", vectors, vectors))


_SCRATCH = Scratch()


class DistanceMeter:
    """
    Measures the distances of a block of inputs, level by level.

    Only the unit vectors at level 0 and at the latest level are kept, so memory does not grow
    with the number of levels.

    Parameters
    ----------
    n_inputs : int
        Number of inputs in the block, N.
    n_levels : int
        Number of altered levels, J.
    names : sequence of str, optional
        What to call the inputs in an error.
    """

    def __init__(self, n_inputs: int, n_levels: int, names: Sequence[str] | None = None) -> None:
        self.displacements: Float64Array = np.empty((n_inputs, n_levels))
        self.step_lengths: Float64Array = np.empty((n_inputs, n_levels))
        self._names = names
        self._next_level = 0
        self._origin: Float64Array
        self._latest: Float64Array

    def update(self, encodings: AnyArray) -> None:
        """
        Take the encodings, (N, L, E), of the next L levels; the first call brings level 0.

        Raises
        ------
        EncodingError
            If an encoding has zero norm, a value that is not finite, or not the length of the
            encodings before it.
        """
        vectors = _SCRATCH.lend("vectors", encodings.shape)
        np.copyto(vectors, encodings)
        _normalise(vectors, encodings, self._names, self._next_level)
        if self._next_level == 0:
            self._origin = self._latest = vectors[:, :1].copy()
            vectors = vectors[:, 1:]
            self._next_level = 1
        if vectors.shape[-1] != self._origin.shape[-1]:
            raise encodings_of_several_lengths(self._origin.shape[-1], vectors.shape[-1])
        n_new = vectors.shape[1]
        if not n_new:
            return
        levels = slice(self._next_level - 1, self._next_level - 1 + n_new)
        differences = _SCRATCH.lend("differences", vectors.shape)
        np.subtract(vectors, self._origin, out=differences)
        self.displacements[:, levels] = _norms(differences)
        np.subtract(vectors[:, :1], self._latest, out=differences[:, :1])
        np.subtract(vectors[:, 1:], vectors[:, :-1], out=differences[:, 1:])
        self.step_lengths[:, levels] = _norms(differences)
        self._latest = vectors[:, -1:].copy()
        self._next_level += n_new

    def columns(self) -> dict[str, Float64Array]:
        """Return displacements and step lengths by name, each (N, J)."""
        return {"displacements": self.displacements, "step_lengths": self.step_lengths}


def _norms(differences: Float64Array) -> Float64Array:
    return np.asarray(np.sqrt(np.einsum("nle,nle->nl", differences, differences)))


def _distances(
    trajectories: AnyArray, resolution: float | None
) -> tuple[Float64Array, Float64Array]:
    trajectories = np.asarray(trajectories)
    if trajectories.ndim != 3 or trajectories.shape[1] < 2 or 0 in trajectories.shape:
        raise ShapeError(
            "ARG001",
            f"trajectories must have shape (N, J + 1, D) with J >= 1; got {trajectories.shape}",
            fix="Stack the encodings of one input at levels 0 to J along the second axis.",
        )
    n_inputs, n_encodings, _ = trajectories.shape
    meter = DistanceMeter(n_inputs, n_encodings - 1)
    meter.update(trajectories)
    if resolution is None:
        resolution = resolution_of(trajectories.dtype)
    return (
        at_resolution(meter.displacements, resolution),
        at_resolution(meter.step_lengths, resolution),
    )


def _bad_encoding(
    encodings: AnyArray, largest: Float64Array, names: Sequence[str] | None, first_level: int
) -> EncodingError:
    if encodings.shape[-1] == 0:
        return EncodingError(
            "ENC003",
            "encodings must have at least one value; got length 0",
            fix="Choose another output.",
        )
    position, offset = np.argwhere(~(np.isfinite(largest) & (largest > 0)))[0]
    name = names[position] if names else f"input {position}"
    level = first_level + offset
    if largest[position, offset] == 0:
        return EncodingError(
            "ENC002",
            f"an encoding must have a norm above zero; got 0 for {name} at level {level}",
            fix="Choose an earlier --output: behind a ReLU all values can be zero.",
        )
    n_bad = int((~np.isfinite(encodings[position, offset])).sum())
    return EncodingError(
        "ENC001",
        f"an encoding must be finite; got {n_bad} of {encodings.shape[-1]} values that are not "
        f"for {name} at level {level}",
        fix="Check the preprocessing and the range of the model: float16 overflows at 65504.",
    )
