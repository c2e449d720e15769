"""Every executor gives the same bits, survives the death of a worker, and can be interrupted."""

from __future__ import annotations

import json
import os
import signal
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

import rmqm_spec
from rmqm_spec.contracts.executor import ExecutorKind, OpenExecutor
from rmqm_spec.contracts.listener import Listener
from rmqm_spec.contracts.registry import executor_kind
from rmqm_spec.errors import UnavailableError, UsageError
from rmqm_spec.runs.distributing import _for_workers
from rmqm_spec.runs.flat import request_of

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


def test_workers_take_the_number_of_processors_of_their_caller(monkeypatch):
    monkeypatch.setattr("rmqm_spec.runs.distributing.usable_cpus", lambda: 2)
    given = request_of(MODEL, {"executor": "processes", "workers": 3})
    request = _for_workers(given)
    assert request.opening.threads == 2
    assert (request.executor, dict(request.executor_options)) == ("threads", {})
    assert _for_workers(request_of(MODEL, {"threads": 1})).opening.threads == 1


def counting(monkeypatch, open_):
    """Put a plug in the place of every executor; returns what its openings were given."""
    opened = []

    @contextmanager
    def counted(options):
        opened.append(options)
        with open_() as pool:
            yield OpenExecutor(pool=pool, workers=2)

    kind = ExecutorKind(name="processes", summary="Counted.", open=counted)
    for module in ("batch", "executing", "opening"):
        monkeypatch.setattr(f"rmqm_spec.runs.{module}.executor_kind", lambda name: kind)
    return opened


def test_score_and_null_share_their_workers_and_a_folder(tmp_path, monkeypatch):
    opened = counting(monkeypatch, lambda: ThreadPoolExecutor(2))
    folders = []

    class Kept(tempfile.TemporaryDirectory):
        def __init__(self, **options):
            folders.append(options["dir"])
            super().__init__(**options)

    monkeypatch.setattr("rmqm_spec.runs.nulls.TemporaryDirectory", Kept)
    scored = rmqm_spec.score(
        MODEL, executor="processes", out=tmp_path / "out", **{**OPTIONS, "null": True}
    )
    assert scored.null is not None
    assert len(opened) == 1
    assert folders == [tmp_path / "out"]  # which workers on other machines can read
    assert not list((tmp_path / "out").glob("rmqm-null-*"))


def test_an_executor_that_does_not_open_is_tried_once(tmp_path, monkeypatch):
    def fail():
        raise OSError("nobody there")

    opened = counting(monkeypatch, fail)
    with pytest.raises(UnavailableError, match="must open; got OSError: nobody there") as caught:
        rmqm_spec.score(MODEL, executor="processes", out=tmp_path, **{**OPTIONS, "null": True})
    assert caught.value.code == "RUN008"
    assert len(opened) == 1


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
