"""What is kept of the geometry of an encoder: every number of its document follows from it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from attrs import field, frozen

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.documents.archives import BROKEN_ARCHIVE
from rmqm_spec.errors import UnreadableError
from rmqm_spec.nnk import Neighbourhoods

__all__ = ["FILE", "NULL_FILE", "AlteredSets", "Columns", "packed", "read_columns"]

FILE: Final = "neighbourhoods.npz"
NULL_FILE: Final = "null.npz"
"""The same of the network with permuted weights."""


@frozen(kw_only=True, eq=False)
class AlteredSets:
    """
    The sets of an input and its altered versions, for the first n inputs.

    Parameters
    ----------
    levels : (L,) ndarray of int
        A set ends at each of these levels: it holds level 0 and all levels up to that one.
    neighbours : (n, L) ndarray of int
        Number of NNK neighbours of the unaltered input among its altered versions.
    diameters : (n, L) ndarray of float64
        Diameter of the polytope of these neighbours.
    displacements : (n, L) ndarray of float64
        Distance from the unaltered input to its version at the level itself.
    """

    levels: AnyArray
    neighbours: AnyArray
    diameters: Float64Array
    displacements: Float64Array


@frozen(kw_only=True, eq=False)
class Columns:
    """
    The neighbourhoods of N inputs among each other, and what else was seen of each input.

    Parameters
    ----------
    ids, names : tuple of str
        Content hash and origin of each.
    labels : tuple of str, optional
        Class of each.
    found : Neighbourhoods
        Each input's neighbourhood among all others.
    cosines : (N, k) ndarray of float64
        Cosine of each input and each of its candidates.
    diameters : (N,) ndarray of float64
        Diameter of the polytope of its neighbours.
    spread : float
        Root mean square distance between two inputs, as unit vectors.
    answers : mapping of str to tuple of str
        What the linear probe and the model itself say, by name; "" for an input that was not
        judged.
    altered : AlteredSets, optional
        Of the first inputs.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    labels: tuple[str, ...] | None = None
    found: Neighbourhoods
    cosines: Float64Array
    diameters: Float64Array
    spread: float
    answers: Mapping[str, tuple[str, ...]] = field(factory=dict)
    altered: AlteredSets | None = None

    @property
    def k(self) -> int:
        """Number of candidates."""
        return int(self.found.indices.shape[1])


def packed(columns: Columns, geometry_sha256: str) -> bytes:
    """Return columns as the bytes of an ``.npz`` that names its document."""
    arrays: dict[str, Any] = {
        "geometry_sha256": np.array(geometry_sha256),
        "ids": np.array(columns.ids),
        "names": np.array(columns.names),
        "indices": columns.found.indices,
        "weights": columns.found.weights,
        "errors": columns.found.errors,
        "cosines": columns.cosines,
        "diameters": columns.diameters,
        "spread": np.array(columns.spread),
    }
    if columns.labels is not None:
        arrays["labels"] = np.array(columns.labels)
    for name, given in columns.answers.items():
        arrays[f"answers.{name}"] = np.array(given)
    if columns.altered is not None:
        for name in ("levels", "neighbours", "diameters", "displacements"):
            arrays[f"altered.{name}"] = getattr(columns.altered, name)
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


def read_columns(path: Path, geometry_sha256: str) -> Columns:
    """
    Read the columns of a document.

    Parameters
    ----------
    path : Path
        ``neighbourhoods.npz`` or ``null.npz``.
    geometry_sha256 : str
        Digest of the document beside it.

    Raises
    ------
    UnreadableError
        RES002 if the file is missing, broken or belongs to another document.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            if str(stored["geometry_sha256"]) != geometry_sha256:
                raise ValueError("they are those of another document")
            columns = _unpacked({name: stored[name] for name in stored.files})
            _check(columns)
            return columns
    except BROKEN_ARCHIVE as error:
        raise UnreadableError(
            "RES002",
            f"{path} must hold the neighbourhoods of the geometry beside it; got {error}",
            fix="Run rmqm-spec geometry again, with --force and the same --out.",
        ) from error


def _unpacked(arrays: Mapping[str, AnyArray]) -> Columns:
    altered = None
    if "altered.levels" in arrays:
        altered = AlteredSets(
            levels=arrays["altered.levels"],
            neighbours=arrays["altered.neighbours"],
            diameters=arrays["altered.diameters"],
            displacements=arrays["altered.displacements"],
        )
    answers = {
        name.removeprefix("answers."): tuple(given.tolist())
        for name, given in arrays.items()
        if name.startswith("answers.")
    }
    return Columns(
        ids=tuple(arrays["ids"].tolist()),
        names=tuple(arrays["names"].tolist()),
        labels=tuple(arrays["labels"].tolist()) if "labels" in arrays else None,
        found=Neighbourhoods(0, arrays["indices"], arrays["weights"], arrays["errors"]),
        cosines=arrays["cosines"],
        diameters=arrays["diameters"],
        spread=float(arrays["spread"]),
        answers=answers,
        altered=altered,
    )


def _check(columns: Columns) -> None:
    """Refuse columns that cannot be what they say they are."""
    n_inputs, shape = len(columns.ids), columns.found.indices.shape
    per_input = (columns.names, columns.labels or columns.names, columns.found.errors)
    lengths = {len(one) for one in (*per_input, columns.diameters, *columns.answers.values())}
    if len(shape) != 2 or lengths != {n_inputs} or shape[0] != n_inputs:
        raise ValueError(f"columns of {sorted(lengths | {shape[0]})} rows for {n_inputs} inputs")
    if columns.found.weights.shape != shape or columns.cosines.shape != shape:
        raise ValueError(f"weights or cosines that do not belong to candidates {shape}")
    if columns.found.indices.min() < 0 or columns.found.indices.max() >= n_inputs:
        raise ValueError(f"candidates outside 0 to {n_inputs - 1}")
    if (columns.found.indices == np.arange(n_inputs)[:, None]).any():
        raise ValueError("an input among its own candidates")
    if not (columns.found.weights >= 0).all():
        raise ValueError("a weight below 0")
