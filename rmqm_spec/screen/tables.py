"""Tables as lines of text that fit the terminal: the least needed columns go first."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from typing import TextIO

from attrs import evolve, frozen

from rmqm_spec.screen.writing import visible

__all__ = ["Column", "columns_of_terminal", "table_lines"]

_GAP = 2
_LEAST_NAME = 12
_ENDLESS = 10_000


@frozen
class Column:
    """
    A column of a table.

    Parameters
    ----------
    head : str
        Its title.
    cells : sequence of str
        A cell per row.
    expendable : int
        How early it goes where the terminal is narrow; 0 never.
    left : bool
        Whether texts are set left rather than right.
    shortens : bool
        Whether its cells may lose their middle where nothing else helps.
    """

    head: str
    cells: Sequence[str]
    expendable: int = 0
    left: bool = False
    shortens: bool = False

    @property
    def width(self) -> int:
        """Number of characters of the longest cell."""
        return max(map(len, (self.head, *self.cells)))


def table_lines(columns: Sequence[Column], width: int | None = None) -> list[str]:
    """
    Return the lines of a table, its head first.

    Parameters
    ----------
    columns : sequence of Column
        The columns, all of one length.
    width : int, optional
        Characters to fit into; by default those of the terminal that stdout is, and no limit in a
        pipe or file.

    Examples
    --------
    >>> table_lines([Column("name", ["a", "b"], left=True), Column("score", ["2.5", "10.0"])])
    ['  name  score', '  a       2.5', '  b      10.0']
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = [evolve(column, cells=[visible(cell) for cell in column.cells]) for column in columns]
    fitting = _fitting(shown, width or columns_of_terminal(sys.stdout))
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="")
    for column in fitting:
        justify = "left" if column.left else "right"
        table.add_column(Text(column.head), justify=justify, no_wrap=True)  # type: ignore[arg-type]
    for row in zip(*(column.cells for column in fitting), strict=True):
        table.add_row(*(Text(cell) for cell in row))
    stream = io.StringIO()
    Console(file=stream, width=_ENDLESS, no_color=True, force_terminal=False).print(table)
    return [f"{'':{_GAP}}{line}".rstrip() for line in stream.getvalue().splitlines()]


def columns_of_terminal(stream: TextIO) -> int | None:
    """Return the width of the terminal that a stream is; None where it is a pipe or a file."""
    if not stream.isatty():
        return None
    try:
        return os.get_terminal_size(stream.fileno()).columns or None
    except (OSError, ValueError):
        return None


def _fitting(columns: list[Column], width: int | None) -> list[Column]:
    """Leave columns out until the rest fits; at last shorten names."""
    if width is None:
        return columns
    while _total(columns) > width and any(column.expendable for column in columns):
        first_to_go = max(columns, key=lambda column: column.expendable)
        columns = [column for column in columns if column is not first_to_go]
    over = _total(columns) - width
    return [
        _shortened(column, column.width - over) if column.shortens and over > 0 else column
        for column in columns
    ]


def _total(columns: Sequence[Column]) -> int:
    return sum(_GAP + column.width for column in columns)


def _shortened(column: Column, length: int) -> Column:
    """Cut the middles out: beginnings and endings make names unlike each other."""
    kept = max(_LEAST_NAME, length) - 1
    cells = [
        cell
        if len(cell) <= kept + 1
        else f"{cell[: (kept + 1) // 2]}~{cell[len(cell) - kept // 2 :]}"
        for cell in column.cells
    ]
    return Column(column.head, cells, left=column.left)
