"""Results on disk: written whole or not at all, and never over a different one."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from rmqm_spec.errors import UnreadableError, UsageError
from rmqm_spec.evaluation import Evaluation

__all__ = ["check_writable", "known_result", "read_json", "write_atomically", "write_result"]


def check_writable(folder: Path) -> None:
    """
    Make `folder` and try to write to it, before any long work.

    Raises
    ------
    UsageError
        If that fails.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".write-test-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise UsageError(
            "ARG005",
            f"--out must be a folder that can be written to; got {error}",
            fix="Choose another folder.",
        ) from error


def write_result(
    folder: Path, document: Mapping[str, Any], evaluation: Evaluation, *, force: bool = False
) -> list[Path]:
    """
    Write ``distances.npz``, ``per_input.csv`` and, last, ``result.json``.

    Parameters
    ----------
    folder : Path
        Where to. If it holds a different result, a new folder beside it is taken, named by the
        result's digest: neither the old nor the new result is lost.
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
        If the folder cannot be written to.
    """
    known = known_result(folder)
    if known is not None and not force and known != document["result_sha256"]:
        folder = folder.resolve()  # the name of "." is empty
        folder = folder.with_name(f"{folder.name}-{document['result_sha256'][:8]}")
    check_writable(folder)
    statistic = io.BytesIO()
    np.savez(
        statistic,
        ids=np.array(evaluation.ids),
        names=np.array(evaluation.names),
        displacements=evaluation.displacements,
        step_lengths=evaluation.step_lengths,
    )
    contents = {
        folder / "distances.npz": statistic.getvalue(),
        folder / "per_input.csv": _table(evaluation).encode("utf-8", "backslashreplace"),
        folder / "result.json": (json.dumps(document, indent=2, allow_nan=False) + "\n").encode(),
    }
    for path, content in contents.items():
        write_atomically(path, content)
    return list(contents)


def known_result(folder: Path) -> str | None:
    """Return the digest of the result in `folder`: None where there is none, "" of a broken one."""
    path = folder / "result.json"
    if not path.exists():
        return None
    try:
        return str(read_json(path).get("result_sha256", ""))
    except UnreadableError:
        return ""


def write_atomically(path: Path, content: bytes) -> None:
    """Write under a temporary name, flush to disk, then rename: a reader sees all or nothing."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with temporary.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        raise UsageError(
            "ARG005", f"{path} must be writable; got {error}", fix="Choose another folder."
        ) from error
    finally:
        with suppress(OSError):
            temporary.unlink()


def read_json(path: Path) -> dict[str, Any]:
    """
    Read a document.

    Raises
    ------
    UnreadableError
        If it is missing or not a JSON object.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnreadableError(
            "RES001", f"{path} must be a JSON document; got {error}", fix="Check the path."
        ) from error
    if not isinstance(content, dict):
        raise UnreadableError(
            "RES001",
            f"{path} must hold a JSON object; got {type(content).__name__}",
            fix="Check the path.",
        )
    return content


def _table(evaluation: Evaluation) -> str:
    """Return one line per input, sorted by id."""
    per_input = evaluation.characteristics.per_input
    columns = {
        name: getattr(per_input, name) for name in ("D", "D_RC", "P_RC", "S", "contribution")
    }
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["id", "name", *columns])
    for row, (identity, name) in enumerate(zip(evaluation.ids, evaluation.names, strict=True)):
        writer.writerow(
            [identity, name, *(repr(float(values[row])) for values in columns.values())]
        )
    return stream.getvalue()
