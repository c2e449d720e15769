"""A process of a run: it makes the implementation anew, and judges what it is dealt."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack, suppress
from multiprocessing.connection import Connection, wait
from pickle import PicklingError
from typing import TypeAlias

from attrs import evolve, frozen

from rmqm_conformance.catalogue import checks
from rmqm_conformance.checks import Effort
from rmqm_conformance.hypothesis_home import home_of_hypothesis
from rmqm_conformance.judging import judge
from rmqm_conformance.process import kill_programs
from rmqm_conformance.report import Outcome
from rmqm_conformance.subject import Subject

__all__ = ["PATIENCE_S", "Dealt", "Ended", "Make", "NotOpened", "Ready", "work"]

Make: TypeAlias = Callable[[], AbstractContextManager[Subject]]
"""Makes the subject in a process of its own: a function of a module, or a `partial` of one."""

CHECKS = {check.id: check for check in checks()}
"""Made when this module is imported, once for all processes where a server forks them."""

PATIENCE_S = 5.0
"""How long a process may take to end by itself."""


@frozen(kw_only=True)
class Dealt:
    """What every process is given: how to make the subject, and how to judge it."""

    make: Make
    effort: Effort
    reasons: Mapping[str, str]


@frozen
class Ready:
    """What a process says once the implementation is open."""


@frozen
class NotOpened:
    """What it says if the implementation does not open there."""

    why: str


@frozen
class Ended:
    """What it says at its end: notes on the subject."""

    notes: tuple[str, ...]


def work(line: Connection, dealt: Dealt) -> None:
    """Judge in this process what is dealt, until nothing is."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started this
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with home_of_hypothesis(), suppress(EOFError, OSError), ExitStack() as opened:
        try:
            subject = opened.enter_context(dealt.make())
        except Exception as error:  # the implementation is another's
            line.send(NotOpened(f"{type(error).__name__}: {error}"))
            return
        line.send(Ready())
        while (name := line.recv()) is not None:
            reason = dealt.reasons.get(name)
            _send(line, judge(CHECKS[name], subject, dealt.effort, reason=reason))
        opened.close()
        line.send(Ended(tuple(getattr(subject, "notes", ()))))


def _send(line: Connection, outcome: Outcome) -> None:
    """Send an outcome; values that no other process can read are left out of it."""
    try:
        line.send(outcome)
    except (PicklingError, AttributeError, TypeError):
        line.send(evolve(outcome, got=None, should=None))


def _end_with_parent() -> None:
    """End what does not notice by itself that the process that started it is gone."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        time.sleep(PATIENCE_S)
        kill_programs()
        os._exit(1)
