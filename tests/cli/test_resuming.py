"""A score that was interrupted goes on where it stopped, and ends with the same bits."""

from __future__ import annotations

import json
import signal
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

MODEL = str(Path(__file__).parents[2] / "examples/digits_ntxent.onnx")
N_INPUTS = 1000
EAGER = """
from rmqm_spec.evaluation import checkpoints
checkpoints.SECONDS_PER_CHECKPOINT = 0.02
"""


@pytest.fixture(scope="module")
def score(rmqm):
    return partial(rmqm, "score", MODEL, "--no-null")


def same_files(one, other):
    names = ("distances.npz", "per_input.csv")
    return all((one / name).read_bytes() == (other / name).read_bytes() for name in names)


@pytest.fixture(scope="module")
def stop(rmqm):
    """Start a score into ``--out`` and signal it as soon as it has kept something."""

    def run(name, *arguments, cwd):
        worker = rmqm.start("score", MODEL, "--no-null", *arguments, cwd=cwd, before=EAGER)
        out = cwd / arguments[arguments.index("--out") + 1]
        while not list(out.glob("checkpoints-*/*.npz")):
            assert worker.poll() is None, worker.stderr.read()
            time.sleep(0.02)
        worker.send_signal(getattr(signal, name))
        printed, said = worker.communicate(timeout=30)
        return worker.returncode, printed, said

    return run


def kept(folder):
    return [path.name for path in folder.iterdir() if path.name.startswith("checkpoints-")]


@pytest.fixture(scope="module")
def folder(score, tmp_path_factory):
    """A folder in which a score was interrupted, and one was not."""
    folder = tmp_path_factory.mktemp("going-on")
    images = np.random.default_rng(0).integers(0, 256, (N_INPUTS, 8, 8), dtype=np.uint8)
    np.save(folder / "data.npy", images)
    assert score("--data", "data.npy", "--out", "at once", cwd=folder).returncode == 0
    return folder


def test_a_stopped_score_goes_on_to_the_same_bits(score, stop, folder):
    arguments = ["--data", "data.npy", "--out", "in two"]
    exit_code, printed, said = stop("SIGTERM", *arguments, cwd=folder)
    stopped = (exit_code, printed, len(kept(folder / "in two")), "which are kept in" in said)
    again = score(*arguments, cwd=folder)
    assert (stopped, again.returncode) == ((5, "", 1, True), 0)
    assert "  resuming after " in again.stderr
    assert same_files(folder / "in two", folder / "at once")
    assert kept(folder / "in two") == []


@pytest.fixture(scope="module")
def stopped(stop, folder):
    """What a stopped score printed, and the name of the folder in which it kept its parts."""
    _, printed, _ = stop("SIGINT", "--data", "data.npy", "--out", "json", "--json", cwd=folder)
    (name,) = kept(folder / "json")
    return json.loads(printed), name


def test_a_stopped_score_prints_one_document(stopped):
    document, name = stopped
    assert (document["rmqm"], document["error"]["code"]) == (None, "RUN001")
    assert document["error"]["message"].endswith(f"inputs, which are kept in json/{name}")
    assert document["error"]["fix"] == "Run the same command again: it resumes after these."


def test_parts_of_another_seed_are_not_taken(score, folder, stopped):
    arguments = ["--data", "data.npy", "--out", "json", "--seed", "1", "--n", "20"]
    other = score(*arguments, cwd=folder)
    assert (other.returncode, "resuming" in other.stderr) == (0, False)
    assert kept(folder / "json") == [stopped[1]]


def test_a_wrong_value_in_the_middle_keeps_the_inputs_before_it(score, folder):
    images = np.random.default_rng(0).random((N_INPUTS, 8, 8), dtype=np.float32)
    images[7] = 7.0
    np.save(folder / "wrong.npy", images)
    done = score("--data", "wrong.npy", "--out", "wrong", cwd=folder)
    assert (done.returncode, "error DAT010: values of wrong.npy[7]" in done.stderr) == (2, True)
    assert f"of {N_INPUTS} inputs are done, kept in wrong/checkpoints-" in done.stderr


def test_a_stopped_score_goes_on_after_a_part_that_is_damaged(score, stop, folder):
    arguments = ["--data", "data.npy", "--out", "damaged"]
    stop("SIGINT", *arguments, cwd=folder)
    (name,) = kept(folder / "damaged")
    part = min((folder / "damaged" / name).iterdir())
    part.write_bytes(part.read_bytes()[:-100])
    again = score(*arguments, cwd=folder)
    told = f"  damaged/{name}/{part.name} cannot be used, its inputs are encoded again: "
    assert (again.returncode, told in again.stderr) == (0, True)
    assert same_files(folder / "damaged", folder / "at once")
