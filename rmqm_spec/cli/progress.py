"""Progress of long work on stderr: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

__all__ = ["ProgressReport"]

SECONDS_BETWEEN_LINES = 10.0


class ProgressReport:
    """
    Shows how far the work is, how fast it goes and how long it still takes.

    Parameters
    ----------
    what : str
        What is being done.
    encodings_per_input : int
        Encodings that one input takes, to tell the rate in encodings.
    """

    def __init__(self, what: str, encodings_per_input: int) -> None:
        self._what = what
        self._factor = encodings_per_input
        self._start = self._shown = time.monotonic()
        self._on_terminal = sys.stderr.isatty()
        self._width = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.pause()

    def __call__(self, done: int, total: int) -> None:
        """Report that `done` of `total` inputs are done."""
        now = time.monotonic()
        if now - self._shown < (0.1 if self._on_terminal else SECONDS_BETWEEN_LINES):
            return
        self._shown = now
        rate = done / max(now - self._start, 1e-9)
        left = (total - done) / rate if rate else 0.0
        text = (
            f"{self._what}  {done}/{total} inputs  {done / total:.0%}  "
            f"{_duration(left)} left  {rate * self._factor:,.0f} encodings/s"
        )
        if self._on_terminal:
            self._draw(text, done / total)
        else:
            sys.stderr.write(text + "\n")
            sys.stderr.flush()

    def pause(self) -> None:
        """Take the bar away, so that a line can be printed."""
        if self._on_terminal and self._width:
            sys.stderr.write("\r" + " " * self._width + "\r")
            sys.stderr.flush()
            self._width = 0

    def _draw(self, text: str, share: float) -> None:
        """Draw over the line before, as wide as the terminal allows."""
        import shutil

        columns = shutil.get_terminal_size().columns - 1
        room = columns - len(text) - 4
        if room >= 8:
            filled = round(min(room, 30) * share)
            text = f"{text}  {'#' * filled}{'-' * (min(room, 30) - filled)}"
        text = text[:columns]
        sys.stderr.write("\r" + text.ljust(self._width))
        sys.stderr.flush()
        self._width = len(text)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
