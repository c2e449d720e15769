"""Validate a document: its schema, and every check that its kind allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from rmqm_spec.documents.kind import as_stored
from rmqm_spec.documents.reading import read_json
from rmqm_spec.findings import Finding
from rmqm_spec.geometries.document import SCHEMA as GEOMETRY
from rmqm_spec.probes.document import SCHEMA as PROBE
from rmqm_spec.results.document import SCHEMA as RESULT
from rmqm_spec.results.stored import document_in
from rmqm_spec.spectra.document import SCHEMA as SPECTRUM
from rmqm_spec.validation.comparisons import check_difference, check_ranking
from rmqm_spec.validation.general import known_codes
from rmqm_spec.validation.geometries import check_geometry
from rmqm_spec.validation.probes import check_probe
from rmqm_spec.validation.reading import schema_of, schema_problems
from rmqm_spec.validation.reports import check_check, check_conformance
from rmqm_spec.validation.results import check_result
from rmqm_spec.validation.spectra import check_spectrum
from rmqm_spec.validation.verdicts import verdict

__all__ = ["Validated", "validate_document"]

_CHECKS = {
    "rmqm-check/1": check_check,
    "rmqm-rank/1": check_ranking,
    "rmqm-diff/1": check_difference,
    "rmqm-conformance-report/1": check_conformance,
}


@frozen(kw_only=True)
class Validated:
    """A document: where it is, the schema it names, and the findings about it."""

    path: Path
    schema: str
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing failed."""
        return all(finding.level != "fail" for finding in self.findings)


def validate_document(path: str | Path, *, packages: tuple[str, ...] = ()) -> Validated:
    """
    Check a document by its schema and by what a schema cannot say.

    Parameters
    ----------
    path : str or Path
        A document, or the folder of a result.
    packages : tuple of str
        Further packages whose folders ``schemas`` are looked through.

    Returns
    -------
    Validated
        A document that breaks its schema is not looked at further.

    Raises
    ------
    UnreadableError
        RES001 if there is no JSON object, RES003 if it names no known schema.

    Notes
    -----
    Digests guard against accidents, not against forgery: whoever changes distances and everything
    that follows from them makes another result that is consistent in itself.
    """
    path = Path(path)
    path = document_in(path)
    document = read_json(path)
    schema = schema_of(document, path, packages)
    name = document["schema"]
    problems = schema_problems(as_stored(document, schema["properties"]), schema)
    fix = "Each place is given as a JSON pointer. Make the document again."
    findings = [verdict("VAL001", f"it follows the schema {name}", problems, fix)]
    if not problems:
        findings += _beyond_the_schema(path, document)
    return Validated(path=path, schema=name, findings=tuple(findings))


def _beyond_the_schema(path: Path, document: Mapping[str, Any]) -> Iterator[Finding]:
    name = document["schema"]
    if name == RESULT:
        yield from check_result(path, document)
    elif name == PROBE:
        yield from check_probe(path, document)
    elif name == GEOMETRY:
        yield from check_geometry(path, document)
    elif name == SPECTRUM:
        yield from check_spectrum(path, document)
    elif name in _CHECKS:
        yield from _CHECKS[name](document)
    else:
        yield known_codes(document)
