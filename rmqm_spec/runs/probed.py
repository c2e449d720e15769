"""The records that probes return."""

from __future__ import annotations

from collections.abc import Mapping
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
        return structured(dict(zip(names, columns, strict=True)))

    def to_pandas(self) -> Any:
        """Return `table` as a data frame; needs pandas."""
        return frame(self.table)

    def __repr__(self) -> str:
        return f"<Probes of {', '.join(self.models) or 'nothing'}>"

    def _repr_html_(self) -> str:
        """Show the table in a notebook."""
        from rmqm_spec.screen.notebook import html_of_table

        return html_of_table(self.table)
