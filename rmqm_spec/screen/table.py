"""Tables as lines of text that fit a terminal: the least needed columns are dropped first."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence

from attrs import evolve, frozen

from rmqm_spec.screen.writing import escaped, terminal_columns

__all__ = ["TableColumn", "fits", "stdout_columns", "table_lines"]

_GAP = "  "
_LEAST_NAME = 12
_LEAST_WRAPPED = 20


@frozen
class TableColumn:
    """
    A column of a table of texts.

    Parameters
    ----------
    head : str
        Its head; a table whose heads are all empty has no head line.
    cells : sequence of str
        A text per row.
    expendable : int
        How early it is dropped where the terminal is narrow; 0 for never.
    left : bool
        Whether its texts are aligned left.
    fit : {"", "shorten", "wrap"}
        What is done with its texts where the terminal is still too narrow.
    """

    head: str
    cells: Sequence[str]
    expendable: int = 0
    left: bool = False
    fit: str = ""

    @property
    def width(self) -> int:
        """Terminal columns that it takes."""
        from rich.cells import cell_len

        return max(cell_len(escaped(text)) for text in (self.head, *self.cells))


def stdout_columns() -> int | None:
    """Return the width of the terminal that stdout is; None in a pipe or file."""
    return terminal_columns(sys.stdout) if sys.stdout.isatty() else None


def fits(lines: Sequence[str]) -> bool:
    """Whether lines fit the terminal that stdout is; always true in a pipe or file."""
    from rich.cells import cell_len

    width = stdout_columns()
    return width is None or max(map(cell_len, lines), default=0) <= width


def table_lines(columns: Sequence[TableColumn], width: int | None = None) -> list[str]:
    """
    Return the lines of a table, without blanks at their ends.

    Where a text that wraps has less room than its longest word, it is left as it is.

    Parameters
    ----------
    columns : sequence of TableColumn
        All of the same number of cells.
    width : int, optional
        Columns to fit into; no limit by default.

    Examples
    --------
    >>> names = TableColumn("model", ["a", "long-name"], left=True)
    >>> for line in table_lines([names, TableColumn("RMQM", ["2.500", "-"])]):
    ...     print(line)
      model       RMQM
      a          2.500
      long-name      -
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    columns = _fitting(list(columns), width)
    if width is not None and not _has_room_for_words(columns, width):
        return [_in_a_line(row, columns) for row in _rows(columns)]
    has_heads = any(column.head for column in columns)
    table = Table(box=None, padding=(0, len(_GAP), 0, 0), pad_edge=False, show_header=has_heads)
    for column in columns:
        justify = "left" if column.left else "right"
        wraps = column.fit == "wrap"
        table.add_column(
            Text(escaped(column.head)),
            justify=justify,  # type: ignore[arg-type]  # two words that rich knows
            no_wrap=not wraps,
            width=column.width if not wraps or width is None else None,
        )
    for row in _rows(columns):
        table.add_row(*map(Text, row))
    room = _total(columns) if width is None else max(min(_total(columns), width), 1) - len(_GAP)
    console = Console(
        file=io.StringIO(), width=room, color_system=None, markup=False, emoji=False,
        highlight=False, force_terminal=False, force_jupyter=False, legacy_windows=False,
    )  # fmt: skip
    with console.capture() as drawn:
        console.print(table)
    return [(_GAP + line).rstrip() for line in drawn.get().splitlines()]


def _fitting(columns: list[TableColumn], width: int | None) -> list[TableColumn]:
    """Drop columns until the rest fits; as a last resort shorten the names."""
    if width is None:
        return columns
    wrapped = [column for column in columns if column.fit == "wrap"]
    spare = sum(max(column.width - _LEAST_WRAPPED, 0) for column in wrapped)
    while _total(columns) - spare > width and any(column.expendable for column in columns):
        least_needed = max(columns, key=lambda column: column.expendable)
        columns = [column for column in columns if column is not least_needed]
    over = _total(columns) - spare - width
    if over <= 0:
        return columns
    return [
        evolve(
            column,
            cells=[
                _shortened(name, max(_LEAST_NAME, column.width - over)) for name in column.cells
            ],
        )
        if column.fit == "shorten"
        else column
        for column in columns
    ]


def _has_room_for_words(columns: Sequence[TableColumn], width: int) -> bool:
    """Whether the columns that wrap are left the room of their longest word."""
    from rich.cells import cell_len

    fixed = [column for column in columns if column.fit != "wrap"]
    words = [
        word
        for column in columns
        if column.fit == "wrap"
        for cell in column.cells
        for word in escaped(cell).split()
    ]
    return not words or max(map(cell_len, words)) <= width - _total(fixed) - 2 * len(_GAP)


def _in_a_line(row: Sequence[str], columns: Sequence[TableColumn]) -> str:
    """Return a row whose texts that wrap are left as they are."""
    from rich.cells import cell_len

    cells = [
        text + " " * (column.width - cell_len(text)) if column.fit != "wrap" else text
        for text, column in zip(row, columns, strict=True)
    ]
    return (_GAP + _GAP.join(cells)).rstrip()


def _rows(columns: Sequence[TableColumn]) -> Iterator[list[str]]:
    for row in zip(*(column.cells for column in columns), strict=True):
        yield [escaped(cell) for cell in row]


def _total(columns: Sequence[TableColumn]) -> int:
    return sum(len(_GAP) + column.width for column in columns)


def _shortened(name: str, length: int) -> str:
    """Cut the middle out: beginnings and endings tell names apart."""
    name = escaped(name)
    if len(name) <= length:
        return name
    kept = length - 1
    return f"{name[: (kept + 1) // 2]}~{name[len(name) - kept // 2 :]}"
