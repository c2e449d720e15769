"""A check that is stopped, or that breaks, leaves no process and no traceback behind."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

MODEL = str(Path(__file__).parents[2] / "examples/digits_ntxent.onnx")


def wait_until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def child_of(worker):
    text = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text()
    return int(text.split()[0]) if text.split() else None


@pytest.fixture
def checking(rmqm, tmp_path):
    """A check in the middle of its work, in a process group of its own."""
    images = np.random.default_rng(0).integers(0, 256, (5_000, 8, 8), dtype=np.uint8)
    np.save(tmp_path / "many.npy", images)
    arguments = ("check", MODEL, "--data", "many.npy", "--n", "5000")
    worker = rmqm.start(*arguments, cwd=tmp_path, start_new_session=True)
    wait_until(lambda: worker.stdout.readline().startswith("  OK    ENC008"))
    yield worker
    worker.kill()
    worker.communicate()


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
@pytest.mark.parametrize(
    ("send", "name"), [(os.killpg, "SIGINT"), (os.kill, "SIGTERM")], ids=["Ctrl-C", "SIGTERM"]
)
def test_a_stopped_check_takes_its_child_with_it(checking, send, name):
    child = child_of(checking)
    send(checking.pid, getattr(signal, name))
    _, said = checking.communicate(timeout=20)
    assert (checking.returncode, Path(f"/proc/{child}").exists()) == (5, False)
    assert said.splitlines()[-2:] == [
        "error RUN001: the work must run to its end; it was interrupted",
        (
            "  fix: Run the same command again: finished work is not repeated. Fewer inputs "
            "(--n) take less time."
        ),
    ]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_the_child_ends_when_the_check_is_killed(checking):
    child = child_of(checking)
    checking.kill()
    checking.communicate()
    wait_until(lambda: not Path(f"/proc/{child}/exe").exists())


@pytest.mark.parametrize("command", ["check", "score"])
def test_an_error_of_our_own_is_one_sentence_and_a_file(rmqm, command, tmp_path):
    (tmp_path / "onnx.py").write_text("raise RuntimeError('broken on purpose')")
    settings = {"PYTHONPATH": str(tmp_path), "TMPDIR": str(tmp_path)}
    done = rmqm(command, MODEL, "--json", cwd=tmp_path, env=settings)
    (report,) = tmp_path.glob("rmqm-spec-bug-*.txt")
    error = done.document["error"]
    assert (done.returncode, error["code"], "Traceback" in done.stderr) == (70, "BUG001", False)
    assert error["message"].endswith("RuntimeError: broken on purpose")
    assert error["fix"] == f"Please report it with the file {report}."
    assert report.read_text().startswith("Traceback")
