"""Spectra of Jacobians."""
