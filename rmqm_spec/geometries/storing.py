"""The geometry of an encoder on disk: a document, its columns, and a table of inputs beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from rmqm_spec.geometries.columns import FILE, NULL_FILE, Columns, packed
from rmqm_spec.geometries.quantities import quantities
from rmqm_spec.results.with_files import cell_of, csv_bytes, write_with_files

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
    files = {
        FILE: packed(columns, digest),
        NULL_FILE: None if null is None else packed(null, digest),
        "inputs.csv": _table(columns),
    }
    return write_with_files(
        folder, DOCUMENT, document, files, digest="geometry_sha256", force=force
    )


def _table(columns: Columns) -> bytes:
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
            rows[identity][name] = cell_of(value)
    heads = ["id", "name", *(["label"] if columns.labels is not None else []), *known]
    return csv_bytes(heads, rows.values())
