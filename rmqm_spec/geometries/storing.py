"""The geometry of an encoder on disk: a document, its columns, and a table of inputs beside it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from rmqm_spec.documents.reading import read_json
from rmqm_spec.documents.writing import (
    refusing,
    remove_leftovers,
    write_atomically,
    write_beside,
)
from rmqm_spec.errors import UnreadableError
from rmqm_spec.geometries.columns import FILE, NULL_FILE, Columns, packed
from rmqm_spec.geometries.quantities import quantities
from rmqm_spec.results.files import write_document

__all__ = ["DOCUMENT", "write_geometry"]

DOCUMENT: Final = "geometry.json"


def write_geometry(
    folder: Path,
    document: Mapping[str, Any],
    columns: Columns,
    null: Columns | None = None,
    *,
    force: bool = False,
) -> Path:
    """
    Write ``neighbourhoods.npz``, ``null.npz``, ``inputs.csv`` and, last, ``geometry.json``.

    A folder with another geometry is left alone, unless `force` is set: the new one then goes into
    a folder beside it, named by the digest.

    Parameters
    ----------
    folder : Path
        Where to write.
    document : mapping
        The document.
    columns : Columns
        What its numbers follow from.
    null : Columns, optional
        The same of the network with permuted weights.
    force : bool
        Whether another geometry there may be replaced.

    Returns
    -------
    Path
        The document.

    Raises
    ------
    UsageError
        ARG005 if the folder cannot be written to; ARG006 if another process holds it.
    """
    digest = document["geometry_sha256"]

    def write(place: Path) -> Path:
        # A reader meets no document rather than a mixture of two geometries.
        with refusing(place):
            if _known(place / DOCUMENT) not in {None, digest}:
                (place / DOCUMENT).unlink()
            remove_leftovers(place)
            if null is None:
                (place / NULL_FILE).unlink(missing_ok=True)
        write_atomically(place / FILE, packed(columns, digest))
        if null is not None:
            write_atomically(place / NULL_FILE, packed(null, digest))
        write_atomically(place / "inputs.csv", _table(columns).encode("utf-8", "backslashreplace"))
        write_document(place / DOCUMENT, document)
        return place / DOCUMENT

    return write_beside(
        folder,
        digest,
        may_replace=lambda place: force or _known(place / DOCUMENT) in {None, digest},
        write=write,
    )


def _known(path: Path) -> str | None:
    if not path.exists():
        return None
    try:
        return str(read_json(path).get("geometry_sha256", ""))
    except UnreadableError:
        return ""


def _table(columns: Columns) -> str:
    """Return a line per input; fields of what is not known of an input are empty."""
    known = quantities(columns)
    rows = {
        identity: {"id": identity, "name": name, "label": label}
        for identity, name, label in zip(
            columns.ids, columns.names, columns.labels or ("",) * len(columns.ids), strict=True
        )
    }
    for name, quantity in known.items():
        for identity, value in zip(quantity.ids, quantity.values.tolist(), strict=True):
            rows[identity][name] = _cell(value)
    stream = io.StringIO()
    heads = ["id", "name", *(["label"] if columns.labels is not None else []), *known]
    writer = csv.DictWriter(stream, heads, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows.values())
    return stream.getvalue()


def _cell(value: float | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)
