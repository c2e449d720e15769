"""Cells and sections of the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np

from studies.nnk.writing import table
from studies.spectra.committed import Row
from studies.spectra.comparing import PRINTED
from studies.spectra.paper import Coefficients

__all__ = ["SYMBOLS", "interval", "mean", "median", "printed", "section", "share", "slope"]

SYMBOLS: Final = {"latent": "J_L", "input": "J_I"}


def section(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a section with a table; nothing where there are no rows."""
    known = list(rows)
    return [f"## {title}", "", *table(heads, known), ""] if known else []


def printed(dimension: int, jacobian: str, regressor: str) -> Coefficients:
    """Return the printed coefficients."""
    found: Coefficients = getattr(PRINTED[regressor][dimension], jacobian)
    return found


def slope(row: Row) -> str:
    """Return the test slope with its interval."""
    if row.get("test_slope") is None:
        return "-"
    low, high = row["test_slope_low"], row["test_slope_high"]
    return f"{row['test_slope']:.3f} [{low:.2f}, {high:.2f}]"


def share(value: float | None) -> str:
    """Return a share in percent."""
    return "-" if value is None else f"{value:.1%}"


def interval(ends: Sequence[float]) -> str:
    """Return an interval."""
    return f"[{ends[0]:.2f}, {ends[1]:.2f}]"


def mean(rows: Sequence[Row], column: str) -> str:
    """Return the mean of a column over the rows that have it."""
    values: list[Any] = [row[column] for row in rows if row.get(column) is not None]
    return f"{np.mean(values):.3f}" if values else "-"


def median(rows: Sequence[Row], column: str, *, per_dimension: bool = False) -> str:
    """Return the median of a column, divided by the latent dimension on request."""
    values = [row[column] / (row["dimension"] if per_dimension else 1) for row in rows]
    return f"{np.median(values):.2f}"
