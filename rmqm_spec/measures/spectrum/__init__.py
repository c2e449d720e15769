"""Measures of the shape of one encoder's encodings: spectra, ranks and spread; no labels needed."""
