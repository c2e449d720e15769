"""Markdown of the pages."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["share", "table"]


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return [f"| {' | '.join(cells)} |" for cells in lines]


def share(value: float | None, decimals: int = 3) -> str:
    """Return a number, or a dash where there is none."""
    return "-" if value is None else f"{value:.{decimals}f}"
