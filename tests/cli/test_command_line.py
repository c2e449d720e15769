"""The command line as a user meets it: exit codes, streams, interrupts, crashes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

ROOT = Path(__file__).parents[2]
MODEL = str(ROOT / "examples/digits_ntxent.onnx")
COMMAND = [sys.executable, "-m", "rmqm_spec"]


def children(pid):
    path = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(word) for word in path.read_text().split()] if path.exists() else []


def workers(pid):
    """The processes in which models are run: a process that forks them stands between."""
    return [worker for nursery in children(pid) for worker in children(nursery)]


def wait_for(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@pytest.fixture
def many_images(tmp_path):
    path = tmp_path / "many.npy"
    np.save(path, np.random.default_rng(0).integers(0, 256, (5_000, 8, 8), dtype=np.uint8))
    return str(path)


@pytest.mark.parametrize(
    ("arguments", "code", "exit_code"),
    [
        (["check", "missing.onnx"], "MOD002", 3),
        (["check", "README.md"], "MOD002", 3),
        (["check", MODEL, "--output", "nothing"], "OUT002", 1),
        (["check", MODEL, "--provider", "cuda"], "ENV003", 4),
        (["check", MODEL, "--data", "nowhere"], "DAT001", 3),
    ],
)
def test_a_check_that_cannot_go_on_says_why(rmqm, arguments, code, exit_code):
    done = rmqm(*arguments, "--json", cwd=ROOT)
    document = done.document
    assert (done.returncode, document["findings"][-1]["code"]) == (exit_code, code)
    assert (document["ok"], document["rmqm"], document["interval"]) == (False, None, None)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "exit_code"),
    [
        (["score", "missing.onnx"], "MOD002", 3),
        (["score", MODEL, "--variant", "mine"], "ARG001", 2),
        (["score", MODEL, "--coupling", "tight"], "ARG001", 2),
        (["score", MODEL, "--size", "big"], "ARG001", 2),
        (["score", MODEL, "--mean", "a,b"], "ARG001", 2),
        (["score", MODEL, "--feed", "x"], "ARG001", 2),
        (["score", MODEL, "--provider", "tpu"], "ARG001", 2),
        (["score", MODEL, "--precision", "0"], "ARG001", 2),
        (["score", MODEL, "--provider", "cuda"], "ENV003", 4),
        (["score", MODEL, "--out", "README.md"], "ARG005", 2),
        (["score", MODEL, "--unknown"], "ARG001", 2),
        (["score", MODEL, "--threads", "100000"], "ARG001", 2),
        (["score", MODEL, "--levels", "100000000"], "ARG001", 2),
        (["explain", "XYZ999"], "ARG002", 2),
        (["inspect", "README.md"], "MOD002", 3),
    ],
)
def test_an_error_is_one_document_with_code_and_fix(rmqm, arguments, code, exit_code):
    done = rmqm(*arguments, "--json", cwd=ROOT)
    document = done.document
    assert (done.returncode, document["error"]["code"]) == (exit_code, code)
    assert document["error"]["fix"]
    assert (document["ok"], document["rmqm"], document["interval"]) == (False, None, None)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "command", [["doctor"], ["explain"], ["explain", "DET001"], ["inspect", MODEL]]
)
def test_json_is_one_document(rmqm, command):
    done = rmqm(*command, "--json", cwd=ROOT)
    assert isinstance(done.document, dict)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_result_goes_to_stdout_and_everything_else_to_stderr(rmqm, tmp_path):
    done = rmqm("score", MODEL, "--n", "40", "--out", "a result", cwd=tmp_path)
    assert done.stdout.splitlines()[0].startswith("  RMQM 2.4")
    assert "protocol" in done.stderr
    assert "\x1b" not in done.stdout + done.stderr


def test_broken_images_are_counted_and_named(rmqm, tmp_path):
    from PIL import Image

    rng = np.random.default_rng(0)
    for k in range(3):
        Image.fromarray(rng.integers(0, 256, (8, 8), dtype=np.uint8)).save(tmp_path / f"{k}.png")
    (tmp_path / "broken.png").write_bytes(b"\x89PNG broken")
    done = rmqm("score", MODEL, "--data", str(tmp_path), "--out", "out", "--json", cwd=tmp_path)
    document = done.document
    assert (document["counts"]["used"], document["counts"]["unreadable"]) == (3, 1)
    assert document["inputs"]["skipped"][0]["name"].endswith("broken.png")


def test_one_input_has_a_score_and_no_interval(rmqm, tmp_path):
    done = rmqm("score", MODEL, "--n", "1", "--out", "out", "--json", cwd=tmp_path)
    document = done.document
    assert document["rmqm"] > 0
    assert document["interval"] is None


def test_an_asked_precision_stops_early(rmqm, tmp_path):
    done = rmqm("score", MODEL, "--precision", "0.05", "--out", "out", "--json", cwd=tmp_path)
    document = done.document
    low, high = document["interval"]
    assert document["counts"]["stopped_early"]
    assert (high - low) / 2 <= 0.05
    assert "is not reached" not in done.stderr


def test_a_precision_that_all_inputs_do_not_reach_is_said(rmqm, tmp_path):
    arguments = ("--precision", "0.001", "--levels", "9", "--no-null", "--out", "out")
    first = rmqm("score", MODEL, *arguments, cwd=tmp_path)
    again = rmqm("score", MODEL, *arguments, "--json", cwd=tmp_path)
    for done in (first, again):
        assert done.returncode == 0
        assert "--precision 0.001 is not reached: with all inputs, the interval is ±" in done.stderr


def test_an_interrupt_ends_a_score_without_a_traceback(rmqm, tmp_path, many_images):
    worker = rmqm.start("score", MODEL, "--data", many_images, "--out", "out", cwd=tmp_path)
    wait_for(lambda: worker.stderr.readline().startswith("  5,000 inputs"))
    time.sleep(0.3)
    worker.send_signal(signal.SIGINT)
    _, said = worker.communicate(timeout=20)
    assert (worker.returncode, "Traceback" in said) == (5, False)
    assert "RUN001" in said


def test_an_interrupt_ends_a_check_and_its_child(rmqm, tmp_path, many_images):
    worker = rmqm.start("check", MODEL, "--data", many_images, "--n", "5000", cwd=tmp_path)
    wait_for(lambda: worker.stdout.readline().startswith("  OK    ENC008"))
    child = [*children(worker.pid), *workers(worker.pid)]
    worker.send_signal(signal.SIGINT)
    _, said = worker.communicate(timeout=20)
    assert (worker.returncode, "Traceback" in said) == (5, False)
    assert len(child) == 2
    assert not any(Path(f"/proc/{pid}").exists() for pid in child)


@pytest.mark.parametrize("name", ["SIGSEGV", "SIGKILL"])
def test_a_crash_of_the_runtime_is_a_finding(rmqm, tmp_path, many_images, name):
    arguments = ("check", MODEL, "--data", many_images, "--n", "5000", "--json")
    worker = rmqm.start(*arguments, cwd=tmp_path)
    wait_for(lambda: workers(worker.pid))
    time.sleep(1.0)
    os.kill(workers(worker.pid)[0], getattr(signal, name))
    printed, _ = worker.communicate(timeout=20)
    last = json.loads(printed)["findings"][-1]
    assert (worker.returncode, last["code"]) == (1, "MOD008")
    assert name in last["message"]


def test_a_reader_that_goes_away_is_no_error():
    done = subprocess.run(
        f"{' '.join(COMMAND)} explain | head -1",
        shell=True, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""


def test_every_code_in_the_source_is_explained():
    import re

    from rmqm_spec.findings import catalogue

    sources = [
        path
        for root in ("rmqm_spec", "backends", "conformance")
        for path in (ROOT / root).rglob("*.py")
    ]
    used = {code for path in sources for code in re.findall(r'"([A-Z]{3}\d{3})"', path.read_text())}
    assert len(used) > 50
    assert used <= set(catalogue())
