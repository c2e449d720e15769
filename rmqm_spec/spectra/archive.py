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
from rmqm_spec.jacobians import LocalSpectra
from rmqm_spec.spectra.autoencoders import AutoencoderSpectra
from rmqm_spec.spectra.columns import Columns, spaces_of
from rmqm_spec.spectra.differences import MATCHINGS, Differences, differences
from rmqm_spec.spectra.eigenvalues import Spectrum

__all__ = ["FILE", "NULL_FILE", "SETS", "packed", "read_columns"]

FILE: Final = "spectra.npz"
NULL_FILE: Final = "null.npz"
"""The same of the encoder with permuted weights."""

SETS: Final = ("data", "train", "test")

_KEPT: Final = ("eigenvalues", "trace", "log_volume", "orientation", "reciprocal_condition")
"""What the rest of a spectrum follows from."""

_OF_ENCODER: Final = ("singular_values", "tolerance")
_PER_INPUT: Final = ("latents", "mse", "variance")

_OF_TWO_AXES: Final = ("eigenvalues", "singular_values", "latents")
"""How the names of the columns end that have several values for each input."""

_AGREE: Final = 1e-6
"""How far, relative to the sum of all moduli, a trace may lie from the sum of the eigenvalues."""

_CLEAR: Final = 1e-6
"""Reciprocal condition above which a matrix is clearly not singular."""

_CLOSE: Final = 1e-4
"""How far the log volume of such a matrix may lie from the sum over its eigenvalues."""


def packed(sets: Mapping[str, Columns], spectrum_sha256: str) -> bytes:
    """Return the columns of sets of inputs as the bytes of an ``.npz`` that names its document."""
    arrays: dict[str, Any] = {"spectrum_sha256": np.array(spectrum_sha256)}
    for name, columns in sets.items():
        parts = _parts(columns)
        arrays |= {f"{name}.{part}": array for part, array in parts.items() if array is not None}
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


def _parts(columns: Columns) -> dict[str, Any]:
    parts: dict[str, Any] = {
        "ids": np.array(columns.ids),
        "names": np.array(columns.names),
        "labels": None if columns.labels is None else np.array(columns.labels),
    }
    if columns.encoder is not None:
        parts |= {name: getattr(columns.encoder, name) for name in _OF_ENCODER}
    known = columns.autoencoder
    if known is None:
        return parts
    parts |= {name: getattr(known, name) for name in _PER_INPUT}
    parts |= {"conditions": known.conditions, "n_values": np.array(known.n_values)}
    if known.differences is not None:
        parts |= {"difference.l1": known.differences.l1, "difference.l2": known.differences.l2}
        parts["difference.matching"] = np.array(known.differences.matching)
    for space, spectrum in spaces_of(columns).items():
        parts |= {f"{space}.{part}": getattr(spectrum, part) for part in _KEPT}
    return parts


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
    parts = {
        key.removeprefix(f"{name}."): array
        for key, array in arrays.items()
        if key.startswith(f"{name}.")
    }
    labels = parts.get("labels")
    return Columns(
        ids=tuple(parts["ids"].tolist()),
        names=tuple(parts["names"].tolist()),
        labels=None if labels is None else tuple(labels.tolist()),
        autoencoder=_autoencoder(parts) if "mse" in parts else None,
        encoder=LocalSpectra(*(parts[name] for name in _OF_ENCODER))
        if "singular_values" in parts
        else None,
    )


def _autoencoder(parts: Mapping[str, AnyArray]) -> AutoencoderSpectra:
    between = None
    if "difference.l1" in parts:
        between = Differences(
            l1=parts["difference.l1"],
            l2=parts["difference.l2"],
            matching=str(parts["difference.matching"]),  # type: ignore[arg-type]
        )
    return AutoencoderSpectra(
        latents=parts["latents"],
        mse=parts["mse"],
        variance=parts["variance"],
        latent=_spectrum(parts, "latent"),
        input=_spectrum(parts, "input"),
        differences=between,
        conditions=parts["conditions"],
        n_values=int(parts["n_values"]),
    )


def _spectrum(parts: Mapping[str, AnyArray], space: str) -> Spectrum:
    return Spectrum.of_parts(**{part: parts[f"{space}.{part}"] for part in _KEPT})


