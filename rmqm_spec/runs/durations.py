"""Lengths of time in words."""

from __future__ import annotations

__all__ = ["duration_in_words"]


def duration_in_words(seconds: float) -> str:
    """
    Return a length of time as people say it.

    Examples
    --------
    >>> duration_in_words(3.21), duration_in_words(600), duration_in_words(9000)
    ('3.2 s', '10 min', '2.5 h')
    """
    if seconds < 90:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
