"""Any measure at a smaller embedding size: larger encodings must not win by their size alone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, cast

import numpy as np
from attrs import frozen

from rmqm_spec.arrays import AnyArray, Float64Array, FloatArray
from rmqm_spec.contracts.encoder import DifferentiableEncoder, EncoderTraits, Pullback, traits_of
from rmqm_spec.contracts.measure import (
    Column,
    Direction,
    GradientMeter,
    InputMeter,
    Measure,
    Meter,
    Need,
    Summary,
    keeper,
    pullbacks,
)
from rmqm_spec.measures.unaltered import UnalteredMeasure

__all__ = ["SEED", "SizeMatched", "projection"]

SEED: Final = 0
"""Of the projection: all encoders of one size are projected alike."""


@lru_cache(maxsize=8)
def projection(n_values: int, size: int) -> Float64Array:
    """
    Return a random orthonormal projection, uniform among all of them.

    Parameters
    ----------
    n_values, size : int
        Values of an encoding, and how many shall be left; at most as many.

    Returns
    -------
    (n_values, size) ndarray of float64
        Orthonormal columns: lengths never grow. It depends on the two numbers alone.

    Examples
    --------
    >>> columns = projection(6, 2)
    >>> np.allclose(columns.T @ columns, np.eye(2))
    True
    """
    random = np.random.default_rng([SEED, n_values, size])
    axes, triangle = np.linalg.qr(random.standard_normal((n_values, size)))
    axes *= np.sign(np.diagonal(triangle))
    axes.flags.writeable = False
    return np.asarray(axes)


class _Projecting:
    """A meter that sees projected encodings; those with too few values reach it as they are."""

    def __init__(self, meter: Meter, size: int) -> None:
        self._meter, self._size = meter, size

    def look(self, inputs: AnyArray, /) -> None:
        """Hand the inputs on: only encodings are projected."""
        cast("InputMeter", self._meter).look(inputs)

    def differentiate(self, encoder: DifferentiableEncoder, inputs: FloatArray, /) -> None:
        """Hand on the encoder that projects its encodings, and the inputs."""
        projected = _ProjectedEncoder(encoder, self._size)
        cast("GradientMeter", self._meter).differentiate(projected, inputs)

    def update(self, encodings: AnyArray, /) -> None:
        """Take encodings (n, L, E) of the next L levels."""
        if encodings.shape[-1] >= self._size:
            encodings = _projected(encodings, self._size)
        self._meter.update(encodings)
        self._n_values = encodings.shape[-1]

    def columns(self) -> Mapping[str, AnyArray]:
        """Return the meter's columns, and how many values the encodings had."""
        columns = dict(self._meter.columns())
        n_inputs = len(next(iter(columns.values())))
        return {**columns, _N_VALUES.name: np.full(n_inputs, self._n_values)}


class _ProjectedEncoder:
    """An encoder with projected encodings, and the gradients of those."""

    def __init__(self, encoder: DifferentiableEncoder, size: int) -> None:
        self._encoder, self._size = encoder, size

    @property
    def traits(self) -> EncoderTraits:
        """Those of the encoder."""
        return traits_of(self._encoder)

    def encode(self, inputs: FloatArray, /) -> AnyArray:
        """Encode and project."""
        return self._projected(self._encoder.encode(inputs))

    def vjp(self, inputs: FloatArray, /) -> tuple[AnyArray, Pullback]:
        """Return projected encodings, and a pullback from cotangents of them."""
        encodings, pullback = self._encoder.vjp(inputs)
        if encodings.shape[-1] < self._size:
            return encodings, pullback
        axes = projection(encodings.shape[-1], self._size)

        def pull_back(cotangent: FloatArray) -> FloatArray:
            return pullback((cotangent.astype(np.float64) @ axes.T).astype(cotangent.dtype))

        return self._projected(encodings), pull_back

    def _projected(self, encodings: AnyArray) -> AnyArray:
        is_short = encodings.shape[-1] < self._size
        return encodings if is_short else _projected(encodings[:, None], self._size)[:, 0]