def _check(columns: Columns) -> None:
    """Refuse columns that cannot be what they say they are."""
    if (columns.encoder is None) == (columns.autoencoder is None) or not columns.ids:
        raise ValueError("neither eigenvalues nor singular values of any input")
    arrays = _arrays(columns)
    lengths = {len(one) for one in (columns.names, columns.labels or columns.names)}
    lengths |= {len(one) for one in arrays.values()}
    if lengths != {len(columns)}:
        raise ValueError(f"columns of {sorted(lengths)} rows for {len(columns)} inputs")
    for name, array in arrays.items():
        if array.ndim != (2 if name.endswith(_OF_TWO_AXES) else 1):
            raise ValueError(f"{name} of shape {array.shape}")
    for name, spectrum in spaces_of(columns).items():
        _check_spectrum(name, spectrum)
    if columns.autoencoder is not None:
        _check_differences(columns.autoencoder)
    if columns.encoder is not None:
        _check_singular_values(columns.encoder)


def _arrays(columns: Columns) -> dict[str, AnyArray]:
    """Return the arrays that have a row for each input, by name."""
    known, found = columns.autoencoder, {}
    if columns.encoder is not None:
        found = {name: getattr(columns.encoder, name) for name in _OF_ENCODER}
    if known is not None:
        found |= {name: getattr(known, name) for name in _PER_INPUT}
        if known.differences is not None:
            found |= {"difference.l1": known.differences.l1, "difference.l2": known.differences.l2}
    for space, spectrum in spaces_of(columns).items():
        found |= {f"{space}.{part}": getattr(spectrum, part) for part in _KEPT}
    return found


def _check_singular_values(known: LocalSpectra) -> None:
    values, tolerance = known.singular_values, known.tolerance
    if not (np.isfinite(values).all() and np.isfinite(tolerance).all() and (tolerance >= 0).all()):
        raise ValueError("singular values that are not finite, or a tolerance that cannot be")
    if not ((values >= 0).all() and (np.diff(values, axis=1) <= 0).all()):
        raise ValueError("singular values below 0, or that rise")


def _check_differences(known: AutoencoderSpectra) -> None:
    """Refuse distances that are not those between the eigenvalues."""
    stored = known.differences
    if stored is None:
        return
    if stored.matching not in MATCHINGS:
        raise ValueError(f"eigenvalues that are paired by {stored.matching!r}")
    again = differences(known.latent, known.input, matching=stored.matching)
    for name in ("l1", "l2"):
        if not np.allclose(getattr(stored, name), getattr(again, name), rtol=1e-6, atol=1e-12):
            raise ValueError(f"a {name} that is no distance between the eigenvalues of J_L and J_I")


def _check_spectrum(name: str, spectrum: Spectrum) -> None:
    """Refuse traces, volumes and orientations that are not those of the eigenvalues."""
    eigenvalues = spectrum.eigenvalues
    moduli = np.abs(eigenvalues)
    allowed = _AGREE * moduli.sum(axis=1)
    if not (np.abs(eigenvalues.sum(axis=1) - spectrum.trace) <= allowed).all():
        raise ValueError(f"a trace in the {name} space that is not the sum of its eigenvalues")
    condition, least = spectrum.reciprocal_condition, spectrum.n * np.finfo(np.float64).eps
    is_singular = np.isneginf(spectrum.log_volume)
    # Twice or half the limit: at the limit itself, a quotient may be rounded to the other side.
    possible = np.where(is_singular, condition <= 2 * least, condition >= least / 2)
    if not (possible & (condition >= 0) & (condition <= 1)).all():
        raise ValueError(f"a reciprocal condition in the {name} space that cannot be")
    # Next to a singular matrix the smallest eigenvalue, and so its logarithm, is rounding.
    clear = spectrum.reciprocal_condition > _CLEAR
    volumes = np.log(moduli[clear]).sum(axis=1)
    if not (np.abs(volumes - spectrum.log_volume[clear]) <= _CLOSE).all():
        raise ValueError(f"a log volume in the {name} space that is not that of its eigenvalues")
    n_negative = np.count_nonzero((eigenvalues.imag == 0) & (eigenvalues.real < 0), axis=1)
    signs = np.where(n_negative % 2, -1, 1)
    if not (signs[clear] == spectrum.orientation[clear]).all():
        raise ValueError(f"an orientation in the {name} space that is not that of its eigenvalues")
