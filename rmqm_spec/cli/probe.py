"""``rmqm-spec probe``: what nearest neighbours and a linear probe make of labelled inputs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from attrs import asdict

from rmqm_spec.cli.probe_table import accuracy_columns, accuracy_lines
from rmqm_spec.cli.requests import taken
from rmqm_spec.cli.table_files import TableFiles
from rmqm_spec.runs.flat import request_of
from rmqm_spec.runs.probe_request import ProbeRequest, ProbeSettings
from rmqm_spec.runs.probed import ProbedModels
from rmqm_spec.runs.probing import probe
from rmqm_spec.screen.console import ConsoleListener
from rmqm_spec.screen.writing import finding_line, note, print_json

__all__ = ["probes_document", "run_probe"]

SCHEMA = "rmqm-probes/1"


def run_probe(
    models: Sequence[str], options: dict[str, Any], *, settings: Path | None, as_json: bool
) -> int:
    """Probe models; returns the exit code of the first that could not be probed."""
    tables = TableFiles(**taken(TableFiles, options))
    probes = ProbeSettings(**taken(ProbeSettings, options))
    request = ProbeRequest(
        models=tuple(models), settings=settings, common=request_of("", options), probes=probes
    )
    read = (request.common.inputs.data, probes.labels, probes.train_data, probes.train_labels)
    tables.check(as_json=as_json, inputs=(*models, settings, *read))
    probed = probe(request, ConsoleListener())
    for finding in probed.findings:
        note(finding_line(finding, sys.stderr))
    if as_json:
        print_json(probes_document(probed))
    else:
        for line in accuracy_lines(probed.models, probed.differences):
            tables.say(line)
    tables.write(accuracy_columns(probed))
    for name, model in probed.models.items():
        note(f"  {name} -> {model.path}")
    return next((error.exit_code for error in probed.failed.values()), 0)


def probes_document(probed: ProbedModels) -> dict[str, Any]:
    """Return probes of several models as plain data (``rmqm-probes/1``)."""
    return {
        "schema": SCHEMA,
        "ok": not probed.failed,
        "rmqm": None,
        "interval": None,
        "models": [
            {"name": name, "path": str(model.path), **model.document}
            for name, model in probed.models.items()
        ],
        "differences": [
            {
                "probe": pair.probe,
                "first": pair.first,
                "second": pair.second,
                **asdict(pair.difference),
                "tied": pair.difference.tied,
            }
            for pair in probed.differences
        ],
        "failed": [
            {"name": name, "code": error.code, "message": error.message, "fix": error.fix}
            for name, error in probed.failed.items()
        ],
    }
