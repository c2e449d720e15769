"""How much memory there is: asked before much of it is taken."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["available_memory", "in_words"]

_CGROUP = Path("/sys/fs/cgroup")
_UNLIMITED = 2**60
"""Older control groups say a number near 2**63 where there is no limit."""


def available_memory() -> int | None:
    """
    Return how many bytes a process may still take; None where the system does not say.

    On Linux that is what the kernel estimates to be free without swapping, and what the limit of
    the control group leaves; elsewhere all that the machine has.
    """
    known = [amount for amount in (_of_kernel(), _of_group()) if amount is not None]
    return min(known) if known else _of_machine()


def in_words(n_bytes: int) -> str:
    """
    Return a number of bytes for people.

    Examples
    --------
    >>> in_words(28_800_000_000), in_words(3_000_000)
    ('28.8 GB', '0.003 GB')
    """
    return f"{n_bytes / 1e9:.3g} GB"


def _of_kernel() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        fields = dict(line.split(":", 1) for line in lines)
        return int(fields["MemAvailable"].split()[0]) * 1024
    except (OSError, ValueError, KeyError):
        return None


def _of_group() -> int | None:
    """Return what the limit of the control group leaves; its cache of files can be given up."""
    for limit, used in (
        ("memory.max", "memory.current"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
    ):
        try:
            largest = int((_CGROUP / limit).read_text())
            taken = int((_CGROUP / used).read_text())
            lines = (_CGROUP / limit).with_name("memory.stat").read_text().splitlines()
            cache = sum(int(line.split()[1]) for line in lines if line.startswith("inactive_file "))
        except (OSError, ValueError):
            continue
        if largest < _UNLIMITED:
            return max(largest - taken + cache, 0)
    return None


def _of_machine() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
