"""What is kept of all inputs while a walk goes on, and the evaluation that it becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from attrs import field, frozen

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.characteristics import Characteristics, Variant
from rmqm_spec.contracts.alteration import AnyAlteration
from rmqm_spec.contracts.measure import Measure, Summary, keeper
from rmqm_spec.errors import UnreadableError
from rmqm_spec.evaluation.group import Group, column_key
from rmqm_spec.evaluation.meters import summarised
from rmqm_spec.measures.movement import RMQM, Movement
from rmqm_spec.resolution import at_resolution, checked_resolution, resolution_of

__all__ = ["Evaluation", "Measured", "Skipped", "Statistic"]


@frozen(kw_only=True)
class Skipped:
    """An input that could not be read, and why."""

    name: str
    code: str
    message: str


@frozen(kw_only=True, eq=False)
class Measured:
    """
    What a further measure gave.

    Parameters
    ----------
    measure : Measure
        The measure.
    columns : mapping of str to (N, ...) ndarray
        What it keeps of each input, in the order of the input ids.
    summary : Summary
        What it says of all inputs.
    """

    measure: Measure
    columns: Mapping[str, AnyArray]
    summary: Summary


@frozen(kw_only=True, eq=False)
class Evaluation:
    """
    What an evaluation measured, in the order of the input ids.

    Parameters
    ----------
    ids, names : tuple of str
        Content hash and origin of each of the N distinct inputs, sorted by id.
    displacements, step_lengths : (N, J) ndarray of float64
        The sufficient statistic.
    characteristics : Characteristics
        Everything that follows from it.
    alteration : dict
        The alteration and its parameters.
    skipped : tuple of Skipped
        Inputs that could not be read.
    n_offered, n_seen, n_duplicates : int
        Inputs that there are, that were looked at, and that repeat another among the latter.
    stopped_early : bool
        Whether the asked precision was reached before the inputs ran out.
    gradient_route : str, optional
        How the encoder made its gradients, where the alteration asked for them.
    measured : dict of str to Measured
        What further measures gave, by name.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    displacements: Float64Array
    step_lengths: Float64Array
    characteristics: Characteristics
    alteration: dict[str, object]
    skipped: tuple[Skipped, ...]
    n_offered: int
    n_seen: int
    n_duplicates: int
    stopped_early: bool
    gradient_route: str | None = None
    measured: Mapping[str, Measured] = field(factory=dict)

    @property
    def rmqm(self) -> float:
        """The score; NaN unless `status` is ``"ok"``."""
        return self.characteristics.rmqm

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the score."""
        return self.characteristics.interval

    @property
    def status(self) -> str:
        """``"ok"``, or why there is no score."""
        return self.characteristics.status


class Statistic:
    """The rows of all distinct inputs while they grow; the first of equal inputs counts."""

    def __init__(
        self,
        alteration: AnyAlteration,
        variant: Variant,
        resolution: float | None,
        name: Callable[[int], str],
        measures: Sequence[Measure] = (),
    ) -> None:
        self.rows: dict[str, tuple[str, tuple[AnyArray, ...]]] = {}
        self.skipped: list[Skipped] = []
        self.n_seen = 0
        self.stopped_early = False
        self._alteration = alteration
        self._variant = variant
        self._resolution = resolution
        self._name = name
        self._measures = tuple(measures)
        self._keys = list(
            dict.fromkeys(
                column_key(keeper(measure), column.name)
                for measure in (RMQM, *measures)
                for column in measure.kept
            )
        )

    def add(self, group: Group) -> None:
        """Take a group; groups come in order, so that the same bits result from any cut."""
        for position, error in group.unreadable:
            name = self._name(position)
            self.skipped.append(Skipped(name=name, code=error.code, message=error.message))
        self.n_seen += group.end - group.first
        if not group.ids:
            return
        if self._resolution is None:
            self._resolution = resolution_of(group.dtype)
        columns = [group.columns[key] for key in self._keys]
        rows = zip(*columns, strict=True)
        for identity, position, row in zip(group.ids, group.readable, rows, strict=True):
            self.rows.setdefault(identity, (self._name(position), row))

    def characteristics(self) -> Characteristics:
        """Compute everything that follows from the distances so far."""
        movement, ids = self._movement(), sorted(self.rows)
        return movement.characteristics(self._columns(movement, ids))

    def finish(self, n_offered: int, route: str | None) -> Evaluation:
        """Return what was measured, of so many inputs that there are."""
        movement, ids = self._movement(), sorted(self.rows)
        distances = {
            name: at_resolution(rows, movement.resolution)
            for name, rows in self._columns(movement, ids).items()
        }
        measured = {}
        for measure in self._measures:
            columns = self._columns(measure, ids)
            summary = summarised(measure, columns)
            measured[measure.name] = Measured(measure=measure, columns=columns, summary=summary)
        return Evaluation(
            ids=tuple(ids),
            names=tuple(self.rows[identity][0] for identity in ids),
            **distances,
            characteristics=movement.characteristics(distances),
            alteration=self._alteration.to_dict(),
            skipped=tuple(self.skipped),
            n_offered=n_offered,
            n_seen=self.n_seen,
            n_duplicates=self.n_seen - len(self.skipped) - len(ids),
            stopped_early=self.stopped_early,
            gradient_route=route,
            measured=measured,
        )

    def _movement(self) -> Movement:
        """Return RMQM as this run defines it."""
        if not self.rows:
            raise UnreadableError(
                "DAT018",
                f"at least one input must be readable; got 0 of {self.n_seen}"
                + (f", the first because {self.skipped[0].message}" if self.skipped else ""),
                fix="Point --data at images or arrays that can be opened.",
            )
        return Movement(self._variant, checked_resolution(self._resolution or 0.0))

    def _columns(self, measure: Measure, ids: Sequence[str]) -> dict[str, AnyArray]:
        """Return the columns of a measure, each (N, ...), in the order of `ids`."""
        places = {
            column.name: self._keys.index(column_key(keeper(measure), column.name))
            for column in measure.kept
        }
        return {
            name: np.stack([self.rows[identity][1][place] for identity in ids])
            for name, place in places.items()
        }
