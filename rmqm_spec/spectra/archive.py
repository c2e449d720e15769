"""The columns of all sets of inputs in one ``.npz``, and back."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from rmqm_spec.arrays import AnyArray
from rmqm_spec.documents.archives import BROKEN_ARCHIVE
from rmqm_spec.errors import UnreadableError
from rmqm_spec.spectra.columns import SPACES, Columns
from rmqm_spec.spectra.eigenvalues import Spectrum

__all__ = ["FILE", "NULL_FILE", "SETS", "packed", "read_columns"]

FILE: Final = "spectra.npz"
NULL_FILE: Final = "null.npz"
"""The same of the encoder with permuted weights."""

SETS: Final = ("data", "train", "test")

_KEPT: Final = ("eigenvalues", "trace", "log_volume", "orientation", "reciprocal_condition")
"""What the rest of a spectrum follows from."""

_AGREE: Final = 1e-6
"""How far, relative to the sum of all moduli, a trace may lie from the sum of the eigenvalues."""


def packed(sets: Mapping[str, Columns], spectrum_sha256: str) -> bytes:
    """Return the columns of sets of inputs as the bytes of an ``.npz`` that names its document."""
    arrays: dict[str, Any] = {"spectrum_sha256": np.array(spectrum_sha256)}
    for name, columns in sets.items():
        arrays[f"{name}.ids"] = np.array(columns.ids)
        arrays[f"{name}.names"] = np.array(columns.names)
        if columns.labels is not None:
            arrays[f"{name}.labels"] = np.array(columns.labels)
        if columns.errors is not None:
            arrays[f"{name}.errors"] = columns.errors
        if columns.singular is not None:
            arrays[f"{name}.singular"] = columns.singular
        for space, spectrum in columns.spaces.items():
            for part in _KEPT:
                arrays[f"{name}.{space}.{part}"] = getattr(spectrum, part)
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


def read_columns(path: Path, spectrum_sha256: str) -> dict[str, Columns]:
    """
    Read the columns of a document.

    Parameters
    ----------
    path : Path
        ``spectra.npz`` or ``null.npz``.
    spectrum_sha256 : str
        Digest of the document beside it.

    Returns
    -------
    dict of str to Columns
        By the name of the set.

    Raises
    ------
    UnreadableError
        RES002 if the file is missing, broken or belongs to another document.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            if str(stored["spectrum_sha256"]) != spectrum_sha256:
                raise ValueError("they are those of another document")
            arrays = {name: stored[name] for name in stored.files}
        found = {name: _unpacked(arrays, name) for name in SETS if f"{name}.ids" in arrays}
        for columns in found.values():
            _check(columns)
    except BROKEN_ARCHIVE as error:
        raise UnreadableError(
            "RES002",
            f"{path} must hold the columns of the spectrum beside it; got {error}",
            fix="Run rmqm-spec spectrum again, with --force and the same --out.",
        ) from error
    return found


def _unpacked(arrays: Mapping[str, AnyArray], name: str) -> Columns:
    def column(part: str) -> AnyArray | None:
        return arrays.get(f"{name}.{part}")

    labels = column("labels")
    return Columns(
        ids=tuple(arrays[f"{name}.ids"].tolist()),
        names=tuple(arrays[f"{name}.names"].tolist()),
        labels=None if labels is None else tuple(labels.tolist()),
        errors=column("errors"),
        singular=column("singular"),
        spaces={
            space: Spectrum.of_parts(
                **{part: arrays[f"{name}.{space}.{part}"] for part in _KEPT}
            )
            for space in SPACES
            if f"{name}.{space}.eigenvalues" in arrays
        },
    )


def _check(columns: Columns) -> None:
    """Refuse columns that cannot be what they say they are."""
    if (columns.singular is None) == (not columns.spaces) or not columns.ids:
        raise ValueError("neither eigenvalues nor singular values of any input")
    per_input = [columns.names, columns.labels or columns.names]
    per_input += [one for one in (columns.errors, columns.singular) if one is not None]
    for spectrum in columns.spaces.values():
        per_input += [getattr(spectrum, part) for part in _KEPT]
    lengths = {len(one) for one in per_input}
    if lengths != {len(columns)}:
        raise ValueError(f"columns of {sorted(lengths)} rows for {len(columns)} inputs")
    for name, spectrum in columns.spaces.items():
        _check_spectrum(name, spectrum)
    if columns.singular is not None and not (
        (columns.singular >= 0).all() and (np.diff(columns.singular, axis=1) <= 0).all()
    ):
        raise ValueError("singular values below 0, or that rise")


def _check_spectrum(name: str, spectrum: Spectrum) -> None:
    """Refuse traces and volumes that are not those of the eigenvalues."""
    eigenvalues = spectrum.eigenvalues
    scale = np.abs(eigenvalues).sum(axis=1)
    if not (np.abs(eigenvalues.sum(axis=1) - spectrum.trace) <= _AGREE * scale).all():
        raise ValueError(f"a trace in the {name} space that is not the sum of its eigenvalues")
