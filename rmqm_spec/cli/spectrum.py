"""``rmqm-spec spectrum``: eigenvalues of autoencoders' Jacobians, singular values of encoders'."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rmqm_spec.cli.reporting import check_report
from rmqm_spec.cli.requests import taken
from rmqm_spec.cli.spectrum_table import spectrum_columns, spectrum_lines
from rmqm_spec.cli.table_files import TableFiles
from rmqm_spec.runs.flat import request_of
from rmqm_spec.runs.spectra import ModelSpectra
from rmqm_spec.runs.spectrum import spectrum
from rmqm_spec.runs.spectrum_request import SpectrumRequest, SpectrumSettings
from rmqm_spec.screen.console import ConsoleListener
from rmqm_spec.screen.writing import finding_line, note, print_json

__all__ = ["run_spectrum", "spectra_document"]

SCHEMA = "rmqm-spectra/1"


def run_spectrum(
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
    own = SpectrumSettings(**taken(SpectrumSettings, options))
    request = SpectrumRequest(
        models=tuple(models),
        settings=settings,
        common=request_of("", options),
        spectrum=own,
    )
    labels = (own.labels, own.train_labels, own.test_labels)
    read = (*models, settings, own.decoder, request.common.inputs.data, own.train, own.test)
    tables.check(as_json=as_json, inputs=(*read, *labels))
    measured = spectrum(request, ConsoleListener())
    for finding in measured.findings:
        note(finding_line(finding, sys.stderr))
    if as_json:
        print_json(spectra_document(measured))
    else:
        for line in spectrum_lines(measured):
            tables.say(line)
    tables.write(spectrum_columns(measured))
    for name, model in measured.models.items():
        note(f"  {name} -> {model.path}")
    _report(report, measured)
    return next((error.exit_code for error in measured.failed.values()), 0)


def spectra_document(measured: ModelSpectra) -> dict[str, Any]:
    """Return spectra of several models as plain data (``rmqm-spectra/1``)."""
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
                "set": one.set,
                "quantity": one.compared.quantity,
                "first": one.compared.first,
                "second": one.compared.second,
                **one.compared.difference.to_dict(),
                "tied": one.compared.difference.tied,
            }
            for one in measured.differences
        ],
        "failed": [
            {"name": name, "code": error.code, "message": error.message, "fix": error.fix}
            for name, error in measured.failed.items()
        ],
    }


def _report(path: Path | None, measured: ModelSpectra) -> None:
    """Write the page; where no model was measured there is nothing to show."""
    if path is None or not measured.models:
        return
    from rmqm_spec.ranking.ties import letter
    from rmqm_spec.reports import write_report
    from rmqm_spec.reports.spectra import ReportedSpectrum, SpectraContent, spectra_page

    content = SpectraContent(
        models=tuple(
            ReportedSpectrum(
                key=letter(number).upper(),
                name=name,
                document=model.document,
                columns=model.columns,
            )
            for number, (name, model) in enumerate(measured.models.items())
        ),
        differences=tuple(spectra_document(measured)["differences"]),
        failed=tuple(spectra_document(measured)["failed"]),
    )
    write_report(path, spectra_page(content))
    note(f"  report -> {path}")
