"""The records that geometry returns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen

from rmqm_spec.errors import RmqmError
from rmqm_spec.findings import Finding
from rmqm_spec.runs.tables import frame, structured

if TYPE_CHECKING:
    from rmqm_spec.arrays import AnyArray
    from rmqm_spec.geometries.columns import Columns
    from rmqm_spec.geometries.comparing import Likeness
    from rmqm_spec.probes.pairing import Compared
    from rmqm_spec.reports.geometry.content import ShownInput

__all__ = ["ModelGeometries", "ModelGeometry", "means_of"]


@frozen(kw_only=True, eq=False)
class ModelGeometry:
    """
    The geometry of a model, and where it is written.

    Parameters
    ----------
    path : Path
        Its ``geometry.json``.
    document : dict
        Its content.
    columns : Columns
        What its numbers follow from.
    findings : tuple of Finding
        Everything that is worth knowing.
    shown : tuple of ShownInput
        A few inputs with their pictures, where a report was asked for.
    """

    path: Path
    document: dict[str, Any]
    columns: Columns
    findings: tuple[Finding, ...]
    shown: tuple[ShownInput, ...] = ()


@frozen(kw_only=True, eq=False, repr=False)
class ModelGeometries:
    """
    Geometries of several models on the same inputs.

    Parameters
    ----------
    models : dict of str to ModelGeometry
        Those that were measured, by name.
    failed : dict of str to RmqmError
        Why others could not be, by name.
    differences : tuple of Compared
        Paired differences between them, quantity by quantity.
    agreement : tuple of Likeness
        How alike the neighbourhoods of every two of them are.
    findings : tuple of Finding
        What is worth knowing about the list of models.
    """

    models: Mapping[str, ModelGeometry]
    failed: Mapping[str, RmqmError]
    differences: tuple[Compared, ...]
    agreement: tuple[Likeness, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def table(self) -> AnyArray:
        """A row per model and quantity: mean with its interval; a structured array."""
        rows = [
            (name, quantity, mean["value"], *(mean["interval"] or (None, None)))
            for name, model in self.models.items()
            for quantity, mean in means_of(model.document)
        ]
        columns = list(zip(*rows, strict=True)) or [()] * 5
        names = ("name", "quantity", "mean", "low", "high")
        return structured(dict(zip(names, columns, strict=True)))

    def to_pandas(self) -> Any:
        """Return `table` as a data frame; needs pandas."""
        return frame(self.table)

    def __repr__(self) -> str:
        return f"<Geometry of {', '.join(self.models) or 'nothing'}>"

    def _repr_html_(self) -> str:
        """Show the table in a notebook."""
        from rmqm_spec.screen.notebook import html_of_table

        return html_of_table(self.table)


def means_of(section: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every mean of a document, or of its section ``null``, by the name of the quantity."""
    own = section["neighbourhoods"] or {}
    yield from ((name, own[name]) for name in ("neighbours", "error", "diameter") if own)
    if section["labelled"]:
        yield "mixed", section["labelled"]["mixed"]
        yield from section["labelled"]["answers"].items()
    if section["altered"]:
        for name in ("neighbours", "diameter"):
            yield f"altered-{name}", section["altered"][name]
