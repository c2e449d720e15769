"""What a report of spectra is made from: documents, the columns behind them, and comparisons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from rmqm_spec.spectra.columns import Columns

__all__ = ["ReportedSpectrum", "SpectraContent"]


@frozen(kw_only=True, eq=False)
class ReportedSpectrum:
    """
    A model of the page.

    Parameters
    ----------
    key : str
        Its key in pictures.
    name : str
        Its name.
    document : mapping
        Its document.
    columns : mapping of str to Columns
        What the document follows from, by set of inputs.
    """

    key: str
    name: str
    document: Mapping[str, Any]
    columns: Mapping[str, Columns]

    @property
    def is_autoencoder(self) -> bool:
        """Whether it has eigenvalues."""
        return bool(self.document["mode"] == "autoencoder")


@frozen(kw_only=True, eq=False)
class SpectraContent:
    """
    Everything that a report of spectra is made from.

    Parameters
    ----------
    models : tuple of ReportedSpectrum
        In the order in which they were named, at least one.
    differences : tuple of mapping
        Paired differences, as the list of several models has them.
    failed : tuple of mapping
        Models that could not be measured: ``name``, ``code``, ``message``, ``fix``.
    """

    models: tuple[ReportedSpectrum, ...]
    differences: tuple[Mapping[str, Any], ...] = ()
    failed: tuple[Mapping[str, str], ...] = field(default=())

    @property
    def autoencoders(self) -> tuple[ReportedSpectrum, ...]:
        """Those with eigenvalues."""
        return tuple(model for model in self.models if model.is_autoencoder)

    @property
    def encoders(self) -> tuple[ReportedSpectrum, ...]:
        """Those with singular values."""
        return tuple(model for model in self.models if not model.is_autoencoder)

    @property
    def keys(self) -> dict[str, str]:
        """Key of each model by its name."""
        return {model.name: model.key for model in self.models}
