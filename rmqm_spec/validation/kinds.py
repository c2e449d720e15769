"""Every kind of document: its name, its file, and its record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rmqm_spec.correlation.record import CorrelationDocument
from rmqm_spec.differences.record import DiffDocument
from rmqm_spec.documents.kind import Kind
from rmqm_spec.documents.schema import schema_of_record
from rmqm_spec.geometries.kind import GEOMETRIES, GEOMETRY
from rmqm_spec.probes.kind import PROBE, PROBES
from rmqm_spec.ranking.kind import RANKING
from rmqm_spec.reports.record import ReportDocument
from rmqm_spec.results.check_record import CheckDocument
from rmqm_spec.results.kind import RESULT
from rmqm_spec.spectra.kind import SPECTRA, SPECTRUM
from rmqm_spec.validation.record import PreprocessDocument, ValidateDocument

__all__ = ["KINDS", "write_schemas"]

_LISTED = (
    RESULT,
    RANKING,
    Kind(schema="rmqm-check/1", name="check", record=CheckDocument),
    Kind(schema="rmqm-correlation/1", name="correlation", record=CorrelationDocument),
    Kind(schema="rmqm-diff/1", name="diff", record=DiffDocument),
    Kind(schema="rmqm-preprocess/1", name="preprocess", record=PreprocessDocument),
    GEOMETRY,
    GEOMETRIES,
    PROBE,
    PROBES,
    Kind(schema="rmqm-report/1", name="report", record=ReportDocument),
    SPECTRUM,
    SPECTRA,
    Kind(schema="rmqm-validate/1", name="validate", record=ValidateDocument),
)

KINDS: dict[str, Kind[Any]] = {kind.schema: kind for kind in _LISTED}
"""Kinds by the name that their documents hold under ``schema``."""


def write_schemas(folder: Path) -> None:
    """Write the JSON Schema of every kind into a folder."""
    import json

    for kind in KINDS.values():
        text = json.dumps(schema_of_record(kind.record, kind.schema), indent=2) + "\n"
        (folder / f"{kind.name}.schema.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    import rmqm_spec.documents

    write_schemas(Path(rmqm_spec.documents.__file__).with_name("schemas"))
