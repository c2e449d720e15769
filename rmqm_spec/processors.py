"""How many processors this process may use: affinity and the quota of its control group."""

from __future__ import annotations

import os
from math import ceil, inf
from pathlib import Path

__all__ = ["cgroup_quota", "usable_cpus"]


def usable_cpus() -> int:
    """
    Return the number of processors that work can be spread over, at least 1.

    Notes
    -----
    ONNX Runtime counts the machine's processors, also those a container may not use, and then
    runs more threads than there are processors.
    """
    affinity = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    quota = cgroup_quota()
    return max(1, min(affinity or 1, ceil(quota) if quota else affinity or 1))


def cgroup_quota(root: Path = Path("/sys/fs/cgroup")) -> float | None:
    """Return the quota of the control group, in processors; None where there is no quota."""
    try:
        if (root / "cpu.max").exists():
            quota, period = (root / "cpu.max").read_text().split()[:2]
        else:
            quota = (root / "cpu/cpu.cfs_quota_us").read_text()
            period = (root / "cpu/cpu.cfs_period_us").read_text()
        share = float(quota) / float(period)
    except (OSError, ValueError, ZeroDivisionError):
        return None
    return share if 0 < share < inf else None
