"""A process that is killed at any step of any write leaves nothing that the next one trips over."""

import os
import signal
import warnings
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from rmqm_spec import WhiteNoise, evaluate
from rmqm_spec.errors import UnreadableError
from rmqm_spec.evaluation import checkpoints, walk
from rmqm_spec.evaluation.checkpoints import Checkpoints, remove_checkpoints
from rmqm_spec.results.document import result_document
from rmqm_spec.results.files import write_result
from rmqm_spec.results.stored import find_run, read_result

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the platform has no fork")

KEY = "a" * 64
IMAGES = np.random.default_rng(0).random((12, 8))
STEPS = [(os, "fsync"), (os, "open"), (os, "rmdir"), (os, "unlink"), (Path, "open"),
         (Path, "replace"), (Path, "mkdir"), (Path, "unlink")]  # fmt: skip


def encode(inputs):
    return inputs[:, :4] * inputs[:, 4:] + 0.1


def run(folder, seed=0, *, force=False):
    """Do what a command does, with a part after every second group."""
    key = f"{seed}{KEY[1:]}"
    rule = WhiteNoise(n_levels=4, seed=seed)
    with Checkpoints(folder, key, n_inputs=len(IMAGES)) as parts:

        def keep(walked):
            parts.keep(walked)
            if walked.first % 4 == 2:
                parts.write()

        found = evaluate(
            encode, IMAGES, alteration=rule, batch_size=10, known=parts.known, keep=keep
        )
    document = result_document(
        found, {}, [], data="eye", seconds=1.0, created="2026-01-01T00:00:00+00:00", run_sha256=key
    )
    write_result(folder, document, found, force=force)
    remove_checkpoints(folder, key)


@contextmanager
def dying_at(step):
    """Kill this very process before its `step`-th change of the disk."""
    patch, seen = pytest.MonkeyPatch(), []

    def counted(original):
        def call(*arguments, **options):
            if len(seen) == step:
                os.kill(os.getpid(), signal.SIGKILL)
            if "rb" not in arguments:
                seen.append(original)
            return original(*arguments, **options)

        return call

    for place, name in STEPS:
        patch.setattr(place, name, counted(getattr(place, name)))
    try:
        yield seen
    finally:
        patch.undo()


def was_killed(step, *arguments, **options):
    """Run in a process of its own that dies at `step`; tells whether it came so far."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # this process may have threads
        child = os.fork()
    if not child:
        with dying_at(step):
            run(*arguments, **options)
        os._exit(0)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert ended in {0, -signal.SIGKILL}
    return ended != 0


def n_steps(folder, *arguments, **options):
    run(folder.with_name("warm"), *arguments, **options)  # modules are read at the first time
    with dying_at(-1) as seen:
        run(folder, *arguments, **options)
    return len(seen)


def contents(folder):
    return {one: (folder / one).read_bytes() for one in ("distances.npz", "per_input.csv")}


def left_in(folder):
    return sorted(path.name for path in folder.iterdir() if path.name != ".rmqm-spec.lock")


FILES = ["distances.npz", "per_input.csv", "result.json"]


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """Write parts where the test says; a kill, other than a power cut, needs no flush."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)
    monkeypatch.setattr(checkpoints, "SECONDS_PER_CHECKPOINT", 1e9)
    monkeypatch.setattr(walk, "_BLOCKS_PER_GROUP", 1)


def test_a_process_killed_at_any_step_is_followed_by_one_that_ends_with_the_same_bits(tmp_path):
    whole = tmp_path / "whole"
    n = n_steps(whole)
    assert n > 40
    for step in range(n):
        out = tmp_path / f"{step}"
        assert was_killed(step, out)
        if (out / "result.json").exists():
            assert contents(out) == contents(whole)
        run(out)
        assert (contents(out), left_in(out)) == (contents(whole), FILES)


@pytest.mark.parametrize("stride", [3, 4, 5])
def test_a_process_killed_again_and_again_loses_nothing(tmp_path, stride):
    run(tmp_path / "whole")
    out = tmp_path / "out"
    n_killed = sum(was_killed(step, out) for step in range(0, 80, stride))
    assert n_killed > 10
    assert (contents(out), left_in(out)) == (contents(tmp_path / "whole"), FILES)


@pytest.mark.parametrize("force", [False, True])
def test_no_step_mixes_the_files_of_two_results(tmp_path, force):
    for seed in (0, 1):
        run(tmp_path / f"whole {seed}", seed)
    ends = [contents(tmp_path / f"whole {seed}") for seed in (0, 1)]
    first = tmp_path / "first"
    run(first)
    n = n_steps(first, 1, force=force)
    for step in range(n):
        out = tmp_path / f"{step}"
        run(out)
        assert was_killed(step, out, 1, force=force)
        with_document = [one.parent for one in tmp_path.glob(f"{step}*/result.json")]
        assert force or out in with_document
        for folder in with_document:
            seed = read_result(folder).document["protocol"]["alteration"]["seed"]
            assert contents(folder) == ends[seed]
        run(out, 1, force=force)
        found = find_run(out, f"1{KEY[1:]}")
        assert contents(found.path.parent) == ends[1]


def test_distances_of_another_result_are_refused(tmp_path):
    run(tmp_path / "one")
    run(tmp_path / "two", 1)
    (tmp_path / "two/distances.npz").replace(tmp_path / "one/distances.npz")
    with pytest.raises(UnreadableError) as caught:
        read_result(tmp_path / "one")
    assert caught.value.code == "RES002"
    assert "got they are those of another result" in caught.value.message
