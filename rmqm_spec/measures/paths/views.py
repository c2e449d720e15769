"""A few encodings of each path: one meter and one column, shared by all measures of views."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Final

import numpy as np
from attrs import field, frozen

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.characteristics.distances import unit_vectors
from rmqm_spec.contracts.measure import Column, Direction, Need, Summary
from rmqm_spec.errors import EncodingError
from rmqm_spec.measures.jackknife import jackknife_interval
from rmqm_spec.measures.unaltered import Undefined
from rmqm_spec.resolution import resolution_of

__all__ = ["TENTHS", "VIEWS", "ViewMeasure", "ViewMeter", "each_share", "level_of"]

TENTHS: Final = (0, 1, 3, 5, 7, 10)
"""The kept levels as tenths of J; level 0 is the unaltered input."""

VIEWS = Column(
    name="views",
    units="the encoder's own",
    meaning="encodings at level 0 and at 0.1, 0.3, 0.5, 0.7 and 1 times J, rounded, (6, E)",
)


def level_of(tenths: int, n_levels: int) -> int:
    """
    Return the level at some tenths of J, rounded; halves go to the even level.

    Examples
    --------
    >>> [level_of(tenths, 100) for tenths in TENTHS], [level_of(tenths, 1) for tenths in TENTHS]
    ([0, 10, 30, 50, 70, 100], [0, 0, 0, 0, 1, 1])
    """
    return round(tenths * n_levels / 10)


def each_share(function: Callable[[int], float]) -> dict[str, float]:
    """
    Return a function of the position of a view at each altered view, by the share of J.

    Examples
    --------
    >>> each_share(float)
    {'at-0.1': 1.0, 'at-0.3': 2.0, 'at-0.5': 3.0, 'at-0.7': 4.0, 'at-1': 5.0}
    """
    return {f"at-{tenths / 10:g}": function(view) for view, tenths in enumerate(TENTHS) if view}


class ViewMeter:
    """The meter: keeps the encodings at six levels of 0..J and lets the others pass."""

    def __init__(self, n_levels: int) -> None:
        self._levels = [level_of(tenths, n_levels) for tenths in TENTHS]
        self._next_level = 0
        self._views: AnyArray | None = None

    def update(self, encodings: AnyArray, /) -> None:
        """Take encodings (n, L, E) of the next L levels."""
        n_inputs, n_new, length = encodings.shape
        if self._views is None:
            self._views = np.zeros((n_inputs, len(TENTHS), length), encodings.dtype)
        if length != self._views.shape[-1]:
            raise EncodingError(
                "ENC004",
                f"encodings must all have the same length; got {length} after "
                f"{self._views.shape[-1]}",
                fix="Encode each input by itself: the length must not depend on the batch.",
            )
        for view, level in enumerate(self._levels):
            if 0 <= level - self._next_level < n_new:
                self._views[:, view] = encodings[:, level - self._next_level]
        self._next_level += n_new

    def columns(self) -> Mapping[str, AnyArray]:
        """Return the views of each input, (n, 6, E)."""
        if self._views is None or self._next_level <= self._levels[-1]:
            raise RuntimeError("columns were asked for before the last level came")
        return {"views": self._views}


@frozen(kw_only=True)
class ViewMeasure:
    """
    A measure that is one function of the views of all inputs, as unit vectors.

    Parameters
    ----------
    name, title, summary, source, units : str
        As in `rmqm_spec.contracts.measure.Measure`.
    function : callable
        From unit vectors, (N, 6, E) ndarray of float64, and the distance below which two of them
        count as equal, to the value; raises `Undefined` where there is none.
    details : callable, optional
        From the same to further numbers, by name.
    at_least : int
        Number of inputs below which there is no value; the status is then ``too-few-inputs``.
    has_interval : bool
        Whether the delete-group jackknife holds for it.
    most : float
        The largest possible value: an interval is cut off there and at 0. Where leaving inputs out
        changes nothing, as at a share of exactly 0 or 1, there is no interval.

    Examples
    --------
    >>> cosine = ViewMeasure(
    ...     name="cosine", title="Cosine", summary="Mean cosine of both ends.", source="ours",
    ...     function=lambda v, _: float(np.einsum("ne,ne->n", v[:, 0], v[:, -1]).mean()),
    ... )
    >>> cosine.summarise({"views": np.ones((2, 6, 3))}).value.__round__(6)
    1.0
    """

    needs: ClassVar[frozenset[Need]] = frozenset({"unaltered", "altered"})
    kept: ClassVar[tuple[Column, ...]] = (VIEWS,)
    keeps: ClassVar[str] = "views"
    """All such measures share one meter and its column."""

    name: str
    title: str
    summary: str
    source: str
    function: Callable[[Float64Array, float], float]
    units: str = "1"
    direction: Direction = None
    details: Callable[[Float64Array, float], Mapping[str, float]] = field(default=lambda *_: {})
    at_least: int = 2
    has_interval: bool = True
    most: float = math.inf

    def start(
        self,
        n_inputs: int,  # noqa: ARG002 - the contract's parameters
        n_levels: int,
        names: Sequence[str],  # noqa: ARG002
    ) -> ViewMeter:
        """Return a meter for levels 0..J."""
        return ViewMeter(n_levels)

    def summarise(self, columns: Mapping[str, AnyArray]) -> Summary:
        """Return the value over all views, (N, 6, E), with its interval."""
        views = columns["views"]
        if len(views) < self.at_least:
            return Summary(value=math.nan, status="too-few-inputs")
        if not np.isfinite(views).all():
            return Summary(value=math.nan, status="not-finite")
        if not views.any(axis=-1).all():
            return Summary(value=math.nan, status="zero")
        vectors, resolution = unit_vectors(views), resolution_of(views.dtype)
        try:
            value = self.function(vectors, resolution)
            details = self.details(vectors, resolution)
        except Undefined as reason:
            return Summary(value=math.nan, status=str(reason))
        interval = self._interval(vectors, resolution, value) if self.has_interval else None
        return Summary(value=value, interval=interval, details=dict(details))

    def _interval(
        self, vectors: Float64Array, resolution: float, value: float
    ) -> tuple[float, float] | None:
        def or_nan(rows: Float64Array) -> float:
            if len(rows) < self.at_least:
                return math.nan
            try:
                return self.function(rows, resolution)
            except Undefined:
                return math.nan

        interval = jackknife_interval(or_nan, vectors, value=value)
        if interval is None or interval[1] - interval[0] <= 1e-12 * abs(value):
            return None
        return (max(interval[0], 0.0), min(interval[1], self.most))
