"""What a ranking is asked, and what it returns."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from rmqm_spec.errors import RmqmError
from rmqm_spec.findings import Finding
from rmqm_spec.ranking.by_rows import in_order
from rmqm_spec.runs.race_request import RaceSettings
from rmqm_spec.runs.request import RunRequest
from rmqm_spec.runs.tables import frame, structured

if TYPE_CHECKING:
    from rmqm_spec.arrays import AnyArray
    from rmqm_spec.results.stored import StoredResult
    from rmqm_spec.runs.probed import ProbedModels

__all__ = ["RankRequest", "RankedModels"]


@frozen(kw_only=True, eq=False)
class RankRequest:
    """
    Models and results to be ranked.

    Parameters
    ----------
    models : tuple of str
        Models, folders, globs, results.
    settings : Path, optional
        TOML with a table for each model that needs options of its own.
    common : RunRequest
        What all models are asked; ``out`` is the folder of the ranking.
    labels : str, optional
        Where the labels of the inputs are; by default those that the data brings along.
    probe : bool
        Whether to probe the models with these labels, too.
    by : str
        What orders the ranking: a measure, ``NAME[@SIZE][:high|:low]``.
    race : RaceSettings
        Whether inputs are taken only until the order or the best is settled.
    """

    models: tuple[str, ...] = ()
    settings: Path | None = None
    common: RunRequest = field(factory=lambda: RunRequest(model=""))
    labels: str | None = None
    probe: bool = False
    by: str = "rmqm"
    race: RaceSettings = field(factory=RaceSettings)


@frozen(kw_only=True, eq=False, repr=False)
class RankedModels:
    """
    A ranking, and the results that it rests on.

    Parameters
    ----------
    document : dict
        The ranking (``rmqm-rank/1``).
    path : Path
        The file ``rank.json``.
    results : dict of str to StoredResult
        Results by the name of their encoder.
    findings : tuple of Finding
        What is worth knowing about the ranking.
    findings_of : dict of str to tuple of Finding
        What is worth knowing about each encoder.
    failed : dict of str to RmqmError
        Why models could not be scored, by name.
    on_common_inputs : bool
        Whether all were scored here, on the same inputs.
    probe_command : str, optional
        The command that probes the models, where the inputs have labels and no probes are there.
    probed : ProbedModels, optional
        The probes, where they were asked for.
    probes_refused : RmqmError, optional
        Why there are no probes though they were asked for; the ranking does not need them.
    """

    document: dict[str, Any]
    path: Path
    results: Mapping[str, StoredResult]
    findings: tuple[Finding, ...]
    findings_of: Mapping[str, tuple[Finding, ...]]
    failed: Mapping[str, RmqmError]
    on_common_inputs: bool
    probe_command: str | None = None
    probed: ProbedModels | None = None
    probes_refused: RmqmError | None = None

    @property
    def is_complete(self) -> bool:
        """Whether every encoder has a score, and probes and a place where they were asked for."""
        unprobed = self.probes_refused or (self.probed is not None and self.probed.failed)
        unplaced = (self.document.get("by") or {}).get("unranked")
        return not (self.document["unranked"] or self.document["failed"] or unprobed or unplaced)

    @property
    def table(self) -> AnyArray:
        """A row per encoder that has a score, in the order of the ranking: a structured array."""
        ranked = in_order(self.document)
        columns: dict[str, Any] = {
            "position": [row["position"] for row in ranked],
            "name": [row["name"] for row in ranked],
            "rmqm": [row["rmqm"] for row in ranked],
            "low": [(_of_rmqm(row) or (None, None))[0] for row in ranked],
            "high": [(_of_rmqm(row) or (None, None))[1] for row in ranked],
            "best": [row["best"] for row in ranked],
            "null": [(row["null"] or {}).get("rmqm") for row in ranked],
        }
        names = dict.fromkeys(name for row in ranked for name in row.get("measures") or {})
        for name in names:
            columns[name] = [
                ((row.get("measures") or {}).get(name) or {}).get("value") for row in ranked
            ]
        return structured(columns)

    def to_pandas(self) -> Any:
        """Return `table` as a data frame with the names as its index; needs pandas."""
        return frame(self.table, index="name")

    def __repr__(self) -> str:
        names = ", ".join(f"{row['name']} {row['rmqm']:.3f}" for row in self.document["ranked"])
        return f"<Ranking {names or 'of nothing'}: {self.path}>"

    def _repr_html_(self) -> str:
        """Show the table in a notebook."""
        from rmqm_spec.screen.notebook import html_of_table

        return html_of_table(self.table)


def _of_rmqm(row: Mapping[str, Any]) -> Any:
    """Return the interval of RMQM, whatever orders the ranking."""
    return row.get("rmqm_interval", row["interval"])
