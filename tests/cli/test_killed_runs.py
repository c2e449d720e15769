"""Real runs, killed at random moments more than fifty times, end with the bits of a quiet run."""

from __future__ import annotations

import glob
import hashlib
import random
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

from rmqm_spec.reports.example_files import read_examples
from rmqm_spec.results.stored import read_result

pytest.importorskip("onnxruntime")
pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL")

MODEL = str(Path(__file__).parents[2] / "examples/digits_ntxent.onnx")
N_INPUTS, N_KILLS = 150, 54
EAGER = """
from rmqm_spec.evaluation import checkpoints
checkpoints.SECONDS_PER_CHECKPOINT = 0.02
"""
"""The command, writing a part every 20 ms: a kill hits a write far more often than in use."""


@pytest.fixture(scope="module")
def start(rmqm):
    def score(out, *arguments, cwd):
        words = ("score", MODEL, "--data", "data.npy", "--out", out, *arguments)
        return rmqm.start(*words, cwd=cwd, before=EAGER, stdout=subprocess.DEVNULL)

    return score


def ended(worker):
    said = worker.communicate(timeout=120)[1]
    assert worker.returncode in {0, -signal.SIGKILL}, said
    return worker.returncode == 0


def is_killed(worker, seconds):
    """Kill it after so many seconds of work; tells whether it was still running."""
    while not worker.stderr.readline().endswith("encodings\n"):
        if worker.poll() is not None:
            break
    time.sleep(seconds)
    worker.kill()
    return not ended(worker)


def digests(folder):
    """Return the digests of all numbers of a result and of its null."""
    found = {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in ("distances.npz", "per_input.csv", "examples.npz", "null/distances.npz")
    }
    document = read_result(folder).document
    return found | {"result": document["result_sha256"], "null": document["null"]}


def left_in(folder):
    """Return all files that are there, other than locks."""
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    return {name for name in found if not name.endswith(".rmqm-spec.lock")}


ONE = {"distances.npz", "per_input.csv", "result.json", "examples.npz"}
FILES = ONE | {f"null/{name}" for name in ONE}


@pytest.fixture(scope="module")
def folder(start, tmp_path_factory):
    folder = tmp_path_factory.mktemp("killed")
    images = np.random.default_rng(0).integers(0, 256, (N_INPUTS, 8, 8), dtype=np.uint8)
    np.save(folder / "data.npy", images)
    assert ended(start("quiet", cwd=folder))
    return folder


def killed_until_done(start, out, chance, cwd):
    """Kill the same command again and again, ever later; returns how often that was."""
    n_kills, patience = 0, 0.1
    while is_killed(start(out, cwd=cwd), chance.uniform(0, patience)):
        n_kills, patience = n_kills + 1, 1.2 * patience
    return n_kills


def test_runs_killed_at_random_moments_end_with_the_same_bits(start, folder):
    quiet, chance = digests(folder / "quiet"), random.Random(0)
    n_kills = n_rounds = 0
    while n_kills < N_KILLS:
        out, n_rounds = f"round {n_rounds}", n_rounds + 1
        n_kills += killed_until_done(start, out, chance, folder)
        assert digests(folder / out) == quiet
        assert left_in(folder / out) == FILES


def test_two_runs_in_one_folder_of_which_one_is_killed_end_with_the_same_bits(start, folder):
    chance = random.Random(1)
    for number in range(3):
        out = f"pair {number}"
        one, other = (start(out, cwd=folder) for _ in range(2))
        is_killed(one, chance.uniform(0, 0.3))
        assert ended(other)
        assert ended(start(out, cwd=folder))
        assert digests(folder / out) == digests(folder / "quiet")
        assert left_in(folder / out) == FILES


@pytest.mark.parametrize("options", [[], ["--force"]])
def test_two_different_runs_in_one_folder_do_not_mix_their_files(start, folder, options):
    out = f"different {options}"
    seeds = ("0", "1", "2", "3")
    workers = [start(out, "--seed", seed, "--n", "90", *options, cwd=folder) for seed in seeds]
    for worker in workers:
        assert ended(worker)
    found = set()
    for document in folder.glob(f"{glob.escape(out)}*/result.json"):
        stored = read_result(document)
        assert left_in(document.parent) >= ONE
        assert stored.characteristics().rmqm == stored.document["rmqm"]
        table = (document.parent / "per_input.csv").read_text(encoding="utf-8").splitlines()
        mean = np.mean([float(line.split(",")[-1]) for line in table[1:]])
        assert mean == pytest.approx(stored.document["rmqm"])
        assert read_examples(stored) is not None
        found.add(stored.document["protocol"]["alteration"]["seed"])
    assert found == {0, 1, 2, 3} if not options else len(found) == 1
