"""A ranking as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rmqm_spec.ranking.null import is_level_with_null
from rmqm_spec.screen.tables import Column, table_lines

__all__ = ["ranking_table"]

_NULL = "null "


def ranking_table(ranked: Sequence[Mapping[str, Any]], width: int | None = None) -> list[str]:
    """
    Return the lines of a table of encoders that have a score.

    Parameters
    ----------
    ranked : sequence of mapping
        As in the document of a ranking.
    width : int, optional
        Characters to fit into; by default those of the terminal, and no limit in a pipe or file.
    """
    columns = list(_columns(ranked))
    lines = table_lines(columns, width)
    is_shown = any(_NULL.strip() in lines[0].split() for _ in lines[:1])
    if is_shown and any(is_level_with_null(row["null"]) for row in ranked):
        lines.append("  * the null is not below the trained network")
    return lines


def _columns(ranked: Sequence[Mapping[str, Any]]) -> Iterator[Column]:
    yield Column("#", [_position(row, ranked) for row in ranked], left=True)
    yield Column("model", [row["name"] for row in ranked], left=True, shortens=True)
    yield Column("RMQM", [f"{row['rmqm']:.3f}" for row in ranked])
    yield Column("95 % CI", [_interval(row["interval"]) for row in ranked], 5)
    if any(row["same_as"] for row in ranked):
        yield Column("ties", [" ".join(row["letters"]) for row in ranked], 1, left=True)
        same = [", ".join(row["same_as"]) or "-" for row in ranked]
        yield Column("same as", same, 8, left=True)
    if len(ranked) > 1:
        yield Column("P(best)", [f"{row['best']:.2f}" for row in ranked], 2)
    yield Column(_terms(ranked), [_shares(row["shares"]) for row in ranked], 6)
    if any(row["null"] is not None for row in ranked):
        yield Column(_NULL, [_null(row["null"]) for row in ranked], 4)
    yield from _measures(ranked)
    yield Column("enc/s", [_speed(row["encodings_per_second"]) for row in ranked], 7)


def _measures(ranked: Sequence[Mapping[str, Any]]) -> Iterator[Column]:
    """Yield a column for each further measure, with its units behind the title."""
    sections = [row.get("measures") or {} for row in ranked]
    for name in dict.fromkeys(name for section in sections for name in section):
        facts = next(section[name] for section in sections if name in section)
        units = "" if facts["units"] == "1" else f" [{facts['units']}]"
        values = [(section.get(name) or {}).get("value") for section in sections]
        cells = ["-" if value is None else f"{value:.4g}" for value in values]
        yield Column(f"{facts['title']}{units}", cells, 3)


def _position(row: Mapping[str, Any], ranked: Sequence[Mapping[str, Any]]) -> str:
    """Return the position, with = where others share it."""
    shared = sum(other["position"] == row["position"] for other in ranked) > 1
    return f"{row['position']}{'=' * shared}"


def _interval(interval: Sequence[float] | None) -> str:
    return f"[{interval[0]:.3f}, {interval[1]:.3f}]" if interval else "-"


def _terms(ranked: Sequence[Mapping[str, Any]]) -> str:
    return " : ".join(ranked[0]["shares"]) + " %" if ranked else ""


def _shares(shares: Mapping[str, float]) -> str:
    return " : ".join(f"{100 * share:.0f}" for share in shares.values())


def _null(null: Mapping[str, Any] | None) -> str:
    if null is None or null["rmqm"] is None:
        return "- "
    return f"{null['rmqm']:.3f}{'*' if is_level_with_null(null) else ' '}"


def _speed(speed: float | None) -> str:
    return "-" if speed is None else f"{speed:,.0f}"
