"""Measures: numbers computed from the encodings of one walk through all levels."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, Protocol, TypeAlias, runtime_checkable

from attrs import field, frozen

from rmqm_spec.arrays import AnyArray, FloatArray
from rmqm_spec.contracts.encoder import DifferentiableEncoder

__all__ = [
    "ALONE",
    "BetweenMeasure",
    "Column",
    "Direction",
    "GradientMeter",
    "InputMeter",
    "Measure",
    "Meter",
    "Need",
    "Summary",
    "cost_words",
    "keeper",
    "of_gradients",
    "pullbacks",
]

Need: TypeAlias = Literal["unaltered", "altered", "inputs", "labels", "gradients", "encoders"]
"""Encodings of unaltered or altered inputs, the inputs, labels, gradients, or several encoders."""

Direction: TypeAlias = Literal["higher", "lower"] | None
"""Which values are better; None where that is not known."""

ALONE: Final = "needs-other-encoders"
"""Status of a measure between encoders where there is one encoder only, as in a result."""


@frozen(kw_only=True)
class Column:
    """
    A column of what a measure keeps of each input.

    Parameters
    ----------
    name : str
        Its name, unique within the measure.
    units : str
        Units of its values; ``"1"`` for numbers without a dimension.
    meaning : str
        What it holds, with its shape behind the axis of inputs.
    """

    name: str
    units: str = "1"
    meaning: str = ""


@frozen(kw_only=True)
class Summary:
    """
    What a measure says of all inputs.

    Parameters
    ----------
    value : float
        The number; NaN where it is undefined.
    interval : tuple of two floats, optional
        95 % interval of it, where the measure has one.
    status : str
        ``"ok"``, or in one word why there is no value.
    details : mapping of str to float
        Further numbers, by name.
    """

    value: float
    interval: tuple[float, float] | None = None
    status: str = "ok"
    details: Mapping[str, float] = field(factory=dict)

    @property
    def is_defined(self) -> bool:
        """Whether there is a value."""
        return math.isfinite(self.value)


@runtime_checkable
class Meter(Protocol):
    """Measures a group of inputs while their levels stream by."""

    def update(self, encodings: AnyArray, /) -> None:
        """Take the encodings (n, L, E) of the next L levels; the first call brings level 0."""
        ...

    def columns(self) -> Mapping[str, AnyArray]:
        """Return what is kept of each input, by name of the column: (n, ...)."""
        ...


@runtime_checkable
class InputMeter(Meter, Protocol):
    """A meter that looks at the inputs too: that of a measure whose needs include "inputs"."""

    def look(self, inputs: AnyArray, /) -> None:
        """Take the unaltered inputs (n, *S), before the first call of `update`."""
        ...


@runtime_checkable
class GradientMeter(Meter, Protocol):
    """A meter that differentiates: that of a measure whose needs include "gradients"."""

    def differentiate(self, encoder: DifferentiableEncoder, inputs: FloatArray, /) -> None:
        """
        Take the encoder and the unaltered inputs (n, *S) of the group, once, before `update`.

        The meter asks the encoder for the products that it needs, and keeps what becomes of them.
        """
        ...


@runtime_checkable
class Measure(Protocol):
    """
    A measure as a plug: an entry point of the group ``rmqm_spec.measures`` names one.

    Every measure sees the same walk: encoders run once for all of them. What it keeps of a group
    must depend on that group alone, so that killed work resumes and merged work gives the same
    bits; `summarise` gets the columns of all distinct inputs in the order of their ids.

    Measures that need the same columns can share a meter: a further attribute ``keeps``, a text,
    names what they keep in common (see `keeper`).
    """

    @property
    def name(self) -> str:
        """As it is typed and as documents hold it, for example ``"rankme"``."""
        ...

    @property
    def title(self) -> str:
        """As tables and pages call it, for example ``"RankMe"``."""
        ...

    @property
    def summary(self) -> str:
        """One short sentence for help."""
        ...

    @property
    def source(self) -> str:
        """Where the definition comes from: paper and equation, or clause."""
        ...

    @property
    def units(self) -> str:
        """Units of the value; ``"1"`` for numbers without a dimension."""
        ...

    @property
    def direction(self) -> Direction:
        """Which values are better, where that is known."""
        ...

    @property
    def needs(self) -> frozenset[Need]:
        """What it is computed from."""
        ...

    @property
    def kept(self) -> tuple[Column, ...]:
        """The columns that it keeps of each input."""
        ...

    def start(self, n_inputs: int, n_levels: int, names: Sequence[str]) -> Meter:
        """Return a meter for a group of n inputs at levels 0..J; names are for errors."""
        ...

    def summarise(self, columns: Mapping[str, AnyArray]) -> Any:
        """Return a `Summary` from the columns of all inputs, each (N, ...)."""
        ...


@runtime_checkable
class BetweenMeasure(Measure, Protocol):
    """
    A measure between encoders: its needs include "encoders".

    Its columns are kept for each encoder, in the walk that is there anyway. One encoder alone has
    no value of it: `summarise` returns a `Summary` with the status `ALONE`. `rank` calls `between`
    once all encoders have their columns.
    """

    def between(self, columns: Mapping[str, Mapping[str, AnyArray]], /) -> Mapping[str, Any]:
        """
        Return a `Summary` for each encoder.

        Parameters
        ----------
        columns : mapping of str to mapping
            By name of the encoder its columns, each (N, ...); row i of all is of the same input.
        """
        ...


def keeper(measure: Measure) -> str:
    """
    Return the name under which the columns of a measure are kept.

    It is the attribute ``keeps`` where the measure has one, otherwise its name. Measures that keep
    under one name share the meter of the first of them, so they must declare the same columns.

    Examples
    --------
    >>> from rmqm_spec.measures.movement import RMQM
    >>> keeper(RMQM)
    'rmqm'
    """
    return str(getattr(measure, "keeps", measure.name))


def of_gradients(measures: Sequence[Measure]) -> list[str]:
    """
    Return the names of the measures that need gradients of the encoder.

    Examples
    --------
    >>> from rmqm_spec.measures.movement import RMQM
    >>> of_gradients([RMQM])
    []
    """
    return [measure.name for measure in measures if "gradients" in measure.needs]


def pullbacks(measure: Measure, length: int, n_values: int) -> int:
    """
    Return how many products with the Jacobian a measure of gradients takes at an input.

    A run is estimated from it before it starts. It is what a method ``pullbacks(length, n_values)``
    of the measure says, otherwise 1.

    Parameters
    ----------
    measure : Measure
        The measure.
    length, n_values : int
        Number of values of an encoding and of an input.

    Examples
    --------
    >>> from rmqm_spec.measures.jacobian import JACOBIAN_NORM
    >>> pullbacks(JACOBIAN_NORM, 64, 784)
    64
    """
    counted = getattr(measure, "pullbacks", None)
    return int(counted(length, n_values)) if counted else 1


def cost_words(measure: Measure) -> str:
    """
    Return how many encodings of each input a measure rests on, in words.

    RMQM is always computed, at J + 1 encodings an input: beside it no measure costs more of them,
    but for a measure of gradients. An attribute ``cost``, a text, says more.

    Examples
    --------
    >>> from rmqm_spec.measures.movement import RMQM
    >>> cost_words(RMQM)
    'J + 1'
    """
    if "encoders" in measure.needs:
        return "1 per encoder"
    if "gradients" in measure.needs:
        return str(getattr(measure, "cost", "1 with its gradients"))
    return "J + 1" if "altered" in measure.needs else "1"
