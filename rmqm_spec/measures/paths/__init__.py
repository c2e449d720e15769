"""Measures without labels of the path that encodings take while alterations grow."""
