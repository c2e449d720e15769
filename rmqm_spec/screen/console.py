"""A listener for people: bars on a terminal, a line now and then elsewhere; all on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from rmqm_spec.contracts.listener import Listener, Progress
from rmqm_spec.findings import Finding
from rmqm_spec.screen.bars import Bars, shows_bars
from rmqm_spec.screen.pace import Pace
from rmqm_spec.screen.writing import finding_line, note

__all__ = ["ConsoleListener"]

SECONDS_BETWEEN_LINES = 10.0


class ConsoleListener(Listener):
    """
    Shows progress, notes and warnings on stderr.

    On a terminal, and in a notebook with widgets, each piece of work has a bar that goes away
    at its end. Anywhere else a line of progress is printed about every 10 seconds.

    Parameters
    ----------
    notes : bool
        Whether notes and warnings are shown; progress always is.

    Examples
    --------
    >>> with ConsoleListener().work("scoring") as progress:
    ...     progress(0, 10)
    """

    def __init__(self, *, notes: bool = True) -> None:
        self._notes = notes
        self._bars = Bars()

    @contextmanager
    def work(
        self,
        what: str,
        *,
        units: tuple[str, str] = ("inputs", "encodings"),
        per_input: int = 1,
        n_known: int = 0,
    ) -> Iterator[Progress]:
        """Show progress while the context is open; several may be open at once."""
        pace = Pace(what, units, per_input=per_input, n_known=n_known)
        if not self._draws:
            yield _Lines(pace)
            return

        def draw(done: int, total: int) -> None:
            pace.hear(done, total, time.monotonic())
            self._bars.update()

        self._bars.add(pace)
        try:
            yield draw
        finally:
            self._bars.remove(pace)

    def finding(self, finding: Finding) -> None:
        """Print a warning or a failure."""
        if self._notes and finding.level != "ok":
            self.pause()
            note(finding_line(finding, sys.stderr))

    def note(self, text: str) -> None:
        """Print a line."""
        if self._notes:
            self.pause()
            note(text)

    def pause(self) -> None:
        """Take the bars away until the next report, so that a line can be printed."""
        self._bars.pause()

    @cached_property
    def _draws(self) -> bool:
        return shows_bars()


class _Lines:
    """Progress as a line about every 10 seconds."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._shown = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        self._pace.hear(done, total, now)
        if self._pace.is_known and now - self._shown >= SECONDS_BETWEEN_LINES:
            self._shown = now
            note(self._pace.words)
