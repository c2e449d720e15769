"""Probes against their own digest, counts and columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rmqm_spec.contracts.registry import available, measure
from rmqm_spec.errors import RmqmError, UnavailableError
from rmqm_spec.evaluation.meters import summarised
from rmqm_spec.findings import Finding
from rmqm_spec.probes.document import digest_of_probe
from rmqm_spec.results.document import plain
from rmqm_spec.results.measures import measure_section, read_columns
from rmqm_spec.validation.agreement import agreement
from rmqm_spec.validation.general import known_codes
from rmqm_spec.validation.verdicts import unchecked, verdict

__all__ = ["check_probe"]

_PROBE_AGAIN = "Probe the encoder again, with the same --measure."


def check_probe(path: Path, document: Mapping[str, Any]) -> Iterator[Finding]:
    """Check the probes of an encoder (``rmqm-probe/1``) in every way that their files allow."""
    stated = document["probe_sha256"]
    name = digest_of_probe({key: value for key, value in document.items() if key != "ok"})
    problems = [] if name == stated else [f"probe_sha256 is {stated[:12]}..., but should be {name}"]
    yield verdict("VAL002", "probe_sha256 is that of the document", problems, _PROBE_AGAIN)
    yield known_codes(document)
    for section_name, section in document.get("measures", {}).items():
        yield _follows(path, document, section_name, section)


def _follows(
    path: Path, document: Mapping[str, Any], name: str, section: Mapping[str, Any]
) -> Finding:
    if name not in available("measure"):
        return Finding(
            code="VAL012",
            level="warn",
            message=f"{section['title']} cannot be computed again: the measure {name} is not "
            "installed here",
            fix="Install the package that brings it; rmqm-spec measures lists what there is.",
        )
    try:
        problems = list(_problems(path, document, name))
    except UnavailableError as error:
        return unchecked("VAL012", section["title"], error)
    except RmqmError as error:
        problems = [error.message]
    n_inputs = document["split"]["train"]
    holds = f"{section['title']} follows from {n_inputs} rows of measures.npz"
    return verdict("VAL012", holds, problems, _PROBE_AGAIN)


def _problems(path: Path, document: Mapping[str, Any], name: str) -> Iterator[str]:
    known = measure(name)
    columns = read_columns(path, document["probe_sha256"], known)
    n_inputs = document["split"]["train"]
    for column, rows in columns.items():
        if len(rows) != n_inputs:
            yield f"{name}.{column} has {len(rows)} rows for {n_inputs} training inputs"
            return
    if "classes" in columns:
        sizes = Counter(columns["classes"].tolist())
        stated = {number: entry["train"] for number, entry in enumerate(document["classes"])}
        if sizes != stated:
            yield f"{name}.classes has other numbers of inputs per class than the document"
    again = plain(measure_section(known, summarised(known, columns)))
    yield from agreement(document["measures"][name], again).problems
