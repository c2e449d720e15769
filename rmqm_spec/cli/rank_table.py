"""A ranking as a table that fits the terminal: the least needed columns go first."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from rmqm_spec.ranking.null import is_level_with_null

__all__ = ["ranking_table"]

_GAP = "  "
_LEAST_NAME = 12
_NULL = "null "


@frozen
class _Column:
    """A head, one cell per encoder, and how early it goes where the terminal is narrow."""

    head: str
    cells: list[str]
    expendable: int = 0
    left: bool = False

    @property
    def width(self) -> int:
        return max(map(len, (self.head, *self.cells)))


def ranking_table(ranked: Sequence[Mapping[str, Any]], width: int | None = None) -> list[str]:
    """
    Return the lines of a table of encoders that have a score.

    Parameters
    ----------
    ranked : sequence of mapping
        As in the document of a ranking.
    width : int, optional
        Columns to fit into; by default those of the terminal that stdout is, and no limit in a
        pipe or file.
    """
    width = width or _terminal_width()
    columns = _fitting(_columns(ranked), width)
    rows = zip(*([one.head, *one.cells] for one in columns), strict=True)
    lines = []
    for row in rows:
        cells = [
            cell.ljust(one.width) if one.left else cell.rjust(one.width)
            for cell, one in zip(row, columns, strict=True)
        ]
        lines.append((_GAP + _GAP.join(cells)).rstrip())
    if any("*" in cell for one in columns if one.head == _NULL for cell in one.cells):
        lines.append(f"{_GAP}* the null is not below the trained network")
    return lines


def _columns(ranked: Sequence[Mapping[str, Any]]) -> list[_Column]:
    found = [
        _Column("#", [_position(one, ranked) for one in ranked], left=True),
        _Column("model", [one["name"] for one in ranked], left=True),
        _Column("RMQM", [f"{one['rmqm']:.3f}" for one in ranked]),
        _Column("95 % CI", [_interval(one["interval"]) for one in ranked], 5),
        _Column("ties", [" ".join(one["letters"]) for one in ranked], 1, left=True),
        _Column("same as", [_names(one["same_as"]) for one in ranked], 8, left=True),
        _Column("P(best)", [f"{one['best']:.2f}" for one in ranked], 2),
        _Column(_terms(ranked), [_shares(one["shares"]) for one in ranked], 6),
        _Column(_NULL, [_null(one["null"]) for one in ranked], 4),
        _Column("enc/s", [_speed(one["encodings_per_second"]) for one in ranked], 7),
    ]
    if all(one["null"] is None for one in ranked):
        found = [one for one in found if one.head != _NULL]
    if len(ranked) == 1:
        found = [one for one in found if one.head != "P(best)"]
    if not any(one["same_as"] for one in ranked):
        found = [one for one in found if one.head not in {"ties", "same as"}]
    return found


def _fitting(columns: list[_Column], width: int | None) -> list[_Column]:
    """Leave columns out until the rest fits; at last shorten names."""
    if width is None:
        return columns
    while _total(columns) > width and any(one.expendable for one in columns):
        most = max(columns, key=lambda one: one.expendable)
        columns = [one for one in columns if one is not most]
    over = _total(columns) - width
    if over > 0:
        at = next(k for k, one in enumerate(columns) if one.head == "model")
        length = max(_LEAST_NAME, columns[at].width - over)
        cells = [_shortened(name, length) for name in columns[at].cells]
        columns[at] = _Column("model", cells, left=True)
    return columns


def _total(columns: Sequence[_Column]) -> int:
    return sum(len(_GAP) + one.width for one in columns)


def _terminal_width() -> int | None:
    if not sys.stdout.isatty():
        return None
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or None
    except (OSError, ValueError):
        return None


def _position(one: Mapping[str, Any], ranked: Sequence[Mapping[str, Any]]) -> str:
    """Return the position, with = where others share it."""
    shared = sum(other["position"] == one["position"] for other in ranked) > 1
    return f"{one['position']}{'=' * shared}"


def _names(names: Sequence[str]) -> str:
    return ", ".join(names) or "-"


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


def _shortened(name: str, length: int) -> str:
    """Cut the middle out: beginnings and endings tell names apart."""
    if len(name) <= length:
        return name
    kept = length - 1
    return f"{name[: (kept + 1) // 2]}~{name[len(name) - kept // 2 :]}"
