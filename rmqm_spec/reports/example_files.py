"""Examples are kept beside a result: the page may be made when the images are gone."""

from __future__ import annotations

import io
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from rmqm_spec.contracts.alteration import AnyAlteration
from rmqm_spec.contracts.inputs import Inputs
from rmqm_spec.documents.writing import write_atomically
from rmqm_spec.errors import UnreadableError
from rmqm_spec.reports.examples import Examples, examples_of
from rmqm_spec.results.files import still_there
from rmqm_spec.results.stored import StoredResult

__all__ = ["keep_examples", "read_examples"]

_NAME = "examples.npz"


def keep_examples(stored: StoredResult, inputs: Inputs, alteration: AnyAlteration) -> Path:
    """
    Write ``examples.npz`` beside a result, unless those of the same result are there.

    Raises
    ------
    UsageError
        ARG005 if it cannot be written; ARG006 if another process keeps the folder.
    """
    path = stored.path.with_name(_NAME)
    try:
        kept = read_examples(stored)
    except UnreadableError:
        kept = None
    if kept is None:
        found = examples_of(stored, inputs, alteration)
        content = io.BytesIO()
        np.savez_compressed(
            content,
            result_sha256=np.array(stored.document["result_sha256"]),
            ids=np.array(found.ids, dtype=np.str_),
            levels=np.array(found.levels, dtype=np.int64),
            pictures=found.pictures,
            side=np.array(found.side),
            note=np.array(found.note),
        )
        with still_there(stored.path, stored.document["result_sha256"]) as is_there:
            if is_there:
                write_atomically(path, content.getvalue())
    return path


def read_examples(stored: StoredResult) -> Examples | None:
    """
    Read the examples that lie beside a result; None where there are none.

    Raises
    ------
    UnreadableError
        RES002 if the file is broken, or that of another result.
    """
    path = stored.path.with_name(_NAME)
    if not path.exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as kept:
            whose = str(kept["result_sha256"])
            found = Examples(
                ids=tuple(kept["ids"].tolist()),
                levels=tuple(kept["levels"].tolist()),
                pictures=kept["pictures"],
                side=int(kept["side"]),
                note=str(kept["note"]),
            )
        _check(found, is_of_it=whose == stored.document["result_sha256"])
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile) as error:
        raise UnreadableError(
            "RES002",
            f"{path} must hold the pictures of the result beside it; got {error}",
            fix="Delete the file, and score the encoder again where the inputs still are.",
        ) from error
    return found


def _check(found: Examples, *, is_of_it: bool) -> None:
    if not is_of_it:
        raise ValueError("those of another result")
    pictures = found.pictures
    is_right = pictures.ndim == 5 and pictures.shape[:2] == (len(found.ids), len(found.levels))
    if pictures.dtype != np.uint8 or not is_right or pictures.shape[4] not in {1, 3}:
        raise ValueError(f"an array {pictures.dtype} {pictures.shape}")
