"""A score that was interrupted goes on where it stopped, and ends with the same bits."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from rmqm_spec.cli.partial import Partial
from rmqm_spec.walk import InputName, Walked

pytest.importorskip("onnxruntime")

MODEL = str(Path(__file__).parents[2] / "examples/digits_ntxent.onnx")
SCORE = [sys.executable, "-m", "rmqm_spec", "score", MODEL]
N_INPUTS = 3000


def score(*arguments, cwd):
    return subprocess.run(
        [*SCORE, *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )


def stop(name, *arguments, cwd):
    """Start a score and signal it in the middle of its work."""
    worker = subprocess.Popen(
        [*SCORE, *arguments], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    while not worker.stderr.readline().endswith("encodings\n"):
        assert worker.poll() is None, worker.stderr.read()
    time.sleep(0.5)
    worker.send_signal(getattr(signal, name))
    printed, said = worker.communicate(timeout=30)
    return worker.returncode, printed, said


def kept(folder):
    return [path.name for path in folder.iterdir() if path.name.startswith("partial-")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder in which a score was interrupted, and one was not."""
    folder = tmp_path_factory.mktemp("going-on")
    images = np.random.default_rng(0).integers(0, 256, (N_INPUTS, 8, 8), dtype=np.uint8)
    np.save(folder / "data.npy", images)
    assert score("--data", "data.npy", "--out", "at once", cwd=folder).returncode == 0
    return folder


def test_a_stopped_score_goes_on_to_the_same_bits(folder):
    arguments = ["--data", "data.npy", "--out", "in two"]
    exit_code, printed, said = stop("SIGTERM", *arguments, cwd=folder)
    stopped = (exit_code, printed, len(kept(folder / "in two")), "which are kept in" in said)
    again = score(*arguments, cwd=folder)
    assert (stopped, again.returncode) == ((5, "", 1, True), 0)
    assert "  going on after " in again.stderr
    for file in ("distances.npz", "per_input.csv"):
        assert (folder / "in two" / file).read_bytes() == (folder / "at once" / file).read_bytes()
    assert kept(folder / "in two") == []


@pytest.fixture(scope="module")
def stopped(folder):
    """What a stopped score printed, and the name of the file in which it kept its rows."""
    _, printed, _ = stop("SIGINT", "--data", "data.npy", "--out", "json", "--json", cwd=folder)
    (name,) = kept(folder / "json")
    return json.loads(printed), name


def test_a_stopped_score_prints_one_document(stopped):
    document, name = stopped
    assert (document["rmqm"], document["error"]["code"]) == (None, "RUN001")
    assert document["error"]["message"].endswith(f"inputs, which are kept in json/{name}")
    assert document["error"]["fix"] == "Run the same command again: it goes on after these."


def test_rows_of_another_seed_are_not_taken(folder, stopped):
    arguments = ["--data", "data.npy", "--out", "json", "--seed", "1", "--n", "20"]
    other = score(*arguments, cwd=folder)
    assert (other.returncode, "going on" in other.stderr) == (0, False)
    assert kept(folder / "json") == [stopped[1]]


def partial(folder, key="a" * 64, n_levels=3):
    return Partial(folder, key, n_levels=n_levels, n_inputs=2)


@pytest.fixture
def saved(tmp_path):
    """A file with the rows of one input."""
    inputs = [InputName("one", "1.png")]
    rows = partial(tmp_path)
    rows.keep(Walked(inputs, np.full((1, 3), 0.1), np.full((1, 3), 0.2), np.float16, []))
    assert rows.save()
    return rows.path


def test_rows_come_back_with_every_bit_and_their_type(saved):
    row = partial(saved.parent).known["one"]
    assert (row.displacements.tolist(), row.step_lengths.tolist()) == ([0.1] * 3, [0.2] * 3)
    assert row.dtype == np.float16


def test_rows_of_another_run_in_a_file_of_the_right_name_are_not_taken(saved, capsys):
    other = partial(saved.parent, key="a" * 63 + "b")
    told = f"  {saved} cannot be used, all inputs are encoded: it belongs to another run\n"
    assert (other.path, other.known, capsys.readouterr().err) == (saved, {}, told)


def test_rows_of_another_length_are_not_taken(saved):
    assert partial(saved.parent, n_levels=4).known == {}


@pytest.mark.parametrize("content", [b"", b"nothing", b"PK\x03\x04 cut off"])
def test_a_damaged_file_of_rows_is_named_and_not_used(saved, content, capsys):
    saved.write_bytes(content)
    assert partial(saved.parent).known == {}
    assert capsys.readouterr().err.startswith(f"  {saved} cannot be used, all inputs are encoded")


def test_a_disk_that_refuses_does_not_end_the_run(saved, capsys):
    rows = partial(saved.parent)
    rows.path = saved.parent / "gone" / "partial.npz"
    assert not rows.save()
    assert capsys.readouterr().err.startswith("  going on after 1 inputs")


def test_a_wrong_value_in_the_middle_keeps_the_inputs_before_it(folder):
    images = np.random.default_rng(0).random((N_INPUTS, 8, 8), dtype=np.float32)
    images[7] = 7.0
    np.save(folder / "wrong.npy", images)
    done = score("--data", "wrong.npy", "--out", "wrong", cwd=folder)
    assert (done.returncode, "error DAT010: values of wrong.npy[7]" in done.stderr) == (2, True)
    assert f"of {N_INPUTS} inputs are done and kept in wrong/partial-" in done.stderr
