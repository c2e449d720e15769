"""What is kept of the Jacobians of a model: every number of its document follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from attrs import frozen

from rmqm_spec.arrays import AnyArray
from rmqm_spec.jacobians import LocalSpectra
from rmqm_spec.probes.pairing import Quantity
from rmqm_spec.spectra.autoencoders import AutoencoderSpectra
from rmqm_spec.spectra.eigenvalues import Spectrum
from rmqm_spec.spectra.encoders import values_of_encoder

__all__ = ["SPACES", "Columns", "quantities", "spaces_of", "values_of"]

SPACES: Final = ("latent", "input")
"""The Jacobians of an autoencoder, by the space that they map to itself."""


@frozen(kw_only=True, eq=False)
class Columns:
    """
    What was measured of a model at N inputs.

    Parameters
    ----------
    ids, names : tuple of str
        Content hash and origin of each.
    labels : tuple of str, optional
        Class of each.
    autoencoder : AutoencoderSpectra, optional
        Errors, and the spectra of both Jacobians of an autoencoder.
    encoder : LocalSpectra, optional
        Of an encoder alone: singular values of the Jacobian of its unit encoding.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    labels: tuple[str, ...] | None = None
    autoencoder: AutoencoderSpectra | None = None
    encoder: LocalSpectra | None = None

    def __len__(self) -> int:
        """Return N."""
        return len(self.ids)

    @property
    def dimension(self) -> int:
        """Number of latent eigenvalues, or of singular values, of an input."""
        if self.autoencoder is not None:
            return self.autoencoder.latent.n
        return 0 if self.encoder is None else int(self.encoder.singular_values.shape[1])


def spaces_of(columns: Columns) -> Mapping[str, Spectrum]:
    """Return the spectra of an autoencoder by space; nothing of an encoder alone."""
    known = columns.autoencoder
    return {} if known is None else {name: getattr(known, name) for name in SPACES}


def values_of(columns: Columns) -> dict[str, AnyArray]:
    """
    Return everything that is known of each input, by name.

    Of an autoencoder: ``error``; of both Jacobians ``latent-trace``, ``-log-volume`` (-inf where
    it is singular), ``-arithmetic-mean``, ``-geometric-mean``, ``-small`` and ``-reversing``;
    ``difference-l1`` and ``difference-l2`` between their eigenvalues. Of an encoder: ``norm``,
    ``rank``, ``condition`` and ``volume`` (the latter two infinite below full rank), and
    ``numerical-rank``, ``condition-at-rank`` and ``volume-at-rank``.
    """
    found: dict[str, AnyArray] = {}
    if columns.autoencoder is not None:
        found["error"] = columns.autoencoder.mse
        for name, spectrum in spaces_of(columns).items():
            found |= {f"{name}-{key}": values for key, values in _of_spectrum(spectrum).items()}
        between = columns.autoencoder.differences
        if between is not None:
            found |= {"difference-l1": between.l1, "difference-l2": between.l2}
    if columns.encoder is not None:
        found |= values_of_encoder(columns.encoder)
    return found


def quantities(columns: Columns) -> dict[str, Quantity]:
    """Return the same for comparisons: of the inputs whose value is finite, where there are any."""
    found = {}
    for name, values in values_of(columns).items():
        kept = np.isfinite(values)
        if kept.any():
            ids = tuple(columns.ids[row] for row in np.flatnonzero(kept))
            found[name] = Quantity(ids=ids, values=values[kept])
    return found


def _of_spectrum(spectrum: Spectrum) -> dict[str, AnyArray]:
    return {
        "trace": spectrum.trace,
        "log-volume": spectrum.log_volume,
        "arithmetic-mean": spectrum.arithmetic_mean,
        "geometric-mean": spectrum.geometric_mean,
        "small": spectrum.small.astype(np.float64),
        "reversing": np.asarray(spectrum.orientation < 0),
    }
