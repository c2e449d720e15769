"""Progress of long work on stderr: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import os
import sys
import time
from types import TracebackType
from typing import Self, TextIO

from rmqm_spec.cli.output import draw, note

__all__ = ["ProgressReport", "terminal_columns"]

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
    n_known : int
        Inputs that were done before: they tell nothing about the rate.
    units : tuple of two str
        What is counted, and what the rate counts.
    """

    def __init__(
        self,
        what: str,
        encodings_per_input: int = 1,
        n_known: int = 0,
        units: tuple[str, str] = ("inputs", "encodings"),
    ) -> None:
        self._what = what
        self._units = units
        self._factor = encodings_per_input
        self._n_known = n_known
        self._base: tuple[float, int] | None = None
        self._shown = time.monotonic()
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
        if self._base is None or done <= self._n_known:
            self._base = now, done
            return
        if now - self._shown < (0.1 if self._on_terminal else SECONDS_BETWEEN_LINES):
            return
        self._shown = now
        started, n_before = self._base
        rate = max(done - n_before, 1) / max(now - started, 1e-9)
        left = f"{done / total:.0%}  {_duration((total - done) / rate)} left"
        speed = f"{rate * self._factor:,.0f}"
        counted, rated = self._units
        text = f"{self._what}  {done}/{total} {counted}  {left}  {speed} {rated}/s"
        if self._on_terminal:
            self._draw(text, f"{left}  {speed}/s", done / total)
        else:
            note(text)

    def pause(self) -> None:
        """Take the bar away, so that a line can be printed."""
        if self._on_terminal and self._width:
            draw("\r" + " " * self._width + "\r")
            self._width = 0

    def _draw(self, text: str, short: str, share: float) -> None:
        """Draw over the line before, as wide as the terminal allows."""
        columns = terminal_columns(sys.stderr) - 1
        if len(text) > columns:
            text = short[:columns]
        room = columns - len(text) - 4
        if room >= 8:
            filled = round(min(room, 30) * share)
            text = f"{text}  {'#' * filled}{'-' * (min(room, 30) - filled)}"
        draw("\r" + text.ljust(self._width))
        self._width = len(text)


def terminal_columns(stream: TextIO) -> int:
    """Return the width of the terminal that a stream is; the other one may be a file."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
