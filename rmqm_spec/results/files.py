"""Results on disk: written whole or not at all, and never over a different result."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from rmqm_spec.characteristics import PerInput
from rmqm_spec.documents.reading import read_json
from rmqm_spec.documents.writing import (
    check_writable,
    locked,
    refusing,
    remove_leftovers,
    write_atomically,
    write_beside,
)
from rmqm_spec.errors import UnreadableError
from rmqm_spec.evaluation.evaluate import Evaluation
from rmqm_spec.results.measures import FILE as MEASURES
from rmqm_spec.results.measures import packed_columns

__all__ = [
    "check_writable",
    "known_result",
    "per_input_table",
    "still_there",
    "write_atomically",
    "write_document",
    "write_result",
]


def write_result(
    folder: Path, document: Mapping[str, Any], evaluation: Evaluation, *, force: bool = False
) -> list[Path]:
    """
    Write ``distances.npz``, ``per_input.csv`` and, last, ``result.json``.

    Parameters
    ----------
    folder : Path
        The folder to write to. If it holds a different result, a new folder beside it is used,
        named by the result's digest: neither the old nor the new result is lost.
    document : mapping
        The result document.
    evaluation : Evaluation
        What was measured; its distances are stored so that every number can be made again.
    force : bool
        Whether a different result there may be replaced.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    UsageError
        ARG005 if the folder cannot be written to; ARG006 if another process holds it.

    Notes
    -----
    Processes that write to the same folder take turns. Before a result replaces another, the old
    document is removed: a reader meets no document rather than a mixture.
    """
    digest = document["result_sha256"]

    def write(place: Path) -> list[Path]:
        replaced = known_result(place) not in {None, digest}
        return _write(place, document, evaluation, replaced=replaced)

    return write_beside(
        folder,
        digest,
        may_replace=lambda place: force or known_result(place) in {None, digest},
        write=write,
    )


def _write(
    folder: Path, document: Mapping[str, Any], evaluation: Evaluation, *, replaced: bool
) -> list[Path]:
    statistic = io.BytesIO()
    np.savez(
        statistic,
        result_sha256=np.array(document["result_sha256"]),
        ids=np.array(evaluation.ids),
        names=np.array(evaluation.names),
        displacements=evaluation.displacements,
        step_lengths=evaluation.step_lengths,
    )
    contents = {
        folder / "distances.npz": statistic.getvalue(),
        folder / "per_input.csv": per_input_table(
            evaluation.ids, evaluation.names, evaluation.characteristics.per_input
        ).encode("utf-8", "backslashreplace"),
    }
    if evaluation.measured:
        digest = document["result_sha256"]
        contents[folder / MEASURES] = packed_columns(evaluation.measured, digest)
    with refusing(folder):
        if replaced:
            (folder / "result.json").unlink(missing_ok=True)
        remove_leftovers(folder)
    for path, content in contents.items():
        write_atomically(path, content)
    write_document(folder / "result.json", document)
    return [*contents, folder / "result.json"]


def write_document(path: Path, document: Mapping[str, Any]) -> None:
    """Write a document as JSON, whole or not at all."""
    write_atomically(path, (json.dumps(document, indent=2, allow_nan=False) + "\n").encode())


@contextmanager
def still_there(path: Path, result_sha256: str) -> Iterator[bool]:
    """
    Lock a result while something is added to it.

    Parameters
    ----------
    path : Path
        Its ``result.json``.
    result_sha256 : str
        Digest of the expected result; the context yields whether it is still there: another
        process may have replaced it.

    Raises
    ------
    UsageError
        ARG006 if another process holds the folder.
    """
    with locked(path.parent):
        remove_leftovers(path.parent)  # a process may have been killed while it added this
        yield known_result(path.parent) == result_sha256


def known_result(folder: Path) -> str | None:
    """Return the digest of the result in `folder`: None without a result, "" for a broken one."""
    path = folder / "result.json"
    if not path.exists():
        return None
    try:
        return str(read_json(path).get("result_sha256", ""))
    except UnreadableError:
        return ""


def per_input_table(ids: Sequence[str], names: Sequence[str], per_input: PerInput) -> str:
    """Return ``per_input.csv``: a line per input, in the order of `ids`."""
    columns = {
        name: getattr(per_input, name) for name in ("D", "D_RC", "P_RC", "S", "contribution")
    }
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["id", "name", *columns])
    for row, (identity, name) in enumerate(zip(ids, names, strict=True)):
        writer.writerow(
            [identity, name, *(repr(float(values[row])) for values in columns.values())]
        )
    return stream.getvalue()
