"""``rmqm-spec probe``: what nearest neighbours and a linear probe make of labelled inputs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from attrs import asdict

from rmqm_spec.cli.candidates import Candidate, find_candidates
from rmqm_spec.cli.options import DataRequest, ModelRequest
from rmqm_spec.cli.output import finding_line, note, print_json, print_text
from rmqm_spec.cli.probe_options import ProbeRequest
from rmqm_spec.cli.probe_table import table_lines
from rmqm_spec.cli.probing import Probed, probe_model
from rmqm_spec.errors import IncompleteError, RmqmError, UsageError
from rmqm_spec.findings import Finding

__all__ = ["run_probe"]

SCHEMA = "rmqm-probes/1"


def run_probe(
    models: Sequence[str],
    options: ModelRequest,
    inputs: DataRequest,
    probes: ProbeRequest,
    *,
    settings: Path | None,
    out: Path | None,
    force: bool,
    as_json: bool,
) -> int:
    """Probe models; returns the exit code of the first that could not be probed."""
    from rmqm_spec.probes.comparing import compare_probes

    probes.check()
    if inputs.data is None:
        raise UsageError(
            "ARG001", "--data must name labelled inputs; got none", fix="Add --data and --labels."
        )
    probed: dict[str, Probed] = {}
    failed: dict[str, RmqmError] = {}
    candidates = _candidates(models, options, settings)
    for candidate in candidates:
        name = candidate.name
        folder = out / name.replace("/", "-") if out and len(candidates) > 1 else out
        try:
            found = probe_model(candidate, inputs, probes, out=folder, force=force)
        except KeyboardInterrupt as error:
            raise _interrupted(name, probed) from error
        except RmqmError as error:
            if len(candidates) == 1 or (not probed and _of_the_data(error, failed)):
                raise
            failed[name] = error
            note(finding_line(Finding.from_error(error), sys.stderr))
            continue
        probed[name] = found
        for finding in found.findings:
            if finding.level != "ok":
                note(finding_line(finding, sys.stderr))
    pairs = compare_probes({name: one.judgement for name, one in probed.items()})
    if as_json:
        print_json(_document(probed, failed, pairs))
    else:
        for line in table_lines(probed, pairs):
            print_text(line)
    for name, one in probed.items():
        note(f"  {name} -> {one.path}")
    return next((error.exit_code for error in failed.values()), 0)


def _candidates(
    models: Sequence[str], options: ModelRequest, settings: Path | None
) -> list[Candidate]:
    """Find models; a result has no encoder to probe."""
    candidates = find_candidates(models, options, settings)
    for one in candidates:
        if one.is_result:
            raise UsageError(
                "ARG001",
                f"probe must be given models; got the result {one.path}",
                fix="Name the .onnx file.",
            )
    return candidates


def _of_the_data(error: RmqmError, failed: dict[str, RmqmError]) -> bool:
    """Tell whether a second model fails by the same fault of the data or of an option."""
    same = any(one.message == error.message for one in failed.values())
    return same and error.code.startswith(("ARG", "DAT", "IMG", "PRB"))


def _interrupted(name: str, probed: dict[str, Probed]) -> IncompleteError:
    written = f"; {len(probed)} before it are written" if probed else ""
    return IncompleteError(
        "RUN001",
        f"the work must run to its end; it was interrupted while {name} was probed{written}",
        fix="Run the same command again; fewer inputs (--n) end sooner.",
    )


def _document(
    probed: dict[str, Probed], failed: dict[str, RmqmError], pairs: Sequence[Any]
) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "ok": not failed,
        "rmqm": None,
        "interval": None,
        "models": [
            {"name": name, "path": str(one.path), **one.document} for name, one in probed.items()
        ],
        "differences": [
            {
                "probe": pair.probe,
                "first": pair.first,
                "second": pair.second,
                **asdict(pair.difference),
                "tied": pair.difference.tied,
            }
            for pair in pairs
        ],
        "failed": [
            {"name": name, "code": error.code, "message": error.message, "fix": error.fix}
            for name, error in failed.items()
        ],
    }
