"""The sufficient statistic while it grows, and the evaluation that it becomes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from attrs import frozen

from rmqm_spec.alterations import AnyAlteration
from rmqm_spec.arrays import Float64Array
from rmqm_spec.characteristics import Characteristics, Variant, characterize
from rmqm_spec.errors import UnreadableError
from rmqm_spec.evaluation.group import Group
from rmqm_spec.resolution import at_resolution, checked_resolution, resolution_of

__all__ = ["Evaluation", "Skipped", "Statistic"]


@frozen(kw_only=True)
class Skipped:
    """An input that could not be read, and why."""

    name: str
    code: str
    message: str


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
    """The sufficient statistic while it grows; the first of equal inputs counts."""

    def __init__(
        self,
        alteration: AnyAlteration,
        variant: Variant,
        resolution: float | None,
        name: Callable[[int], str],
    ) -> None:
        self.rows: dict[str, tuple[str, Float64Array, Float64Array]] = {}
        self.skipped: list[Skipped] = []
        self.n_seen = 0
        self.stopped_early = False
        self._alteration = alteration
        self._variant = variant
        self._resolution = resolution
        self._name = name

    def add(self, walked: Group) -> None:
        """Take a group; groups come in order, so that the same bits result from any cut."""
        for position, error in walked.unreadable:
            name = self._name(position)
            self.skipped.append(Skipped(name=name, code=error.code, message=error.message))
        if walked.ids and self._resolution is None:
            self._resolution = resolution_of(walked.dtype)
        rows = zip(
            walked.ids, walked.readable, walked.displacements, walked.step_lengths, strict=True
        )
        for one, position, d, s in rows:
            self.rows.setdefault(one, (self._name(position), d, s))
        self.n_seen += walked.end - walked.first

    def _statistic(self) -> tuple[list[str], Float64Array, Float64Array, float]:
        if not self.rows:
            raise UnreadableError(
                "DAT018",
                f"at least one input must be readable; got 0 of {self.n_seen}"
                + (f", the first because {self.skipped[0].message}" if self.skipped else ""),
                fix="Point --data at images or arrays that open.",
            )
        resolution = checked_resolution(self._resolution or 0.0)
        ids = sorted(self.rows)
        d = at_resolution(np.stack([self.rows[one][1] for one in ids]), resolution)
        s = at_resolution(np.stack([self.rows[one][2] for one in ids]), resolution)
        return ids, d, s, resolution

    def characteristics(self) -> Characteristics:
        """Compute everything that follows from the rows so far."""
        _, d, s, resolution = self._statistic()
        return characterize(d, s, variant=self._variant, resolution=resolution)

    def finish(self, n_offered: int, route: str | None) -> Evaluation:
        """Return what was measured, of so many inputs that there are."""
        ids, d, s, resolution = self._statistic()
        return Evaluation(
            ids=tuple(ids),
            names=tuple(self.rows[one][0] for one in ids),
            displacements=d,
            step_lengths=s,
            characteristics=characterize(d, s, variant=self._variant, resolution=resolution),
            alteration=self._alteration.to_dict(),
            skipped=tuple(self.skipped),
            n_offered=n_offered,
            n_seen=self.n_seen,
            n_duplicates=self.n_seen - len(self.skipped) - len(ids),
            stopped_early=self.stopped_early,
            gradient_route=route,
        )
