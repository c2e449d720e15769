"""Each mutant in a process of its own, judged until a check sees it."""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from attrs import frozen
from mutation_lines import Reach
from mutation_modules import OWN, Modules
from mutation_mutants import Mutant

from rmqm_conformance.catalogue import checks
from rmqm_conformance.checks import PROFILES, Effort
from rmqm_conformance.judging import judge
from rmqm_conformance.running import subject_of

__all__ = ["Fate", "fates"]

PATIENCE = (10.0, 10.0)
"""Processor time that a check may take: seconds, and times what it takes otherwise."""
MEMORY = 6 * 2**30
SLOWEST = 60
"""How many times longer than computed a check may take by the clock: machines are shared."""

Make = Callable[[], Any]


@frozen
class Fate:
    """
    What became of a mutant.

    Parameters
    ----------
    mutant : Mutant
        The mutant.
    check : str
        The check that caught it; empty if none did.
    how : str
        ``failed``, ``errored``, ``stopped`` (it took too long, or died) or ``survived``.
    asked : int
        Number of checks that reach it.
    """

    mutant: Mutant
    check: str
    how: str
    asked: int


def own() -> Any:
    """Return the implementation of the package, as it is imported now."""
    return sys.modules[OWN].OwnImplementation()


def fates(
    mutants: Iterable[Mutant],
    modules: Modules,
    reach: Reach,
    effort: Effort,
    workers: int,
    make: Make = own,
) -> Iterator[Fate]:
    """Judge mutants, a few at a time; yield what became of each as it ends."""
    sharp: dict[str, Counter[str]] = {}
    running: dict[int, tuple[Mutant, list[str], int]] = {}
    for mutant in mutants:
        if len(running) >= workers:
            yield _ended(running, sharp)
        counts = sharp.setdefault(f"{mutant.module}:{mutant.function}", Counter())
        names = reach.checks_for(modules.full_name(mutant), mutant)
        names.sort(key=lambda name: -counts[name])  # stable: those that take least first
        running |= _started(mutant, names, modules, reach, effort, make)
    while running:
        yield _ended(running, sharp)


def _started(
    mutant: Mutant, names: list[str], modules: Modules, reach: Reach, effort: Effort, make: Make
) -> dict[int, tuple[Mutant, list[str], int]]:
    readable, writable = os.pipe()
    process = os.fork()
    if process:
        os.close(writable)
        return {process: (mutant, names, readable)}
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        _judge_here(mutant, names, modules, reach, effort, make, writable)
    finally:
        os._exit(0)


def _judge_here(
    mutant: Mutant,
    names: list[str],
    modules: Modules,
    reach: Reach,
    effort: Effort,
    make: Make,
    writable: int,
) -> None:
    """Judge in this process; write the check that is asked, and how the last one ended."""
    _write(writable, names[0], "stopped")
    _limit(PATIENCE[0])
    try:
        modules.apply(mutant)
        subject = subject_of(make())
    except Exception:
        _write(writable, names[0], "errored")
        return
    known = {check.id: check for check in checks()}
    harder = effort.examples / PROFILES["fast"].examples  # times are measured with the fast profile
    for name in names:
        _write(writable, name, "stopped")
        _limit(PATIENCE[0] + PATIENCE[1] * harder * reach.seconds[name])
        outcome = judge(known[name], subject, effort)
        if outcome.status != "passed":
            _write(writable, name, outcome.status)
            return
    _write(writable, "", "survived")


def _limit(seconds: float) -> None:
    """Let the system end this process if it computes longer from now on, or waits for ever."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    least = int(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (least, resource.RLIM_INFINITY))
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    signal.alarm(int(SLOWEST * seconds))


def _write(writable: int, name: str, how: str) -> None:
    os.write(writable, (json.dumps([name, how]) + "\n").encode())


def _ended(
    running: dict[int, tuple[Mutant, list[str], int]], sharp: dict[str, Counter[str]]
) -> Fate:
    """Wait for a process; what it wrote last is the fate of its mutant."""
    process, _ = os.wait()
    mutant, names, readable = running.pop(process)
    with os.fdopen(readable) as lines:
        check, how = json.loads(lines.read().splitlines()[-1])
    if check:
        sharp[f"{mutant.module}:{mutant.function}"][check] += 1
    return Fate(mutant, check, how, len(names))
