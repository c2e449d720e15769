"""Work that is timed side by side, in turns: by the wall clock and in processor time."""

from __future__ import annotations

import json
import platform
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import numpy as np
import onnxruntime

from rmqm_spec.processors import usable_cpus

__all__ = ["Contest", "bare_loop", "in_callers", "machine", "write"]

PAUSE_S = 0.1  # idle threads of the session before spin for some time


class Contest:
    """
    Contenders that take turns.

    Parameters
    ----------
    works : dict of str to callable
        What is timed, by name; each is called once before, to warm up.
    repeats : int
        How many turns each has.
    """

    def __init__(self, works: dict[str, Callable[[], object]], repeats: int) -> None:
        for work in works.values():
            work()
        self.wall: dict[str, list[float]] = {name: [] for name in works}
        self.processor: dict[str, list[float]] = {name: [] for name in works}
        for _ in range(repeats):
            for name, work in works.items():
                time.sleep(PAUSE_S)
                wall, processor = time.perf_counter(), time.process_time()
                work()
                self.wall[name].append(time.perf_counter() - wall)
                self.processor[name].append(time.process_time() - processor)

    def seconds(self, name: str) -> float:
        """Return the median wall time of a contender."""
        return statistics.median(self.wall[name])

    def ratio(self, name: str, other: str) -> dict[str, float]:
        """Return medians of `name` over `other`, turn by turn, with the quartiles of wall time."""
        wall = sorted(a / b for a, b in zip(self.wall[name], self.wall[other], strict=True))
        processor = zip(self.processor[name], self.processor[other], strict=True)
        return {
            "wall": round(statistics.median(wall), 3),
            "quartiles": [round(float(q), 3) for q in np.quantile(wall, [0.25, 0.75])],
            "processor": round(statistics.median(a / b for a, b in processor), 3),
        }


def bare_loop(session: onnxruntime.InferenceSession, batches: list[np.ndarray]) -> None:
    """Run a session on every batch, and nothing else."""
    for batch in batches:
        session.run(["embedding"], {"input": batch})


def in_callers(session: onnxruntime.InferenceSession, batches: list[np.ndarray]) -> None:
    """Do the same with as many calling threads as there are processors."""
    callers = usable_cpus()
    with ThreadPoolExecutor(callers) as pool:
        list(pool.map(lambda k: bare_loop(session, batches[k::callers]), range(callers)))


def machine() -> dict[str, object]:
    """Name the machine and the versions that the numbers are of."""
    packages = ("numpy", "onnxruntime", "numba", "torch")
    return {
        "processor": _processor(),
        "processors": usable_cpus(),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        **{name: version(name) for name in packages if _is_installed(name)},
    }


def write(path: Path | None, rows: list[dict[str, object]]) -> None:
    """Write rows with the machine's name, where a file is asked for."""
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        document = {"machine": machine(), "rows": rows}
        path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def _is_installed(name: str) -> bool:
    try:
        return bool(version(name))
    except ModuleNotFoundError:
        return False


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
