"""The spectra of a model on disk: a document, its columns, and a table of inputs beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from rmqm_spec.results.with_files import cell_of, csv_bytes, write_with_files
from rmqm_spec.spectra.archive import FILE, NULL_FILE, packed
from rmqm_spec.spectra.columns import Columns, quantities

__all__ = ["DOCUMENT", "write_spectrum"]

DOCUMENT: Final = "spectrum.json"


def write_spectrum(
    folder: Path,
    document: Mapping[str, Any],
    sets: Mapping[str, Columns],
    null: Mapping[str, Columns],
    *,
    force: bool = False,
) -> Path:
    """
    Write ``spectra.npz``, ``null.npz``, ``inputs.csv`` and, last, ``spectrum.json``.

    A folder with other spectra is left alone, unless `force` is set: the new ones then go into a
    folder beside it, named by the digest.

    Parameters
    ----------
    folder : Path
        Where to write.
    document : mapping
        The document.
    sets : mapping of str to Columns
        What its numbers follow from, by set of inputs.
    null : mapping of str to Columns
        The same of the encoder with permuted weights; empty where there is none.
    force : bool
        Whether other spectra there may be replaced.

    Returns
    -------
    Path
        The document.

    Raises
    ------
    UsageError
        ARG005 if the folder cannot be written to; ARG006 if another process holds it.
    """
    digest = document["spectrum_sha256"]
    files = {
        FILE: packed(sets, digest),
        NULL_FILE: packed(null, digest) if null else None,
        "inputs.csv": _table(sets),
    }
    return write_with_files(
        folder, DOCUMENT, document, files, digest="spectrum_sha256", force=force
    )


def _table(sets: Mapping[str, Columns]) -> bytes:
    """Return a line per input of each set; fields of what is not known of an input are empty."""
    lines: list[dict[str, str]] = []
    heads = ["set", "id", "name"]
    if any(columns.labels is not None for columns in sets.values()):
        heads.append("label")
    for set_name, columns in sets.items():
        labels = columns.labels or ("",) * len(columns)
        rows = {
            identity: {"set": set_name, "id": identity, "name": name, "label": label}
            for identity, name, label in zip(columns.ids, columns.names, labels, strict=True)
        }
        for name, quantity in quantities(columns).items():
            heads += [name] if name not in heads else []
            for identity, value in zip(quantity.ids, quantity.values.tolist(), strict=True):
                rows[identity][name] = cell_of(value)
        lines += rows.values()
    return csv_bytes(heads, lines)
