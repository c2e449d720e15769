"""Every executor gives the same bits, survives the death of a worker, and can be interrupted."""

from __future__ import annotations

import json
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import rmqm_spec
from rmqm_spec.contracts.listener import Listener
from rmqm_spec.contracts.registry import executor_kind
from rmqm_spec.errors import UsageError

pytest.importorskip("onnxruntime")
needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")

MODEL = Path(__file__).parents[2] / "examples" / "digits_ntxent.onnx"
QUIET = Listener()
OPTIONS = {"n": 300, "levels": 9, "batch_size": 4, "null": False, "listener": QUIET}


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    scored = rmqm_spec.score(MODEL, out=tmp_path_factory.mktemp("threads"), **OPTIONS)
    return scored.stored.document["result_sha256"]


def sha256_of(folder):
    return json.loads((folder / "result.json").read_text())["result_sha256"]


def children(parent):
    """Return the processes that a process started."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
            command = (path.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if int(fields[1]) == parent and fields[0] != "Z" and b"spawn_main" in command:
            found.append(int(path.parent.name))
    return found


def wait_for(condition, seconds=60):
    until = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)
    return value


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_processes_give_the_same_bits(tmp_path, expected, workers):
    scored = rmqm_spec.score(MODEL, executor="processes", workers=workers, out=tmp_path, **OPTIONS)
    assert scored.stored.document["result_sha256"] == expected


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_a_pool_of_threads_gives_the_same_bits(tmp_path, expected, workers):
    with ThreadPoolExecutor(workers) as pool:
        scored = rmqm_spec.score(MODEL, executor=pool, out=tmp_path, **OPTIONS)
    assert scored.stored.document["result_sha256"] == expected


def test_workers_have_the_processors_between_them(monkeypatch):
    monkeypatch.setattr("rmqm_spec.runs.processes.usable_cpus", lambda: 16)
    with executor_kind("processes").open({}) as opened:
        assert (opened.workers, opened.threads) == (8, 2)
    with executor_kind("processes").open({"workers": 3}) as opened:
        assert (opened.workers, opened.threads) == (3, 5)


@pytest.mark.parametrize("value", ["0", "1.5", "many"])
def test_the_number_of_workers_has_its_rule(value):
    with pytest.raises(UsageError, match="--workers must be a valid value"):
        rmqm_spec.score(MODEL, executor="processes", workers=value, **OPTIONS)


LONG = ("--n", 1500, "--levels", 200, "--batch-size", 4, "--no-null", "--executor", "processes")


@pytest.fixture(scope="module")
def long_expected(rmqm, tmp_path_factory):
    folder = tmp_path_factory.mktemp("long")
    options = [one for one in LONG if one not in {"--executor", "processes"}]
    assert rmqm("score", MODEL, *options, "--out", "out", cwd=folder).returncode == 0
    return sha256_of(folder / "out")


@needs_proc
def test_a_killed_worker_costs_its_part_only(rmqm, tmp_path, long_expected):
    driver = rmqm.start("score", MODEL, *LONG, "--workers", 2, "--out", "out", cwd=tmp_path)
    wait_for(lambda: list((tmp_path / "out").glob("checkpoints-*/*.npz")))
    os.kill(children(driver.pid)[0], signal.SIGKILL)
    _, stderr = driver.communicate()
    assert driver.returncode == 0, stderr
    assert "a worker died with inputs" in stderr
    assert sha256_of(tmp_path / "out") == long_expected


@needs_proc
def test_an_interrupt_ends_workers_and_run_and_it_resumes(rmqm, tmp_path, long_expected):
    arguments = ("score", MODEL, *LONG, "--workers", 2, "--out", "out")
    driver = rmqm.start(*arguments, cwd=tmp_path)
    wait_for(lambda: list((tmp_path / "out").glob("checkpoints-*/*.npz")))
    workers = children(driver.pid)
    os.kill(driver.pid, signal.SIGINT)
    _, stderr = driver.communicate()
    assert driver.returncode == 5
    assert "RUN001" in stderr
    assert "Traceback" not in stderr
    assert len(workers) == 2
    wait_for(lambda: not any(Path(f"/proc/{one}").exists() for one in workers), seconds=20)
    again = rmqm(*arguments, cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert "resuming after" in again.stderr
    assert sha256_of(tmp_path / "out") == long_expected
