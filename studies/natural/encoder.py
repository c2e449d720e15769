"""An encoder of the study, and what is measured of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from attrs import field, frozen

from studies.measuring.judging import accuracies
from studies.measuring.measuring import label_free
from studies.natural.images import NaturalImages

__all__ = ["Encoder", "row"]


@frozen(kw_only=True)
class Encoder:
    """
    A model with what it is fed.

    Parameters
    ----------
    name : str
        Name of its row.
    file : Path
        The ONNX file.
    facts : mapping
        Columns of the row that are known before.
    side : int
        Height and width of its input.
    options : mapping
        Of ``rmqm-spec score`` and ``probe``: preprocessing, and the layer that is read.
    write : callable, optional
        Writes the file where it is not there; known by the module's name to other processes.
    """

    name: str
    file: Path
    facts: Mapping[str, Any]
    side: int = 32
    options: Mapping[str, Any] = field(factory=dict)
    write: Callable[[Path], None] | None = None


def row(
    encoder: Encoder, *, images: NaturalImages, n_path: int, work: Path
) -> tuple[str, dict[str, Any]]:
    """Return the name of an encoder, and all its columns: facts, measures, accuracies."""
    if encoder.write is not None and not encoder.file.exists():
        encoder.file.parent.mkdir(parents=True, exist_ok=True)
        encoder.write(encoder.file)
    folder = work / "measured" / encoder.name
    folder.mkdir(parents=True, exist_ok=True)
    options = {"threads": 1, **encoder.options}
    measured = label_free(
        encoder.file, images.source(encoder.side), folder, n_path=n_path, null=False, **options
    )
    # Without permuted weights there is nothing less their value.
    without = {name: value for name, value in measured.items() if not name.endswith("-null")}
    values = {**encoder.facts, **without}
    for task in images.tasks(encoder.side):
        values |= accuracies(encoder.file, task, folder, retrieval=True, **options)
    with np.load(folder / "encodings.npz", allow_pickle=False) as arrays:
        values["size"] = arrays["unit_encodings"].shape[1]
    shutil.rmtree(folder)
    return encoder.name, values
