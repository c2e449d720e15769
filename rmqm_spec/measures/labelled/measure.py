"""Measures of encodings with labels as plugs: functions of the encodings and their classes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

import numpy as np
from attrs import frozen

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.contracts.measure import Column, Direction, Meter, Need, Summary
from rmqm_spec.measures.unaltered import ENCODINGS, Undefined

__all__ = ["CLASSES", "LabelledMeasure"]

CLASSES = Column(name="classes", meaning="number of the class of the input, a scalar")


@frozen(kw_only=True)
class LabelledMeasure:
    """
    A measure that is one function of encodings and their classes; ``rmqm-spec probe`` computes it.

    Parameters
    ----------
    name, title, summary, source, units : str
        As in `rmqm_spec.contracts.measure.Measure`.
    function : callable
        From encodings (N, E) and classes (N,) to the value; raises `Undefined` where there is none.

    Notes
    -----
    Where no class has a second input there is no value either (``one-per-class``): every encoding
    then separates the classes, whatever it shows.

    Examples
    --------
    >>> spread = LabelledMeasure(
    ...     name="spread", title="Spread", summary="Mean of the class means.", source="ours",
    ...     function=lambda encodings, classes: float(encodings[classes == 0].mean()),
    ... )
    >>> spread.summarise({"encodings": np.eye(4), "classes": np.array([0, 0, 1, 1])}).value
    0.25
    >>> spread.summarise({"encodings": np.eye(2), "classes": np.array([0, 1])}).status
    'one-per-class'
    """

    needs: ClassVar[frozenset[Need]] = frozenset({"unaltered", "labels"})
    kept: ClassVar[tuple[Column, ...]] = (ENCODINGS, CLASSES)
    keeps: ClassVar[str] = "labelled"
    has_interval: ClassVar[bool] = False
    direction: ClassVar[Direction] = None

    name: str
    title: str
    summary: str
    source: str
    function: Callable[[Float64Array, AnyArray], float]
    units: str = "1"

    def start(
        self,
        n_inputs: int,  # noqa: ARG002 - the contract's parameters
        n_levels: int,  # noqa: ARG002
        names: Sequence[str],  # noqa: ARG002
    ) -> Meter:
        """Refuse: a walk through levels has no labels; such a measure is refused before that."""
        raise RuntimeError(f"{self.name} needs labels, which a walk through levels does not have")

    def summarise(self, columns: Mapping[str, AnyArray]) -> Summary:
        """Return the value over all encodings, (N, E), with their classes, (N,)."""
        encodings = np.asarray(columns["encodings"], dtype=np.float64)
        classes = columns["classes"]
        sizes = np.unique(classes, return_counts=True)[1]
        details = {"inputs": float(len(classes)), "classes": float(len(sizes))}
        try:
            value = self._value(encodings, classes, sizes)
        except Undefined as reason:
            return Summary(value=math.nan, status=str(reason), details=details)
        return Summary(value=value, details=details)

    def _value(self, encodings: Float64Array, classes: AnyArray, sizes: AnyArray) -> float:
        if len(sizes) > 1 and sizes.max() == 1:
            raise Undefined("one-per-class")
        value = self.function(encodings, classes)
        if not math.isfinite(value):
            raise Undefined("not-finite")
        return value
