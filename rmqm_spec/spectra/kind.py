"""The kinds of document that spectrum writes and prints."""

from rmqm_spec.documents.kind import Kind
from rmqm_spec.spectra.record import SpectraDocument, SpectrumDocument

__all__ = ["SPECTRA", "SPECTRUM"]

SPECTRUM = Kind(schema="rmqm-spectrum/1", name="spectrum", record=SpectrumDocument)
SPECTRA = Kind(schema="rmqm-spectra/1", name="spectra", record=SpectraDocument)
