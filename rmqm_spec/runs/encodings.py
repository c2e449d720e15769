"""``--save-encodings``: encodings of unaltered inputs as a file of NumPy."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve

from rmqm_spec.contracts.listener import Listener
from rmqm_spec.errors import UsageError

if TYPE_CHECKING:
    from rmqm_spec.arrays import AnyArray
    from rmqm_spec.probes import TrainTestSplit
    from rmqm_spec.runs.candidates import Candidate
    from rmqm_spec.runs.scores import Score

__all__ = ["check_encodings_file", "save_encodings", "save_unit_encodings", "with_encodings_files"]

SCHEMA: Final = "rmqm-encodings/1"
"""Stands in every ``.npz``, and tells it from other files."""

_COLUMNS = ("encodings", "unit_encodings")
"""The column of the encodings, by which an ``.npy`` is told from other files."""


def check_encodings_file(path: Path | None) -> None:
    """
    Refuse, before any work, a file that could not be written or that is something else.

    Parameters
    ----------
    path : Path, optional
        The file; None asks for none.

    Raises
    ------
    UsageError
        ARG001 for another ending, ARG005 if it cannot be written, ARG007 if another file is there.
    """
    from rmqm_spec.documents.writing import check_writable

    if path is None:
        return
    if path.suffix not in {".npy", ".npz"}:
        raise UsageError(
            "ARG001",
            f"--save-encodings must name an .npy or .npz file; got {path}",
            fix="For example --save-encodings encodings.npz.",
        )
    if path.exists() and not _is_older(path):
        raise UsageError(
            "ARG007",
            f"--save-encodings must name a new file or older encodings; {path} is something else",
            fix="Choose another name.",
        )
    try:
        check_writable(path.parent)
    except UsageError as error:
        raise UsageError(
            "ARG005",
            f"--save-encodings must be in a folder that can be written to; got {path}",
            fix="Choose another folder.",
        ) from error


def _is_older(path: Path) -> bool:
    """Whether a file holds encodings that were saved before."""
    import numpy as np

    try:
        with path.open("rb") as stream:
            loaded = np.load(stream, allow_pickle=False)
            if path.suffix == ".npz":
                return str(loaded["schema"]) == SCHEMA
            return bool(set(loaded.dtype.names or ()) & set(_COLUMNS))
    except Exception:  # whatever else it is, it is not ours
        return False


def with_encodings_files(candidates: Sequence[Candidate]) -> list[Candidate]:
    """
    Give each of several models a file of its own, ``FILE-NAME.npz``, and check all of them.

    Raises
    ------
    UsageError
        As `check_encodings_file`.
    """
    from rmqm_spec.runs.candidate_names import folder_name

    named = []
    for candidate in candidates:
        path = candidate.request.save_encodings
        if path is not None and len(candidates) > 1:
            path = path.with_name(f"{path.stem}-{folder_name(candidate.name)}{path.suffix}")
        check_encodings_file(path)
        named.append(evolve(candidate, request=evolve(candidate.request, save_encodings=path)))
    return named


def save_encodings(scored: Score, listener: Listener) -> None:
    """Encode the unaltered inputs of a score once more, in the same blocks, and write them."""
    from rmqm_spec.evaluation.unaltered import unaltered_encodings
    from rmqm_spec.evaluation.walk import Walk, block_size

    path, run = scored.request.save_encodings, scored.run
    if path is None or run is None:
        return
    traits = run.encoder.traits
    n_at_a_time = block_size(run.encoder, run.alteration)
    walk = Walk(run.graded, run.prepared, run.alteration, n_at_a_time)
    ids = scored.stored.ids
    with listener.work("saving encodings", units=("inputs", "inputs")) as progress:
        encodings = unaltered_encodings(walk, ids, traits.concurrency, progress)
    _write(path, {"encodings": encodings, "ids": ids, "names": scored.stored.names}, listener)


def save_unit_encodings(path: Path | None, split: TrainTestSplit, listener: Listener) -> None:
    """Write the encodings that probes judge: divided by their norm, with labels and part."""
    import numpy as np

    if path is None:
        return
    parts = {"train": split.train, "test": split.test}
    columns: dict[str, Any] = {
        "unit_encodings": np.concatenate([part.vectors for part in parts.values()])
    }
    for name in ("ids", "names", "labels"):
        columns[name] = [text for part in parts.values() for text in getattr(part, name)]
    columns["parts"] = [name for name, part in parts.items() for _ in part.ids]
    _write(path, columns, listener)


def _write(path: Path, columns: Mapping[str, Sequence[Any] | AnyArray], listener: Listener) -> None:
    import numpy as np

    from rmqm_spec.documents.writing import write_atomically
    from rmqm_spec.runs.tables import structured

    stream = io.BytesIO()
    if path.suffix == ".npz":
        arrays = {name: np.asarray(values) for name, values in columns.items()}
        np.savez(stream, schema=np.array(SCHEMA), **arrays)  # type: ignore[arg-type]
    else:
        np.save(stream, structured(columns), allow_pickle=False)
    write_atomically(path, stream.getvalue())
    listener.note(f"  encodings -> {path}")
