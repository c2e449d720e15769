"""Measures of the encodings of unaltered inputs: one meter, one column, shared by all of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

import numpy as np
from attrs import field, frozen

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.contracts.measure import Column, Direction, Need, Summary
from rmqm_spec.measures.jackknife import jackknife_interval

__all__ = ["ENCODINGS", "FirstLevel", "UnalteredMeasure", "Undefined"]

ENCODINGS = Column(
    name="encodings", units="the encoder's own", meaning="of the unaltered input, (E,)"
)


class Undefined(ValueError):  # noqa: N818 - the reason of a missing value, not a fault
    """Why a measure has no value; its one argument is the status, in one word."""


class FirstLevel:
    """The meter: keeps level 0, which the first call brings, and lets the others pass."""

    def __init__(self) -> None:
        self._encodings: AnyArray | None = None

    def update(self, encodings: AnyArray, /) -> None:
        """Take encodings (n, L, E) of the next L levels."""
        if self._encodings is None:
            self._encodings = encodings[:, 0].copy()

    def columns(self) -> Mapping[str, AnyArray]:
        """Return the encodings of level 0, (n, E)."""
        if self._encodings is None:
            raise RuntimeError("columns were asked for before level 0 came")
        return {"encodings": self._encodings}


@frozen(kw_only=True)
class UnalteredMeasure:
    """
    A measure that is one function of the encodings of all unaltered inputs.

    Parameters
    ----------
    name, title, summary, source, units : str
        As in `rmqm_spec.contracts.measure.Measure`.
    function : callable
        From encodings, (N, E) ndarray of float64, to the value; raises `Undefined` where there is
        none.
    details : callable, optional
        From encodings to further numbers, by name.
    at_least : int
        Number of inputs below which there is no value; the status is then ``too-few-inputs``.
    has_interval : bool
        Whether the delete-group jackknife holds for it.

    Examples
    --------
    >>> norm = UnalteredMeasure(
    ...     name="norm", title="Norm", summary="Mean norm.", source="ours",
    ...     function=lambda encodings: float(np.linalg.norm(encodings, axis=1).mean()),
    ... )
    >>> norm.summarise({"encodings": np.eye(4)}).value
    1.0
    """

    needs: ClassVar[frozenset[Need]] = frozenset({"unaltered"})
    kept: ClassVar[tuple[Column, ...]] = (ENCODINGS,)
    keeps: ClassVar[str] = "unaltered"
    """All such measures share one meter and its columns."""

    name: str
    title: str
    summary: str
    source: str
    function: Callable[[Float64Array], float]
    units: str = "1"
    direction: Direction = None
    details: Callable[[Float64Array], Mapping[str, float]] = field(default=lambda _: {})
    at_least: int = 2
    has_interval: bool = True

    def start(
        self,
        n_inputs: int,  # noqa: ARG002 - the contract's parameters
        n_levels: int,  # noqa: ARG002
        names: Sequence[str],  # noqa: ARG002
    ) -> FirstLevel:
        """Return a meter; it needs to know neither numbers nor names."""
        return FirstLevel()

    def summarise(self, columns: Mapping[str, AnyArray]) -> Summary:
        """Return the value over all encodings, (N, E), with its interval."""
        encodings = np.asarray(columns["encodings"], dtype=np.float64)
        if len(encodings) < self.at_least:
            return Summary(value=math.nan, status="too-few-inputs")
        try:
            value = self.function(encodings)
            details = self.details(encodings)
        except Undefined as reason:
            return Summary(value=math.nan, status=str(reason))
        interval = None
        if self.has_interval:
            interval = jackknife_interval(self._or_nan, encodings, value=value)
        return Summary(value=value, interval=interval, details=dict(details))

    def _or_nan(self, encodings: Float64Array) -> float:
        try:
            return self.function(encodings)
        except Undefined:
            return math.nan
