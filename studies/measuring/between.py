"""Measures between the encoders of a study, from the encodings that measuring left."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np

import rmqm_spec
from rmqm_spec.arrays import AnyArray
from rmqm_spec.measures.between.candidates import consensus, information_sufficiency
from studies.measuring.table import ResultTable

__all__ = ["add_between", "between_encoders", "save_encodings"]


def add_between(table: ResultTable, files: Mapping[str, Path]) -> None:
    """
    Add the values of `between_encoders` to the rows, where the encodings of all encoders are there.

    Parameters
    ----------
    table : ResultTable
        Has a row for each of the encoders.
    files : mapping of str to Path
        As `between_encoders` takes them.
    """
    lacking = [name for name, file in files.items() if not file.exists()]
    if lacking:
        print(
            f"  measures between encoders stay as they are: the working folder has no encodings of "
            f"{len(lacking)} encoders, which were measured elsewhere",
            file=sys.stderr,
        )
        return
    for name, values in between_encoders(files).items():
        table.add(name, {**table.rows[name], **values})


def save_encodings(encoder: Path, source: Path, file: Path, folder: Path) -> None:
    """Write the encodings of the unaltered images of a source (``images`` of an .npz)."""
    file.parent.mkdir(parents=True, exist_ok=True)
    rmqm_spec.score(
        str(encoder),
        data=f"{source}:images",
        out=str(folder),
        levels=1,
        null=False,
        save_encodings=str(file),
        force=True,
    )


def between_encoders(files: Mapping[str, Path]) -> dict[str, dict[str, float | None]]:
    """
    Return ``information-sufficiency`` and ``consensus`` of every encoder among all others.

    Parameters
    ----------
    files : mapping of str to Path
        By the encoders' names: files of the same inputs, as ``score`` saves encodings.

    Returns
    -------
    dict of str to dict
        The values by the encoders' names; None for an encoder whose encodings are all equal, which
        is left out of the comparison of the others too.
    """
    encodings = {name: _encodings(path) for name, path in files.items()}
    varying = {name: rows for name, rows in encodings.items() if np.ptp(rows, axis=0).max() > 0}
    values = {
        "information-sufficiency": information_sufficiency(varying),
        "consensus": consensus(varying),
    }
    return {
        name: {measure: found.get(name) for measure, found in values.items()} for name in encodings
    }


def _encodings(path: Path) -> AnyArray:
    """Return the encodings of a file in the order of the inputs' ids."""
    with np.load(path, allow_pickle=False) as arrays:
        rows: AnyArray = arrays["encodings"][np.argsort(arrays["ids"])]
    return rows
