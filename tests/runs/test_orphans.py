"""Workers of an executor end with their caller, also where that is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("onnxruntime")
pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")

ROOT = Path(__file__).parents[2]
SCRIPT = """
import multiprocessing, time
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

import rmqm_spec

@contextmanager
def own():
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        yield pool

@contextmanager
def of_the_plug():
    from rmqm_process_pool import open_pool
    with open_pool({{"processes": 2}}) as opened:
        yield opened.pool

if __name__ == "__main__":
    with {pool}() as pool:
        quiet = rmqm_spec.Listener()
        options = {{"n": 256, "levels": 3, "batch_size": 4, "null": False, "out": "out"}}
        rmqm_spec.score({model!r}, listener=quiet, executor=pool, **options)
        print(*pool._processes, flush=True)
        time.sleep(600)
"""


def is_alive(number):
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.parametrize("pool", ["own", "of_the_plug"])
def test_workers_die_with_a_killed_caller(tmp_path, pool):
    model = str(ROOT / "examples/digits_ntxent.onnx")
    (tmp_path / "run.py").write_text(SCRIPT.format(pool=pool, model=model))
    paths = [str(ROOT / "examples/plugins/rmqm-process-pool"), *(path for path in sys.path if path)]
    caller = subprocess.Popen(
        [sys.executable, "run.py"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
    )
    try:
        workers = [int(word) for word in caller.stdout.readline().split()]
        assert workers
        assert all(map(is_alive, workers))
    finally:
        caller.kill()
        caller.wait()
        caller.stdout.close()
    end = time.monotonic() + 20
    while any(map(is_alive, workers)) and time.monotonic() < end:
        time.sleep(0.1)
    survivors = [number for number in workers if is_alive(number)]
    for number in survivors:
        os.kill(number, signal.SIGKILL)
    assert not survivors
