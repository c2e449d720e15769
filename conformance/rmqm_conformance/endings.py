"""How a process ended, in words."""

from __future__ import annotations

import signal

__all__ = ["ending_of"]


def ending_of(code: int) -> str:
    """
    Return an exit code, or the signal that a code below zero stands for.

    Examples
    --------
    >>> ending_of(3), ending_of(-9), ending_of(-35)
    ('exit code 3', 'signal SIGKILL', 'signal 35')
    """
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:  # signals of real time have no names
        return f"signal {-code}"
