"""The record that a score returns: the number with all that made it, for people and programs."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from rmqm_spec.findings import Finding
from rmqm_spec.runs.request import RunRequest
from rmqm_spec.runs.tables import frame, structured

if TYPE_CHECKING:
    from rmqm_spec.arrays import AnyArray
    from rmqm_spec.characteristics import Characteristics
    from rmqm_spec.results.stored import StoredResult
    from rmqm_spec.runs.opening import Run

__all__ = ["Score"]


@frozen(kw_only=True, eq=False, repr=False)
class Score:
    """
    A score, how sure it is, and how it was made.

    Parameters
    ----------
    request : RunRequest
        What was asked for.
    stored : StoredResult
        The result as it is on disk: its document, its distances, its place.
    findings : tuple of Finding
        Everything that is worth knowing before the score is quoted.
    reused : bool
        Whether the result was there already, and nothing was computed.
    run : Run, optional
        The open model and its inputs; it does not pickle, and a copy goes without it.
    """

    request: RunRequest
    stored: StoredResult
    findings: tuple[Finding, ...]
    reused: bool = False
    run: Run | None = field(default=None)

    @property
    def rmqm(self) -> float:
        """The score; NaN unless `status` is ``"ok"``."""
        value = self.stored.document["rmqm"]
        return math.nan if value is None else float(value)

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % interval of the score; None where there is none."""
        interval = self.stored.document["interval"]
        return None if interval is None else (float(interval[0]), float(interval[1]))

    @property
    def status(self) -> str:
        """``"ok"``, or why there is no score."""
        return str(self.stored.document["status"])

    @property
    def components(self) -> dict[str, float | None]:
        """D, D_RC, P_RC and S."""
        return dict(self.stored.document["components"])

    @property
    def measures(self) -> dict[str, Any]:
        """What further measures gave, by name: value, interval, units, direction, source."""
        return dict(self.stored.document.get("measures") or {})

    @property
    def null(self) -> dict[str, Any] | None:
        """The score of the same network with permuted weights; None where it was not asked for."""
        null: dict[str, Any] | None = self.stored.document.get("null")
        return null

    @property
    def path(self) -> Path:
        """The file ``result.json``."""
        return self.stored.path

    @property
    def folder(self) -> Path:
        """The folder of the result."""
        return self.stored.path.parent

    @property
    def characteristics(self) -> Characteristics:
        """Everything that follows from the distances, per input too."""
        return self.stored.characteristics()

    @property
    def encodings_per_second(self) -> float | None:
        """How fast it was computed; None where no input was left to do."""
        speed: float | None = (self.stored.document["runtime"] or {}).get("encodings_per_second")
        return speed

    @property
    def inputs(self) -> AnyArray:
        """A row per input: id, name, D, D_RC, P_RC, S and its contribution; a structured array."""
        per_input = self.characteristics.per_input
        names = ("D", "D_RC", "P_RC", "S", "contribution")
        columns = {name: getattr(per_input, name) for name in names}
        return structured({"id": self.stored.ids, "name": self.stored.names, **columns})

    @property
    def levels(self) -> AnyArray:
        """A row per level: mean displacement and step length with their intervals."""
        curves = self.stored.document["curves"]
        columns: dict[str, Any] = {"level": curves["levels"]}
        for name, curve in curves.items():
            if name != "levels":
                columns |= {f"{name}_{part}": values for part, values in curve.items()}
        return structured(columns)

    def to_pandas(self) -> Any:
        """
        Return `inputs` as a data frame with the ids as its index.

        Raises
        ------
        UnavailableError
            ENV010 if pandas is not installed.
        """
        return frame(self.inputs, index="id")

    def __repr__(self) -> str:
        if not math.isfinite(self.rmqm):
            return f"<Score undefined ({self.status}): {self.path}>"
        interval = self.interval
        width = f" [{interval[0]:.3f}, {interval[1]:.3f}]" if interval else ""
        return f"<Score RMQM {self.rmqm:.3f}{width}: {self.path}>"

    def _repr_html_(self) -> str:
        """Show score, interval, parts and curves in a notebook."""
        from rmqm_spec.screen.notebook import html_of_result

        doubts = [
            f"{finding.code} {finding.message}"
            for finding in self.findings
            if finding.level != "ok"
        ]
        return html_of_result(
            self.request.name or self.request.path.name,
            self.rmqm,
            self.interval,
            self.components,
            self.stored.document["curves"],
            self.measures,
            doubts,
        )

    def __getstate__(self) -> dict[str, Any]:
        names = ("request", "stored", "findings", "reused")
        return {name: getattr(self, name) for name in names} | {"run": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            object.__setattr__(self, name, value)
