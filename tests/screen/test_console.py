"""Progress as lines and bars: what the rate counts, and what happens to names and errors."""

from __future__ import annotations

import io
import sys
import time

import pytest

from rmqm_spec.findings import Finding
from rmqm_spec.screen.console import ConsoleListener

WARNING = Finding(code="SCO007", level="warn", message="few inputs", fix="Take more.")


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    """Seconds that pass only when the test says so."""
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def on_terminal(monkeypatch):
    """Make stderr a terminal, within a test: pytest sets it anew before each."""
    monkeypatch.setenv("TERM", "xterm-256color")
    found = Terminal()
    monkeypatch.setattr(sys, "stderr", found)
    return found


def test_lines_come_every_10_seconds_and_their_rate_counts_new_work_alone(clock, capsys):
    with ConsoleListener().work("scoring", per_input=100, n_known=4) as progress:
        for seconds, done in [(0, 0), (50, 4), (9, 5), (2, 6), (5, 7), (20, 8)]:
            clock[0] += seconds
            progress(done, 10_000)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.splitlines() == [
        "scoring  5/10000 inputs  0%  24:59:15 left  11 encodings/s",
        "scoring  8/10000 inputs  0%  24:58:48 left  11 encodings/s",
    ]


def test_without_notes_there_is_neither_a_note_nor_a_warning(capsys):
    for notes in (False, True):
        listener = ConsoleListener(notes=notes)
        listener.note("a step")
        listener.finding(WARNING)
        shown = capsys.readouterr()
        assert shown.out == ""
        assert ("a step" in shown.err, "SCO007" in shown.err) == (notes, notes)


def test_two_bars_are_open_at_once_and_names_are_text(clock, monkeypatch):
    terminal = on_terminal(monkeypatch)
    listener = ConsoleListener()
    with listener.work("reading") as reading, listener.work("\x1b[31m[red]x[/red]") as scoring:
        reading(1, 10)
        clock[0] += 1
        scoring(2, 10)
        drawn = terminal.getvalue().split("\x1b[?25l")[-1]
        assert "reading  1/10 inputs" in drawn
        assert "\\x1b[31m[red]x[/red]  2/10 inputs" in drawn
        listener.note("a line")
        assert terminal.getvalue().endswith("\x1b[2Ka line\n")


def test_after_an_error_the_bar_is_gone_and_the_cursor_back(clock, monkeypatch):
    terminal = on_terminal(monkeypatch)

    def interrupted():
        with ConsoleListener().work("scoring") as progress:
            progress(1, 10)
            assert terminal.getvalue().startswith("\x1b[?25l")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert terminal.getvalue().endswith("\x1b[?25h\r\x1b[1A\x1b[2K")
