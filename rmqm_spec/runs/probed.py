"""The records that probes return."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen

from rmqm_spec.errors import RmqmError
from rmqm_spec.findings import Finding
from rmqm_spec.runs.tables import frame, structured

if TYPE_CHECKING:
    from rmqm_spec.arrays import AnyArray
    from rmqm_spec.probes.comparing import Compared
    from rmqm_spec.probes.judging import Judgement

__all__ = ["ProbedModel", "ProbedModels"]


@frozen(kw_only=True, eq=False)
class ProbedModel:
    """
    What probes make of a model, and where it is written.

    Parameters
    ----------
    path : Path
        Its ``probe.json``.
    document : dict
        Its content.
    judgement : Judgement
        The answers.
    findings : tuple of Finding
        Everything that is worth knowing.
    """

    path: Path
    document: dict[str, Any]
    judgement: Judgement
    findings: tuple[Finding, ...]


@frozen(kw_only=True, eq=False, repr=False)
class ProbedModels:
    """
    Probes of several models on one task.

    Parameters
    ----------
    models : dict of str to ProbedModel
        Those that were probed, by name.
    failed : dict of str to RmqmError
        Why others could not be, by name.
    differences : tuple of Compared
        Paired differences between them, probe by probe.
    findings : tuple of Finding
        What is worth knowing about the list of models.
    """

    models: Mapping[str, ProbedModel]
    failed: Mapping[str, RmqmError]
    differences: tuple[Compared, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def table(self) -> AnyArray:
        """A row per model and probe: accuracy with its interval; a structured array."""
        rows = [
            (name, probe, found["accuracy"], *found["interval"])
            for name, model in self.models.items()
            for probe, found in model.document["probes"].items()
        ]
        columns = list(zip(*rows, strict=True)) or [(), (), (), (), ()]
        names = ("name", "probe", "accuracy", "low", "high")
        table: dict[str, Any] = dict(zip(names, columns, strict=True))
        return structured(table | self.measured([row[0] for row in rows]))

    def measured(self, names: Sequence[str]) -> dict[str, list[Any]]:
        """Return values of measures with labels as columns, each beside why there is none."""
        from rmqm_spec.probes.measuring import values_and_reasons

        documents = {name: model.document for name, model in self.models.items()}
        nothing = (math.nan, "not-measured")
        columns: dict[str, list[Any]] = {}
        for measure, _, found in values_and_reasons(documents):
            cells = [found.get(name, nothing) for name in names]
            columns[measure] = [None if math.isnan(value) else value for value, _ in cells]
            columns[f"{measure}_status"] = [status for _, status in cells]
        return columns

    def to_pandas(self) -> Any:
        """Return `table` as a data frame; needs pandas."""
        return frame(self.table)

    def __repr__(self) -> str:
        return f"<Probes of {', '.join(self.models) or 'nothing'}>"

    def _repr_html_(self) -> str:
        """Show the table in a notebook."""
        from rmqm_spec.screen.notebook import html_of_table

        return html_of_table(self.table)
