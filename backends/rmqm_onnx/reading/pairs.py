"""Height and width as files write them."""

from __future__ import annotations

from typing import Any

__all__ = ["as_pair"]


def as_pair(value: Any) -> tuple[int, int]:
    """Read a height and width: a dictionary, two numbers, or a number for a square."""
    if isinstance(value, dict):
        return int(value["height"]), int(value["width"])
    if isinstance(value, int):
        return value, value
    height, width = value
    return int(height), int(width)
