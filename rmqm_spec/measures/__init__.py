"""Measures of encodings that the package brings along."""
