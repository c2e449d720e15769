"""Progress, findings and steps of a run, on a terminal, in a notebook, or in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rmqm_spec.contracts.listener import Listener, Progress
from rmqm_spec.findings import Finding
from rmqm_spec.screen.lines import finding_line
from rmqm_spec.screen.writing import note, visible

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["ConsoleListener", "console_on"]

SECONDS_BETWEEN_LINES = 10.0
"""How often progress is written where it cannot be drawn."""


class ConsoleListener(Listener):
    """
    Shows what a run does on stderr: a bar on a terminal or in a notebook, else a line now and then.

    Parameters
    ----------
    notes : bool
        Whether steps and places are written, too; progress always is.

    Examples
    --------
    >>> with ConsoleListener().work("scoring", per_input=100) as progress:
    ...     progress(0, 10)
    """

    def __init__(self, *, notes: bool = True) -> None:
        self._notes = notes
        self._bars: Any = None
        self._open = 0

    @contextmanager
    def work(
        self,
        what: str,
        *,
        units: tuple[str, str] = ("inputs", "encodings"),
        per_input: int = 1,
        n_known: int = 0,
    ) -> Iterator[Progress]:
        """Show how far the work is, how fast it goes and how long it still takes."""
        pace = _Pace(what, units, per_input, n_known)
        console = console_on(sys.stderr)
        if not (console.is_terminal or console.is_jupyter):
            yield _Lines(pace)
            return
        bars = self._bars = self._bars or _bars(console)
        self._open += 1
        try:
            yield _Bar(pace, bars)
        finally:
            self._open -= 1
            if not self._open:
                bars.stop()
                self._bars = None

    def note(self, text: str) -> None:
        """Write a step, above the bars where there are any."""
        if self._notes:
            self.pause()
            note(text)

    def finding(self, finding: Finding) -> None:
        """Write a finding that is not fine."""
        if self._notes and finding.level != "ok":
            self.pause()
            note(finding_line(finding, sys.stderr))

    def pause(self) -> None:
        """Take the bars away, so that a line can be printed; the next report draws them again."""
        if self._bars is not None:
            self._bars.stop()


class _Pace:
    """How far some work is, and how fast it goes; work that was done before says nothing of it."""

    def __init__(self, what: str, units: tuple[str, str], per_input: int, n_known: int) -> None:
        self.what, self.units = visible(what), units
        self._per_input = per_input
        self._n_known = n_known
        self._base: tuple[float, int] | None = None

    def describe(self, done: int, total: int) -> str | None:
        """Return share, time left and rate; None before there is a rate."""
        now = time.monotonic()
        if self._base is None or done <= self._n_known:
            self._base = now, done
            return None
        begun, n_before = self._base
        rate = max(done - n_before, 1) / max(now - begun, 1e-9)
        left = _duration((total - done) / rate)
        speed = f"{rate * self._per_input:,.0f} {self.units[1]}/s"
        return f"{done / max(total, 1):.0%}  {left} left  {speed}"


class _Lines:
    """Progress as a line now and then."""

    def __init__(self, pace: _Pace) -> None:
        self._pace = pace
        self._written = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        described = self._pace.describe(done, total)
        if described is None or time.monotonic() - self._written < SECONDS_BETWEEN_LINES:
            return
        self._written = time.monotonic()
        note(f"{self._pace.what}  {done}/{total} {self._pace.units[0]}  {described}")


class _Bar:
    """Progress as a bar among those of one listener."""

    def __init__(self, pace: _Pace, bars: Any) -> None:
        self._pace, self._bars = pace, bars
        self._task: Any = None

    def __call__(self, done: int, total: int) -> None:
        described = self._pace.describe(done, total)
        if described is None:
            return
        if self._task is None:
            self._task = self._bars.add_task(self._pace.what, units=self._pace.units[0], pace="")
        self._bars.start()
        self._bars.update(self._task, completed=done, total=total, pace=described)


def console_on(stream: Any) -> Console:
    """Return a console of rich that takes text as it is: no markup, no emoji, no highlighting."""
    from rich.console import Console

    return Console(file=stream, markup=False, emoji=False, highlight=False, soft_wrap=False)


def _bars(console: Console) -> Any:
    from rich.progress import BarColumn, Progress, TextColumn
    from rich.table import Column

    narrow = console.width < 60
    counted = TextColumn("{task.completed:.0f}/{task.total:.0f} {task.fields[units]}", markup=False)
    paced = TextColumn(
        "{task.fields[pace]}", markup=False, table_column=Column(no_wrap=True, overflow="ellipsis")
    )
    named = TextColumn("{task.description}", markup=False)
    columns = [paced] if narrow else [named, counted, paced, BarColumn(bar_width=None)]
    return Progress(*columns, console=console, transient=True, expand=not narrow)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
