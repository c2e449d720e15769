"""Progress bars on a terminal or in a notebook, a row for each piece of work."""

from __future__ import annotations

import sys
import time
from importlib.util import find_spec
from typing import TYPE_CHECKING

from rmqm_spec.screen.pace import Pace
from rmqm_spec.screen.writing import draw, escaped, terminal_columns

if TYPE_CHECKING:
    from rich.console import Console
    from rich.live import Live
    from rich.table import Table

__all__ = ["Bars", "shows_bars"]

_SECONDS_BETWEEN = 0.1
_LEAST_BAR, _WIDEST_BAR = 8, 30
_GAP = 2


def shows_bars() -> bool:
    """Whether stderr is a terminal that can draw, or the screen a notebook that can."""
    if sys.stderr.isatty():
        return not _console().is_dumb_terminal
    return _is_notebook()


class Bars:
    """
    The rows that are on the screen; they go away when the work ends, or a line is printed.

    Nothing is drawn between reports, and stdout and stderr are not redirected: results go to
    stdout while bars are on stderr.
    """

    def __init__(self) -> None:
        self._rows: list[Pace] = []
        self._live: Live | None = None
        self._drawn = float("-inf")

    def add(self, pace: Pace) -> None:
        """Give a piece of work a row, from its next report on."""
        self._rows.append(pace)

    def remove(self, pace: Pace) -> None:
        """Take its row away."""
        self._rows.remove(pace)
        self.pause()

    def update(self) -> None:
        """Draw the rows as they are now, unless they were just drawn."""
        now = time.monotonic()
        if now - self._drawn < _SECONDS_BETWEEN:
            return
        self._drawn = now
        if self._live is None:
            self._live = self._started()
        self._live.refresh()

    def pause(self) -> None:
        """Take all rows away until the next report."""
        if self._live is not None:
            live, self._live = self._live, None
            live.stop()

    def _started(self) -> Live:
        from rich.live import Live

        console = _console()
        live = Live(
            console=console,
            get_renderable=lambda: self._table(console),
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        live.start()
        return live

    def _table(self, console: Console) -> Table:
        """Return the rows, as wide as the terminal is now."""
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        columns = console.width if console.is_jupyter else terminal_columns(sys.stderr) - 1
        console.width = columns
        rows = [row for row in self._rows if row.total]
        words = [Text(escaped(row.words), no_wrap=True, overflow="crop") for row in rows]
        if max((text.cell_len for text in words), default=0) > columns:
            words = [Text(escaped(row.few_words), no_wrap=True, overflow="crop") for row in rows]
        room = columns - _GAP - max((text.cell_len for text in words), default=0)
        table = Table.grid(padding=(0, _GAP, 0, 0), pad_edge=False)
        for text, row in zip(words, rows, strict=True):
            if room >= _LEAST_BAR:
                width = min(room, _WIDEST_BAR)
                bar = ProgressBar(total=row.total, completed=row.done, width=width)
                table.add_row(text, bar)
            else:
                table.add_row(text)
        return table


class _Stderr:
    """Stderr as rich wants it: a terminal that went away does not end the work."""

    @property
    def encoding(self) -> str:
        return sys.stderr.encoding or "ascii"

    def write(self, text: str) -> int:
        draw(text)
        return len(text)

    def flush(self) -> None:
        """Do nothing: all that is drawn is drawn at once."""

    def isatty(self) -> bool:
        return sys.stderr.isatty()

    def fileno(self) -> int:
        return sys.stderr.fileno()


def _console() -> Console:
    from rich.console import Console

    is_terminal = sys.stderr.isatty()
    return Console(
        file=_Stderr(),  # type: ignore[arg-type]  # all that rich uses of a stream
        force_terminal=is_terminal or None,
        force_jupyter=not is_terminal and _is_notebook(),
        markup=False,
        emoji=False,
        highlight=False,
    )


def _is_notebook() -> bool:
    """Whether this is a notebook with widgets: without them no bar can be removed."""
    if "IPython" not in sys.modules or find_spec("ipywidgets") is None:
        return False
    from rich.console import Console

    return Console().is_jupyter
