"""How sharply the path of an encoding turns from step to step."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np
from attrs import frozen

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.characteristics.distances import unit_vectors
from rmqm_spec.contracts.measure import Column, Direction, Need, Summary
from rmqm_spec.errors import EncodingError
from rmqm_spec.measures.jackknife import jackknife_interval
from rmqm_spec.resolution import resolution_of

__all__ = ["PATH_CURVATURE", "AngleMeter", "PathCurvature"]


class AngleMeter:
    """
    Measures the angles between successive steps, level by level.

    Only the latest unit vector and the direction of the latest step of each input are kept. A step
    shorter than the resolution of the encodings is left out: the steps around it are successive.

    Parameters
    ----------
    n_inputs : int
        Number of inputs in the group.
    names : sequence of str, optional
        What to call the inputs in an error.
    """

    def __init__(self, n_inputs: int, names: Sequence[str] | None = None) -> None:
        self._names = names
        self._next_level = 0
        self._sum: Float64Array = np.zeros(n_inputs)
        self._count = np.zeros(n_inputs, dtype=np.int64)
        self._latest: Float64Array
        self._direction: Float64Array
        """Of the latest step, of length 1; zeros before the first step."""

    def update(self, encodings: AnyArray, /) -> None:
        """
        Take encodings (n, L, E) of the next L levels; the first call brings level 0.

        Raises
        ------
        EncodingError
            If an encoding has zero norm, a value that is not finite, or not the length of the
            encodings before it.
        """
        vectors = unit_vectors(encodings, self._names, self._next_level)
        resolution = resolution_of(encodings.dtype)
        for level in range(vectors.shape[1]):
            vector = vectors[:, level].copy()
            if self._next_level == 0:
                self._direction = np.zeros_like(vector)
            else:
                self._step(vector, resolution)
            self._latest = vector
            self._next_level += 1

    def _step(self, vector: Float64Array, resolution: float) -> None:
        if vector.shape != self._latest.shape:
            raise EncodingError(
                "ENC004",
                f"encodings must all have the same length; got {vector.shape[-1]} after "
                f"{self._latest.shape[-1]}",
                fix="Encode each input by itself: the length must not depend on the batch.",
            )
        step = vector - self._latest
        length = np.linalg.norm(step, axis=1)
        moved = (length >= resolution) & (length > 0)
        direction = step / np.where(moved, length, 1.0)[:, None]
        before = self._direction
        # Exact for small angles and for reversals, where the arc cosine is not.
        angle = 2 * np.arctan2(
            np.linalg.norm(direction - before, axis=1), np.linalg.norm(direction + before, axis=1)
        )
        counts = moved & before.any(axis=1)
        self._sum += np.where(counts, angle, 0.0)
        self._count += counts
        self._direction = np.where(moved[:, None], direction, before)

    def columns(self) -> Mapping[str, AnyArray]:
        """Return the mean angle (n,), 0 where there is none, and the number of angles (n,)."""
        if not self._next_level:
            raise RuntimeError("columns were asked for before level 0 came")
        return {"angles": self._sum / np.maximum(self._count, 1), "n_angles": self._count}


@frozen
class PathCurvature:
    """
    The mean angle between successive steps of the path of unit vectors.

    For every input the angles are averaged over all levels, and these means over all inputs that
    have one. The angle is 0 where the path goes straight on, pi where it turns back: its cosine
    keeps its sign. The public code of arXiv 2502.02013 takes the absolute value of the cosine
    (``experiments/utils/metrics/metric_functions.py``), so that a reversal counts as straight; its
    values therefore differ from these.

    Examples
    --------
    >>> meter = PATH_CURVATURE.start(1, 3, ["image"])
    >>> meter.update(np.array([[[1.0, 0.0], [0.0, 1.0], [0.0, 2.0], [1.0, 0.0]]]))
    >>> round(PATH_CURVATURE.summarise(meter.columns()).value, 6)
    3.141593
    """

    name: ClassVar[str] = "path-curvature"
    title: ClassVar[str] = "Path curvature"
    summary: ClassVar[str] = "How sharply the path of encodings turns from level to level."
    source: ClassVar[str] = (
        "Skean et al. 2025, arXiv 2502.02013, along levels, cosine with its sign"
    )
    units: ClassVar[str] = "rad"
    direction: ClassVar[Direction] = None
    needs: ClassVar[frozenset[Need]] = frozenset({"unaltered", "altered"})
    kept: ClassVar[tuple[Column, ...]] = (
        Column(name="angles", units="rad", meaning="mean angle between successive steps, ()"),
        Column(name="n_angles", meaning="number of angles in the mean, ()"),
    )

    def start(
        self,
        n_inputs: int,
        n_levels: int,  # noqa: ARG002 - the contract's parameter
        names: Sequence[str],
    ) -> AngleMeter:
        """Return a meter for the angles of n inputs."""
        return AngleMeter(n_inputs, names)

    def summarise(self, columns: Mapping[str, AnyArray]) -> Summary:
        """Return the mean angle; ``too-few-steps`` where no input made two steps."""
        has_angle = columns["n_angles"] > 0
        angles = np.asarray(columns["angles"], dtype=np.float64)[has_angle]
        if not angles.size:
            return Summary(value=math.nan, status="too-few-steps")
        value = float(angles.mean())
        interval = jackknife_interval(lambda rows: float(rows.mean()), angles, value=value)
        if interval is not None:
            interval = (max(interval[0], 0.0), min(interval[1], math.pi))
        left_out = float((~has_angle).sum())
        return Summary(value=value, interval=interval, details={"left-out": left_out})


PATH_CURVATURE = PathCurvature()
