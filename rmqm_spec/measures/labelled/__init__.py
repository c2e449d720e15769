"""Measures of encodings with labels: pure functions of encodings and classes."""
