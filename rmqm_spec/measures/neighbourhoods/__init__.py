"""Measures without labels of how encodings of unaltered inputs lie around each other."""
