"""Where a difference of scores comes from, as tables that fit the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from rmqm_spec.screen.table import TableColumn, stdout_columns, table_lines

__all__ = ["moved_table", "term_and_level_tables"]

_VISIBLE = 1e-9
"""Parts of a difference smaller than this are rounding, and not shown."""

_PART = "part of B - A"


def term_and_level_tables(change: Mapping[str, Any]) -> Iterator[str]:
    """Return what each term and each octave of levels adds to the difference."""
    terms = change["terms"]
    yield from table_lines(
        [
            TableColumn("term", [term["name"] for term in terms], left=True),
            TableColumn("A", [f"{term['first']:.3f}" for term in terms], 2),
            TableColumn("B", [f"{term['second']:.3f}" for term in terms], 1),
            TableColumn(_PART, [f"{term['part']:+.4f}" for term in terms]),
        ],
        stdout_columns(),
    )
    names, parts = zip(*_of_levels(change["levels"], change["unassigned"]), strict=True)
    yield from table_lines(
        [TableColumn("levels", names, left=True), TableColumn(_PART, parts)], stdout_columns()
    )


def moved_table(inputs: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Return the inputs whose contributions to RMQM changed most; the id goes first."""
    moved = [entry for entry in inputs if abs(entry["change"]) > _VISIBLE]
    if not moved:
        return
    yield from table_lines(
        [
            TableColumn("moved most", [entry["name"] for entry in moved], left=True, fit="shorten"),
            TableColumn("A", [f"{entry['first']:.3f}" for entry in moved], 2),
            TableColumn("B", [f"{entry['second']:.3f}" for entry in moved], 1),
            TableColumn("change", [f"{entry['change']:+.4f}" for entry in moved]),
            TableColumn("id", [entry["id"][:12] for entry in moved], 3, left=True),
        ],
        stdout_columns(),
    )


def _of_levels(levels: Sequence[float], unassigned: float) -> Iterator[tuple[str, str]]:
    """Sum the parts over octaves of levels, as many as a person wants to read."""
    starts = [1]
    while 2 * starts[-1] <= len(levels):
        starts.append(2 * starts[-1])
    for low, end in pairwise([*starts, len(levels) + 1]):
        name = f"{low}-{end - 1}" if end - 1 > low else f"{low}"
        yield name, f"{sum(levels[low - 1 : end - 1]):+.4f}"
    if abs(unassigned) > _VISIBLE:
        yield "undefined terms", f"{unassigned:+.4f}"
