"""Find and read results, rankings, probes and tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rmqm_spec.correlation.measurements import Measurement, from_probe, from_result
from rmqm_spec.correlation.tables import read_table
from rmqm_spec.documents.kind import Kind
from rmqm_spec.documents.reading import read_document, read_json, record_of
from rmqm_spec.errors import UnreadableError
from rmqm_spec.probes.document import digest_of_probe
from rmqm_spec.probes.kind import PROBE, PROBES
from rmqm_spec.ranking.kind import RANKING
from rmqm_spec.results.document import digest_of_result
from rmqm_spec.results.kind import RESULT

__all__ = ["read_measurements"]

_DOCUMENTS = ("result.json", "probe.json")
_TABLES = {".csv": ",", ".tsv": "\t"}


def read_measurements(
    paths: Sequence[str | Path], *, scores: Sequence[str] = (), probes: Sequence[str] = ()
) -> list[Measurement]:
    """
    Read scores and probes from files and folders.

    Parameters
    ----------
    paths : sequence of str or Path
        Files ``result.json``, ``probe.json`` or ``rank.json``, what ``--json`` printed, tables
        (``.csv``, ``.tsv``), or folders in which such documents are looked for; a network with
        permuted weights, which `score` keeps in a folder ``null``, is not an encoder of its own.
    scores, probes : sequence of str
        Columns of tables that are scores, and that are probes.

    Returns
    -------
    list of Measurement
        Each file once.

    Raises
    ------
    UnreadableError
        COR001 for anything else, COR005 for a table that breaks a rule, RES001 for a file that
        cannot be read.
    """
    by_file: dict[Path, list[Measurement]] = {}
    for path in map(Path, paths):
        for file in _files(path):
            if file.resolve() not in by_file:
                by_file[file.resolve()] = list(_read(file, scores, probes))
    return [measurement for measurements in by_file.values() for measurement in measurements]


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = sorted(
        file
        for name in _DOCUMENTS
        for file in path.rglob(name)
        if file.parent == path or not _is_of_a_null(file)
    )
    if not files:
        raise _unlike(path, f"a folder with {' or '.join(_DOCUMENTS)} in it; got none")
    return files


def _is_of_a_null(file: Path) -> bool:
    """Whether a file is the result of a permuted network, kept below that of the network itself."""
    return file.parent.name == "null" and (file.parents[1] / "result.json").exists()


def _read(path: Path, scores: Sequence[str], probes: Sequence[str]) -> Iterator[Measurement]:
    delimiter = _TABLES.get(path.suffix.lower())
    if delimiter is not None:
        yield from read_table(path, delimiter, scores=scores, probes=probes)
        return
    document = read_json(path)
    kind = _KINDS.get(str(document.get("schema")))
    if kind is None:
        schema = document.get("schema")
        raise _unlike(path, f"the schema of a result, a ranking or probes; got {schema!r}")
    record_of(path, document, kind)
    yield from _documents(document, path)


_KINDS: dict[str, Kind[Any]] = {kind.schema: kind for kind in (RESULT, RANKING, PROBE, PROBES)}


def _documents(document: dict[str, Any], path: Path) -> Iterator[Measurement]:
    if document["schema"] == RESULT.schema:
        yield from_result(_unchanged(document, path), str(path))
    elif document["schema"] == PROBE.schema:
        yield from_probe(_unchanged(document, path), str(path))
    elif document["schema"] == PROBES.schema:
        for model in document["models"]:
            yield from_probe(model, f"{path} ({model['name']})")
    else:
        for encoder in [*document["ranked"], *document["unranked"]]:
            result = _beside(path, Path(encoder["result"]))
            yield from_result(_unchanged(read_document(result, RESULT)[0], result), str(result))


def _unchanged(document: dict[str, Any], path: Path) -> dict[str, Any]:
    """Refuse a document whose numbers were changed after it was written."""
    key, digest = (
        ("result_sha256", digest_of_result)
        if document["schema"] == RESULT.schema
        else ("probe_sha256", digest_of_probe)
    )
    written = {name: value for name, value in document.items() if name != "ok"}
    if digest(written) != document[key]:
        raise UnreadableError(
            "RES002",
            f"{path} must have the content that its {key} names; it was changed after it was "
            "written",
            fix=f"Make it again; rmqm-spec validate {path} says what differs.",
        )
    return document


def _beside(ranking: Path, result: Path) -> Path:
    """Find a result that a ranking names: from the working folder, or from the ranking's own."""
    there = ranking.parent / result
    return there if there.exists() and not result.exists() else result


def _unlike(path: Path, rule: str) -> UnreadableError:
    return UnreadableError(
        "COR001",
        f"{path} must be {rule}" if "folder" in rule else f"{path} must have {rule}",
        fix="Give result.json, rank.json, probe.json, a folder with them, or a .csv or .tsv table.",
    )
