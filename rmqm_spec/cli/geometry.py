"""``rmqm-spec geometry``: NNK neighbourhoods of encodings, of labels, and under alterations."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rmqm_spec.cli.geometry_table import geometry_columns, geometry_lines
from rmqm_spec.cli.reporting import check_report
from rmqm_spec.cli.requests import taken
from rmqm_spec.cli.table_files import TableFiles
from rmqm_spec.runs.flat import request_of
from rmqm_spec.runs.geometries import ModelGeometries
from rmqm_spec.runs.geometry import geometry
from rmqm_spec.runs.geometry_request import GeometryRequest, GeometrySettings
from rmqm_spec.screen.console import ConsoleListener
from rmqm_spec.screen.writing import finding_line, note, print_json

__all__ = ["geometries_document", "run_geometry"]

SCHEMA = "rmqm-geometries/1"


def run_geometry(
    models: Sequence[str],
    options: dict[str, Any],
    *,
    settings: Path | None,
    report: Path | None,
    as_json: bool,
) -> int:
    """Measure models; returns the exit code of the first that could not be measured."""
    check_report(report)
    tables = TableFiles(**taken(TableFiles, options))
    own = GeometrySettings(**taken(GeometrySettings, options))
    request = GeometryRequest(
        models=tuple(models),
        settings=settings,
        common=request_of("", options),
        geometry=own,
        shows=report is not None,
    )
    read = (*models, settings, request.common.inputs.data, own.labels)
    tables.check(as_json=as_json, inputs=read)
    measured = geometry(request, ConsoleListener())
    for finding in measured.findings:
        note(finding_line(finding, sys.stderr))
    if as_json:
        print_json(geometries_document(measured))
    else:
        for line in geometry_lines(measured):
            tables.say(line)
    tables.write(geometry_columns(measured))
    for name, model in measured.models.items():
        note(f"  {name} -> {model.path}")
    _report(report, measured)
    return next((error.exit_code for error in measured.failed.values()), 0)


def geometries_document(measured: ModelGeometries) -> dict[str, Any]:
    """Return geometries of several models as plain data (``rmqm-geometries/1``)."""
    return {
        "schema": SCHEMA,
        "ok": not measured.failed,
        "rmqm": None,
        "interval": None,
        "models": [
            {"name": name, "path": str(model.path), **model.document}
            for name, model in measured.models.items()
        ],
        "differences": [
            {
                "quantity": pair.quantity,
                "first": pair.first,
                "second": pair.second,
                **pair.difference.to_dict(),
                "tied": pair.difference.tied,
            }
            for pair in measured.differences
        ],
        "agreement": [
            {
                "first": pair.first,
                "second": pair.second,
                "jaccard": pair.jaccard.to_dict(),
                "jaccard_by_chance": pair.jaccard_by_chance,
                "overlap": pair.overlap.to_dict(),
                "overlap_by_chance": pair.overlap_by_chance,
            }
            for pair in measured.agreement
        ],
        "failed": [
            {"name": name, "code": error.code, "message": error.message, "fix": error.fix}
            for name, error in measured.failed.items()
        ],
    }


def _report(path: Path | None, measured: ModelGeometries) -> None:
    """Write the page; where no model was measured there is nothing to show."""
    if path is None or not measured.models:
        return
    from rmqm_spec.ranking.ties import letter
    from rmqm_spec.reports import write_report
    from rmqm_spec.reports.geometry import GeometryContent, ReportedGeometry, geometry_page

    content = GeometryContent(
        encoders=tuple(
            ReportedGeometry(
                key=letter(number).upper(), name=name, document=model.document, shown=model.shown
            )
            for number, (name, model) in enumerate(measured.models.items())
        ),
        differences=measured.differences,
        agreement=measured.agreement,
        failed=tuple(geometries_document(measured)["failed"]),
    )
    write_report(path, geometry_page(content))
    note(f"  report -> {path}")
