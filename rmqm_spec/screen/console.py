"""Stand-in."""

from __future__ import annotations

from contextlib import contextmanager

from rmqm_spec.cli.output import note as _note
from rmqm_spec.cli.progress import ProgressReport
from rmqm_spec.contracts.listener import Listener


class ConsoleListener(Listener):
    def __init__(self, *, notes=True):
        self._notes = notes
        self._bars = []

    @contextmanager
    def work(self, what, *, units=("inputs", "encodings"), per_input=1, n_known=0):
        with ProgressReport(what, per_input, n_known, units) as bar:
            self._bars.append(bar)
            yield bar
            self._bars.remove(bar)

    def note(self, text):
        self.pause()
        if self._notes:
            _note(text)

    def pause(self):
        for bar in self._bars:
            bar.pause()
