"""What the page says first, from the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from studies.spectra.figures import Tables

__all__ = ["sentences"]

Row = Mapping[str, Any]


def sentences(tables: Tables, models: Sequence[Row], regressions: Sequence[Row]) -> list[str]:
    """Return the lines."""
    return ["TODO"]
