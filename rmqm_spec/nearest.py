"""What may have been meant where a name was mistyped."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

__all__ = ["nearest_name", "nearest_path"]

_MOST_NAMES = 10_000


def nearest_name(given: str, known: Iterable[str]) -> str | None:
    """
    Return the known name that is most like a given one; None where none is.

    Examples
    --------
    >>> nearest_name("image", ["labels", "images"]), nearest_name("x", ["labels"])
    ('images', None)
    """
    by_lower = {name.lower(): name for name in known}
    near = difflib.get_close_matches(given.lower(), by_lower, n=1)
    return by_lower[near[0]] if near else None


def nearest_path(path: Path) -> Path | None:
    """Return the path in the same folder whose name is most like one that is not there."""
    try:
        with os.scandir(path.parent) as entries:
            names = [entry.name for entry in islice(entries, _MOST_NAMES)]
    except OSError:
        return None
    near = nearest_name(path.name, names)
    return None if near is None else path.with_name(near)
