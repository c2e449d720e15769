"""A document with files beside it that belong to it alone: all of one run, or none."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rmqm_spec.documents.reading import read_json
from rmqm_spec.documents.writing import (
    refusing,
    remove_leftovers,
    write_atomically,
    write_beside,
)
from rmqm_spec.errors import UnreadableError
from rmqm_spec.results.files import write_document

__all__ = ["cell_of", "csv_bytes", "write_with_files"]


def write_with_files(
    folder: Path,
    name: str,
    document: Mapping[str, Any],
    files: Mapping[str, bytes | None],
    *,
    digest: str,
    force: bool = False,
) -> Path:
    """
    Write files and, last, their document.

    A folder with another such document is left alone, unless `force` is set: the new document then
    goes into a folder beside it, named by the digest.

    Parameters
    ----------
    folder : Path
        Where to write.
    name : str
        Name of the document's file.
    document : mapping
        The document.
    files : mapping of str to bytes
        Files beside it by name; None for a file that must not be there.
    digest : str
        Under which key the document has its digest.
    force : bool
        Whether another document there may be replaced.

    Returns
    -------
    Path
        The document.

    Raises
    ------
    UsageError
        ARG005 if the folder cannot be written to; ARG006 if another process holds it.
    """
    own = document[digest]

    def write(place: Path) -> Path:
        # A reader meets no document rather than files of one and the document of another.
        with refusing(place):
            if _known(place / name, digest) not in {None, own}:
                (place / name).unlink()
            remove_leftovers(place)
            for file, content in files.items():
                if content is None:
                    (place / file).unlink(missing_ok=True)
        for file, content in files.items():
            if content is not None:
                write_atomically(place / file, content)
        write_document(place / name, document)
        return place / name

    return write_beside(
        folder,
        own,
        may_replace=lambda place: force or _known(place / name, digest) in {None, own},
        write=write,
    )


def csv_bytes(heads: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return a table, a line per row; fields that a row does not have are empty."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, heads, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode("utf-8", "backslashreplace")


def cell_of(value: float | bool) -> str:
    """Return a number as the cell of a table, unrounded."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value)


def _known(path: Path, digest: str) -> str | None:
    if not path.exists():
        return None
    try:
        return str(read_json(path).get(digest, ""))
    except UnreadableError:
        return ""
