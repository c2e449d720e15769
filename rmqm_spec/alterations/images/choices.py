"""The words that options of image alterations take."""

from __future__ import annotations

__all__ = ["AXES", "DIRECTIONS", "FILLS", "PLACES", "SIGNS"]

SIGNS = ("drawn", "plus", "minus")
FILLS = ("low", "mean", "edge")
DIRECTIONS = ("drawn", "left", "right", "up", "down")
PLACES = ("drawn", "centre")
AXES = ("horizontal", "vertical")
