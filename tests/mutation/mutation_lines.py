"""Which lines each check executes: a mutant is judged by the checks that reach it alone."""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from types import FrameType
from typing import Any

from attrs import field, frozen
from mutation_modules import Modules
from mutation_mutants import Mutant

from rmqm_conformance.checks import Check, Effort
from rmqm_conformance.judging import judge
from rmqm_conformance.running import subject_of

__all__ = ["Reach", "measure"]


@frozen
class Reach:
    """
    What the checks execute.

    Parameters
    ----------
    lines : mapping
        Names of checks by module and line.
    seconds : mapping
        Processor time of each check.
    """

    lines: dict[str, dict[int, set[str]]] = field(factory=dict)
    seconds: dict[str, float] = field(factory=dict)

    def checks_for(self, module: str, mutant: Mutant) -> list[str]:
        """Return the names of the checks that reach a mutant, those that take least first."""
        of_module = self.lines.get(module, {})
        if mutant.place.lines is None:
            names = set(self.seconds if of_module else ())
        else:
            names = set().union(*(of_module.get(line, ()) for line in mutant.place.lines))
        return sorted(names, key=lambda name: self.seconds[name])


def measure(modules: Modules, checks: list[Check], effort: Effort, subject: Any) -> Reach:
    """
    Judge the sound implementation and note what each check executes.

    Raises
    ------
    RuntimeError
        If it does not pass.
    """
    reach = Reach()
    files = {modules.file(name): name for name in modules.modules}
    for check in checks:
        modules.clear_caches()
        started = time.process_time()
        outcome = judge(check, subject_of(subject), effort)
        reach.seconds[check.id] = time.process_time() - started
        if outcome.status != "passed":
            raise RuntimeError(f"{check.id} {outcome.status} before any change: {outcome.message}")
        modules.clear_caches()
        for name, lines in _traced(check, effort, subject, files).items():
            for line in lines:
                reach.lines.setdefault(name, {}).setdefault(line, set()).add(check.id)
    return reach


def _traced(
    check: Check, effort: Effort, subject: Any, files: dict[str, str]
) -> dict[str, set[int]]:
    """Judge once more and return the lines that were executed in some files."""
    executed: dict[str, set[int]] = defaultdict(set)

    def enter(frame: FrameType, _: str, __: Any) -> Any:
        lines = executed[files[frame.f_code.co_filename]]
        lines.add(frame.f_lineno)

        def step(frame: FrameType, event: str, _: Any) -> Any:
            if event == "line":
                lines.add(frame.f_lineno)
            return step

        return step

    def watch(frame: FrameType, event: str, argument: Any) -> Any:
        known = frame.f_code.co_filename in files
        return enter(frame, event, argument) if known else None

    before = sys.gettrace()
    sys.settrace(watch)
    try:
        judge(check, subject_of(subject), effort)
    finally:
        sys.settrace(before)
    return executed
