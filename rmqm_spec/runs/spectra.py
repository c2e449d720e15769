"""The records that spectrum returns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from rmqm_spec.errors import RmqmError
from rmqm_spec.findings import Finding
from rmqm_spec.runs.tables import frame, structured

if TYPE_CHECKING:
    from rmqm_spec.arrays import AnyArray
    from rmqm_spec.probes.pairing import Compared
    from rmqm_spec.spectra.columns import Columns

__all__ = ["ModelSpectra", "ModelSpectrum", "SetDifference", "quantities_of"]


@frozen(kw_only=True, eq=False)
class ModelSpectrum:
    """
    The spectra of a model, and where they are written.

    Parameters
    ----------
    path : Path
        Its ``spectrum.json``.
    document : dict
        Its content.
    columns : mapping of str to Columns
        What its numbers follow from, by set of inputs: ``data``, ``train``, ``test``.
    null : mapping of str to Columns
        The same of the encoder with permuted weights; empty where there is none.
    findings : tuple of Finding
        Everything that is worth knowing.
    """

    path: Path
    document: dict[str, Any]
    columns: Mapping[str, Columns]
    null: Mapping[str, Columns] = field(factory=dict)
    findings: tuple[Finding, ...] = ()


@frozen(kw_only=True)
class SetDifference:
    """Two models compared by a quantity, on a set of inputs."""

    set: str
    compared: Compared


@frozen(kw_only=True, eq=False, repr=False)
class ModelSpectra:
    """
    Spectra of the Jacobians of several models on the same inputs.

    Parameters
    ----------
    models : dict of str to ModelSpectrum
        Those that were measured, by name.
    failed : dict of str to RmqmError
        Why others could not be, by name.
    differences : tuple of SetDifference
        Paired differences between them, set by set and quantity by quantity.
    findings : tuple of Finding
        What is worth knowing about the list of models.
    """

    models: Mapping[str, ModelSpectrum]
    failed: Mapping[str, RmqmError]
    differences: tuple[SetDifference, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def table(self) -> AnyArray:
        """A row per model, set and quantity: mean with its interval; a structured array."""
        rows = [
            (name, set_name, quantity, mean["mean"], *(mean["interval"] or (None, None)))
            for name, model in self.models.items()
            for set_name, quantity, mean in quantities_of(model.document)
        ]
        columns = list(zip(*rows, strict=True)) or [()] * 6
        names = ("name", "set", "quantity", "mean", "low", "high")
        return structured(dict(zip(names, columns, strict=True)))

    def to_pandas(self) -> Any:
        """Return `table` as a data frame; needs pandas."""
        return frame(self.table)

    def __repr__(self) -> str:
        return f"<Spectra of {', '.join(self.models) or 'nothing'}>"

    def _repr_html_(self) -> str:
        """Show the table in a notebook."""
        from rmqm_spec.screen.notebook import html_of_table

        return html_of_table(self.table)


def quantities_of(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield every mean of a document: the set, the name of the quantity, and its entry."""
    for one in document["sets"]:
        for quantity, mean in one["quantities"].items():
            yield one["name"], quantity, mean