def _projected(encodings: AnyArray, size: int) -> AnyArray:
    """
    Project each encoding of (n, L, E) by itself, in the type of the encodings.

    A product of whole blocks may round otherwise for another division into blocks; and the type
    says below which distance movement is rounding.
    """
    axes = projection(encodings.shape[-1], size)
    rows = [row @ axes for row in encodings.reshape(-1, len(axes)).astype(np.float64)]
    return np.stack(rows).astype(encodings.dtype).reshape(*encodings.shape[:-1], size)


_N_VALUES = Column(name="values", meaning="number of values of the projected encoding")


@frozen
class SizeMatched:
    """
    A measure after projecting all encodings to a common size.

    It is typed as ``NAME@SIZE``, for example ``rankme@32``. Encodings with fewer values have no
    value of it: the status is ``too-few-dimensions``.

    Parameters
    ----------
    measure : Measure
        The measure.
    size : int
        Values of a projected encoding, at least 2.

    Examples
    --------
    >>> from rmqm_spec.measures.unaltered import UnalteredMeasure
    >>> values = UnalteredMeasure(
    ...     name="values", title="Values", summary="Of an encoding.", source="ours",
    ...     function=lambda encodings: encodings.shape[1],
    ... )
    >>> matched = SizeMatched(values, 3)
    >>> matched.name, matched.summarise({"encodings": np.eye(5)}).value
    ('values@3', 3)
    >>> matched.summarise({"encodings": np.eye(2)}).status
    'too-few-dimensions'
    """

    measure: Measure
    size: int

    @property
    def units(self) -> str:
        """Units of the measure."""
        return self.measure.units

    @property
    def direction(self) -> Direction:
        """Direction of the measure."""
        return self.measure.direction

    @property
    def name(self) -> str:
        """As it is typed."""
        return f"{self.measure.name}@{self.size}"

    @property
    def title(self) -> str:
        """As tables call it."""
        return f"{self.measure.title} at {self.size} values"

    @property
    def summary(self) -> str:
        """One short sentence for help."""
        return f"{self.measure.summary} After a projection to {self.size} values."

    @property
    def source(self) -> str:
        """Where the measure is defined, and how it was projected."""
        return f"{self.measure.source}; after a random orthonormal projection (seed {SEED})"

    @property
    def needs(self) -> frozenset[Need]:
        """What it is computed from."""
        return self.measure.needs

    @property
    def _projects_columns(self) -> bool:
        """Whether the measure keeps whole encodings, which can be projected afterwards."""
        return isinstance(self.measure, UnalteredMeasure)

    @property
    def kept(self) -> tuple[Column, ...]:
        """What the measure keeps, and how many values the encodings had."""
        kept = tuple(self.measure.kept)
        return kept if self._projects_columns else (*kept, _N_VALUES)

    @property
    def keeps(self) -> str:
        """Under which name the columns are kept."""
        own = keeper(self.measure)
        return own if self._projects_columns else f"{own}@{self.size}"

    def pullbacks(self, length: int, n_values: int) -> int:
        """Return how many products with the Jacobian the measure takes at an input."""
        return pullbacks(self.measure, min(length, self.size), n_values)

    def start(self, n_inputs: int, n_levels: int, names: Sequence[str]) -> Meter:
        """Return a meter for a group of n inputs at levels 0..J."""
        meter = self.measure.start(n_inputs, n_levels, names)
        return meter if self._projects_columns else _Projecting(meter, self.size)

    def summarise(self, columns: Mapping[str, AnyArray]) -> Summary:
        """Return the measure's value over the projected encodings."""
        columns = dict(columns)
        if self._projects_columns:
            encodings = np.asarray(columns["encodings"], dtype=np.float64)
            if encodings.shape[1] < self.size:
                return Summary(value=math.nan, status="too-few-dimensions")
            projected = encodings @ projection(encodings.shape[1], self.size)
            columns = {"encodings": projected}
        elif (columns.pop(_N_VALUES.name) < self.size).any():
            return Summary(value=math.nan, status="too-few-dimensions")
        summary: Summary = self.measure.summarise(columns)
        return summary
