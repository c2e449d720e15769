"""The probes of an encoder on disk: a document, and a table of answers beside it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rmqm_spec.documents.reading import read_json
from rmqm_spec.documents.writing import write_atomically, write_beside
from rmqm_spec.errors import UnreadableError
from rmqm_spec.evaluation.statistic import Measured
from rmqm_spec.probes.judging import Judgement
from rmqm_spec.results.files import write_document
from rmqm_spec.results.measures import FILE, packed_columns

__all__ = ["write_probe"]


def write_probe(
    folder: Path,
    document: Mapping[str, Any],
    judgement: Judgement,
    measured: Mapping[str, Measured] | None = None,
    *,
    force: bool = False,
) -> Path:
    """
    Write ``answers.csv`` and, last, ``probe.json``; return the latter's path.

    Columns of measures go into ``measures.npz``.

    A folder with other probes is left alone, unless `force` is set: the probes then go into a new
    folder beside it, named by the digest.

    Raises
    ------
    UsageError
        ARG005 if the folder cannot be written to; ARG006 if another process holds it.
    """
    digest = document["probe_sha256"]

    def write(place: Path) -> Path:
        table = _table(judgement).encode("utf-8", "backslashreplace")
        write_atomically(place / "answers.csv", table)
        if measured:
            write_atomically(place / FILE, packed_columns(measured, digest))
        else:
            (place / FILE).unlink(missing_ok=True)  # of the probes that these replace
        write_document(place / "probe.json", document)
        return place / "probe.json"

    return write_beside(
        folder,
        digest,
        may_replace=lambda place: force or _known(place / "probe.json") in {None, digest},
        write=write,
    )


def _known(path: Path) -> str | None:
    if not path.exists():
        return None
    try:
        return str(read_json(path).get("probe_sha256", ""))
    except UnreadableError:
        return ""


def _table(judgement: Judgement) -> str:
    """Return a line per test input, sorted by id; fields of probes without an answer are empty."""
    rows: dict[str, dict[str, str]] = {}
    for probe, answers in judgement.answers.items():
        for identity, name, label, prediction in zip(
            answers.ids, answers.names, answers.labels, answers.predictions, strict=True
        ):
            rows.setdefault(identity, {"id": identity, "name": name, "label": label})[probe] = (
                prediction
            )
    stream = io.StringIO()
    columns = ["id", "name", "label", *judgement.answers]
    writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows[identity] for identity in sorted(rows))
    return stream.getvalue()
