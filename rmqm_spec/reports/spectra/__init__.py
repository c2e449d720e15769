"""The report of spectra: eigenvalues, their means by class, orientation, regressions, curves."""

from rmqm_spec.reports.spectra.content import ReportedSpectrum, SpectraContent
from rmqm_spec.reports.spectra.page import spectra_page

__all__ = ["ReportedSpectrum", "SpectraContent", "spectra_page"]
