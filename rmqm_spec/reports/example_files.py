"""Examples kept beside a result, so that the page can be made when the images are gone."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np

from rmqm_spec.contracts.alteration import AnyAlteration
from rmqm_spec.contracts.inputs import Inputs
from rmqm_spec.documents.archives import BROKEN_ARCHIVE
from rmqm_spec.documents.writing import write_atomically
from rmqm_spec.errors import UnreadableError
from rmqm_spec.reports.examples import Examples, examples_of
from rmqm_spec.results.files import still_there
from rmqm_spec.results.stored import StoredResult

__all__ = ["keep_examples", "read_examples"]

_NAME = "examples.npz"


def keep_examples(stored: StoredResult, inputs: Inputs, alteration: AnyAlteration) -> Path:
    """
    Write ``examples.npz`` beside a result, unless the examples of that result are there already.

    Raises
    ------
    UsageError
        ARG005 if it cannot be written; ARG006 if another process holds the folder.
    """
    path = stored.path.with_name(_NAME)
    try:
        existing = read_examples(stored)
    except UnreadableError:
        existing = None
    if existing is None:
        examples = examples_of(stored, inputs, alteration)
        content = io.BytesIO()
        np.savez_compressed(
            content,
            result_sha256=np.array(stored.document["result_sha256"]),
            ids=np.array(examples.ids, dtype=np.str_),
            levels=np.array(examples.levels, dtype=np.int64),
            pictures=examples.pictures,
            side=np.array(examples.side),
            note=np.array(examples.note),
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
        RES002 if the file is broken, or belongs to another result.
    """
    path = stored.path.with_name(_NAME)
    if not path.exists():
        return None
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            result_digest = str(archive["result_sha256"])
            examples = Examples(
                ids=tuple(archive["ids"].tolist()),
                levels=tuple(archive["levels"].tolist()),
                pictures=archive["pictures"],
                side=int(archive["side"]),
                note=str(archive["note"]),
            )
        _check(examples, is_of_it=result_digest == stored.document["result_sha256"])
    except BROKEN_ARCHIVE as error:
        raise UnreadableError(
            "RES002",
            f"{path} must hold the pictures of the result beside it; got {error}",
            fix="Delete the file, and score the encoder again where the inputs still are.",
        ) from error
    return examples


def _check(examples: Examples, *, is_of_it: bool) -> None:
    if not is_of_it:
        raise ValueError("those of another result")
    pictures = examples.pictures
    is_right = pictures.ndim == 5 and pictures.shape[:2] == (
        len(examples.ids),
        len(examples.levels),
    )
    if pictures.dtype != np.uint8 or not is_right or pictures.shape[4] not in {1, 3}:
        raise ValueError(f"an array {pictures.dtype} {pictures.shape}")
