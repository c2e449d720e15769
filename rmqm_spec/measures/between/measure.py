"""A measure between encoders as a plug: its columns are those of measures of unaltered inputs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Final, TypeAlias

from attrs import field, frozen

from rmqm_spec.arrays import AnyArray
from rmqm_spec.contracts.measure import ALONE, Column, Direction, Need, Summary
from rmqm_spec.measures.between.candidates import AT_LEAST
from rmqm_spec.measures.between.ridge import is_constant
from rmqm_spec.measures.unaltered import ENCODINGS, FirstLevel, Undefined

__all__ = ["MeasureBetween", "Values"]

Values: TypeAlias = Mapping[str, float]

_NO_DETAILS: Final[Mapping[str, Values]] = {}


@frozen(kw_only=True)
class MeasureBetween:
    """
    A measure that is one function of the encodings of the same inputs by several encoders.

    Parameters
    ----------
    name, title, summary, source, units : str
        As in `rmqm_spec.contracts.measure.Measure`.
    function : callable
        From encodings, each (N, E), by name of the encoder, to the value of each; raises
        `Undefined` where there are none.
    details : callable, optional
        From the same to further numbers of each encoder, by name.

    Examples
    --------
    >>> import numpy as np
    >>> sizes = MeasureBetween(
    ...     name="others", title="Others", summary="How many others.", source="ours",
    ...     function=lambda encodings: dict.fromkeys(encodings, len(encodings) - 1.0),
    ... )
    >>> sizes.between({name: {"encodings": np.eye(4)} for name in "abc"})["a"].value
    2.0
    >>> sizes.summarise({"encodings": np.eye(4)}).status
    'needs-other-encoders'
    """

    needs: ClassVar[frozenset[Need]] = frozenset({"unaltered", "encoders"})
    kept: ClassVar[tuple[Column, ...]] = (ENCODINGS,)
    keeps: ClassVar[str] = "unaltered"
    """The measures of unaltered inputs keep the same column under the same name."""

    name: str
    title: str
    summary: str
    source: str
    function: Callable[[Mapping[str, AnyArray]], Values]
    details: Callable[[Mapping[str, AnyArray]], Mapping[str, Values]] = field(
        default=lambda _: _NO_DETAILS
    )
    units: str = "1"
    direction: Direction = None

    def start(
        self,
        n_inputs: int,  # noqa: ARG002 - the contract's parameters
        n_levels: int,  # noqa: ARG002
        names: Sequence[str],  # noqa: ARG002
    ) -> FirstLevel:
        """Return a meter that keeps the encodings of unaltered inputs."""
        return FirstLevel()

    def summarise(self, columns: Mapping[str, AnyArray]) -> Summary:  # noqa: ARG002 - the contract's
        """Return no value: one encoder alone has none."""
        return Summary(value=math.nan, status=ALONE)

    def between(self, columns: Mapping[str, Mapping[str, AnyArray]], /) -> dict[str, Summary]:
        """
        Return the value of each of at least three encoders; otherwise why there is none.

        An encoder that gives every input the same encoding has no value (``constant``), and takes
        no part in those of the others: its neighbours are those of the order of the inputs.
        """
        given = {name: kept["encodings"] for name, kept in columns.items()}
        constant = [name for name, rows in given.items() if is_constant(rows)]
        encodings = {name: rows for name, rows in given.items() if name not in constant}
        return {**dict.fromkeys(constant, _without("constant")), **self._of(encodings)}

    def _of(self, encodings: Mapping[str, AnyArray]) -> dict[str, Summary]:
        if len(encodings) < AT_LEAST:
            return dict.fromkeys(encodings, _without("too-few-candidates"))
        try:
            values = self.function(encodings)
            details = self.details(encodings)
        except Undefined as reason:
            return dict.fromkeys(encodings, _without(str(reason)))
        return {
            name: Summary(value=value, details=dict(details.get(name, {})))
            for name, value in values.items()
        }


def _without(reason: str) -> Summary:
    return Summary(value=math.nan, status=reason)
