"""Tables as lines of text that fit a terminal: the least needed columns go first."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence

from attrs import evolve, frozen

from rmqm_spec.screen.writing import escaped, terminal_columns

__all__ = ["Column", "fits", "stdout_columns", "table_lines"]

_GAP = "  "
_LEAST_NAME = 12
_LEAST_WRAPPED = 20


@frozen
class Column:
    """
    A column of a table of texts.

    Parameters
    ----------
    head : str
        Its head; a table in which all are empty has no line of heads.
    cells : sequence of str
        One per row.
    expendable : int
        How early it goes where the terminal is narrow; 0 for never.
    left : bool
        Whether its texts stand to the left.
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
        """Columns of the terminal that it takes."""
        from rich.cells import cell_len

        return max(cell_len(escaped(text)) for text in (self.head, *self.cells))


def stdout_columns() -> int | None:
    """Return the width of the terminal that stdout is; None in a pipe or file."""
    return terminal_columns(sys.stdout) if sys.stdout.isatty() else None


def fits(lines: Sequence[str]) -> bool:
    """Whether lines are not wider than the terminal that stdout is; they are in a pipe or file."""
    from rich.cells import cell_len

    width = stdout_columns()
    return width is None or max(map(cell_len, lines), default=0) <= width


def table_lines(columns: Sequence[Column], width: int | None = None) -> list[str]:
    """
    Return the lines of a table, without blanks at their ends.

    Parameters
    ----------
    columns : sequence of Column
        All of the same number of cells.
    width : int, optional
        Columns to fit into; no limit by default.

    Examples
    --------
    >>> names = Column("model", ["a", "long-name"], left=True)
    >>> for line in table_lines([names, Column("RMQM", ["2.500", "-"])]):
    ...     print(line)
      model       RMQM
      a          2.500
      long-name      -
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    columns = _fitting(list(columns), width)
    has_heads = any(one.head for one in columns)
    table = Table(box=None, padding=(0, len(_GAP), 0, 0), pad_edge=False, show_header=has_heads)
    for one in columns:
        justify = "left" if one.left else "right"
        wraps = one.fit == "wrap"
        table.add_column(
            Text(escaped(one.head)),
            justify=justify,  # type: ignore[arg-type]  # two of its words
            no_wrap=not wraps,
            width=one.width if not wraps or width is None else None,
        )
    for row in zip(*(one.cells for one in columns), strict=True):
        table.add_row(*(Text(escaped(cell)) for cell in row))
    room = _total(columns) if width is None else max(min(_total(columns), width), 1) - len(_GAP)
    console = Console(
        file=io.StringIO(), width=room, color_system=None, markup=False, emoji=False,
        highlight=False, force_terminal=False, force_jupyter=False, legacy_windows=False,
    )  # fmt: skip
    with console.capture() as drawn:
        console.print(table)
    return [(_GAP + line).rstrip() for line in drawn.get().splitlines()]


def _fitting(columns: list[Column], width: int | None) -> list[Column]:
    """Leave columns out until the rest fits; at last shorten the names."""
    if width is None:
        return columns
    least = [one for one in columns if one.fit == "wrap"]
    spare = sum(max(one.width - _LEAST_WRAPPED, 0) for one in least)
    while _total(columns) - spare > width and any(one.expendable for one in columns):
        most = max(columns, key=lambda one: one.expendable)
        columns = [one for one in columns if one is not most]
    over = _total(columns) - spare - width
    if over <= 0:
        return columns
    return [
        evolve(
            one, cells=[_shortened(name, max(_LEAST_NAME, one.width - over)) for name in one.cells]
        )
        if one.fit == "shorten"
        else one
        for one in columns
    ]


def _total(columns: Sequence[Column]) -> int:
    return sum(len(_GAP) + one.width for one in columns)


def _shortened(name: str, length: int) -> str:
    """Cut the middle out: beginnings and endings tell names apart."""
    name = escaped(name)
    if len(name) <= length:
        return name
    kept = length - 1
    return f"{name[: (kept + 1) // 2]}~{name[len(name) - kept // 2 :]}"
