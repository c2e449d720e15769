"""Spectra of the Jacobians of autoencoders, and what they say of reconstruction errors."""

from rmqm_spec.spectra.autoencoders import AutoencoderSpectra, autoencoder_spectra
from rmqm_spec.spectra.conditions import conditions
from rmqm_spec.spectra.differences import MATCHINGS, Differences, Matching, differences
from rmqm_spec.spectra.eigenvalues import SMALL, Spectrum, eigenvalue_conditions, spectrum
from rmqm_spec.spectra.least_squares import Coefficient
from rmqm_spec.spectra.readings import READINGS, Reading, regress_log_volume, regress_trace
from rmqm_spec.spectra.regression import Regression, Sides, intercept_identity, regress
from rmqm_spec.spectra.statistics import (
    QUANTITIES,
    Arguments,
    Band,
    Share,
    arguments_of,
    band,
    bands,
    bands_by_class,
    reversed_share,
    rows_by_class,
)

__all__ = [
    "MATCHINGS",
    "QUANTITIES",
    "READINGS",
    "SMALL",
    "Arguments",
    "AutoencoderSpectra",
    "Band",
    "Coefficient",
    "Differences",
    "Matching",
    "Reading",
    "Regression",
    "Share",
    "Sides",
    "Spectrum",
    "arguments_of",
    "autoencoder_spectra",
    "band",
    "bands",
    "bands_by_class",
    "conditions",
    "differences",
    "eigenvalue_conditions",
    "intercept_identity",
    "regress",
    "regress_log_volume",
    "regress_trace",
    "reversed_share",
    "rows_by_class",
    "spectrum",
]
