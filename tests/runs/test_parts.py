"""Finished parts on shared storage: a driver that starts anew takes them; no bit is taken twice."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import rmqm_spec
from rmqm_spec.contracts.listener import Listener
from rmqm_spec.errors import IncompleteError, UnavailableError, UnreadableError, UsageError
from rmqm_spec.evaluation.group import Group
from rmqm_spec.runs.parts import Parts

pytest.importorskip("fsspec")
pytest.importorskip("onnxruntime")

MODEL = Path(__file__).parents[2] / "examples" / "digits_ntxent.onnx"
OTHER = MODEL.with_name("digits_cross_entropy.onnx")
OPTIONS = {"n": 300, "levels": 9, "batch_size": 4, "null": False}
KEY = 64 * "0"


def group(first, value=1.0):
    rows = {name: np.full((2, 3), value) for name in ("rmqm.displacements", "rmqm.step_lengths")}
    return Group(first, first + 2, (f"{first}", f"{first + 1}"), rows, np.float32)


@pytest.fixture(params=["file", "memory", "path"])
def url(request, tmp_path):
    return {
        "file": f"file://{tmp_path}/parts",
        "memory": f"memory://{tmp_path.name}",
        "path": str(tmp_path / "parts"),
    }[request.param]


def test_parts_come_back_as_they_went(url):
    parts = Parts(url, KEY)
    parts.put([group(0), group(2, 2.0)])
    parts.put([group(0), group(2, 2.0)])  # the same again is no news
    parts.put([group(4, 3.0)])
    known, damaged = Parts(url, KEY).read()
    assert {first: one.columns["rmqm.displacements"][0, 0] for first, one in known.items()} == {
        0: 1.0, 2: 2.0, 4: 3.0,
    }  # fmt: skip
    assert damaged == []
    assert Parts(url, 64 * "1").read() == ({}, [])
    parts.remove()
    assert parts.read() == ({}, [])


def test_other_numbers_for_the_same_inputs_are_refused(url):
    parts = Parts(url, KEY)
    parts.put([group(0)])
    with pytest.raises(UnreadableError, match="must agree in every bit") as caught:
        parts.put([group(0, np.nextafter(1.0, 2.0))])
    assert caught.value.code == "RUN003"
    parts.put([group(0), group(2)])
    known, _ = parts.read()
    assert sorted(known) == [0, 2]


def test_parts_that_overlap_and_disagree_are_refused(url):
    parts = Parts(url, KEY)
    parts.put([group(0)])
    parts.put([group(0, 2.0), group(2)])
    with pytest.raises(UnreadableError, match="must agree in every bit"):
        parts.read()


def test_a_damaged_part_is_named_and_replaced(tmp_path):
    parts = Parts(str(tmp_path), KEY)
    parts.put([group(0)])
    (path,) = tmp_path.glob("parts-*/*.npz")
    path.write_bytes(path.read_bytes()[:-1])
    known, damaged = parts.read()
    assert known == {}
    assert "cannot be used, its inputs are encoded again" in damaged[0]
    parts.put([group(0)])
    assert list(parts.read()[0]) == [0]
    assert not list(tmp_path.glob("parts-*/.*"))


def test_storage_that_refuses_is_named(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(IncompleteError, match="must be written to --parts") as caught:
        Parts(str(tmp_path / "file"), KEY).put([group(0)])
    assert caught.value.code == "RUN002"
    with pytest.raises(UnavailableError, match="--parts must be storage") as caught:
        Parts("nowhere://bucket", KEY)
    assert caught.value.code == "RUN009"


class Heard(Listener):
    def __init__(self):
        self.notes = []

    def note(self, text):
        self.notes.append(text)


def test_a_driver_that_starts_anew_takes_what_workers_finished(url, tmp_path, monkeypatch):
    expected = rmqm_spec.score(MODEL, out=tmp_path / "at once", listener=Heard(), **OPTIONS)
    walked = []
    from rmqm_spec.evaluation.walk import Walk

    walk_group = Walk.group

    def counted(walk, first):
        if len(walked) == 2:
            raise KeyboardInterrupt
        walked.append(first)
        return walk_group(walk, first)

    monkeypatch.setattr(Walk, "group", counted)
    with ThreadPoolExecutor(1) as pool, pytest.raises(IncompleteError):
        rmqm_spec.score(
            MODEL, out=tmp_path / "a", parts=url, executor=pool, listener=Heard(), **OPTIONS
        )
    monkeypatch.setattr(Walk, "group", walk_group)
    heard = Heard()
    with ThreadPoolExecutor(1) as pool:
        scored = rmqm_spec.score(
            MODEL, out=tmp_path / "b", parts=url, executor=pool, listener=heard, **OPTIONS
        )
    assert any("inputs that workers finished" in note for note in heard.notes)
    assert scored.stored.document["result_sha256"] == expected.stored.document["result_sha256"]
    assert Parts(url, scored.run.sha256).read() == ({}, [])


@pytest.mark.parametrize("null", [False, True])
def test_parts_need_workers(tmp_path, null):
    options = {**OPTIONS, "null": null}
    with pytest.raises(UsageError, match="--parts must come with an --executor"):
        rmqm_spec.score(
            MODEL, out=tmp_path / "out", parts=str(tmp_path), listener=Listener(), **options
        )


@pytest.mark.parametrize("race", [{}, {"until": "order"}])
def test_a_ranking_by_threads_keeps_no_parts(tmp_path, race):
    with pytest.raises(UsageError, match="--parts must come with an --executor"):
        rmqm_spec.rank([MODEL, OTHER], parts=str(tmp_path / "parts"), **race, **OPTIONS)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_a_killed_driver_loses_no_finished_part(rmqm, tmp_path):
    options = ("--n", 1500, "--levels", 200, "--batch-size", 4, "--no-null")
    workers = ("--executor", "processes", "--workers", 2, "--parts", "parts")
    driver = rmqm.start("score", MODEL, *options, *workers, "--out", "a", cwd=tmp_path)
    until = time.monotonic() + 60
    while not list(tmp_path.glob("parts/*/*.npz")):
        assert time.monotonic() < until
        time.sleep(0.05)
    os.kill(driver.pid, signal.SIGKILL)
    driver.communicate()
    done = rmqm("score", MODEL, *options, *workers, "--out", "b", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "inputs that workers finished" in done.stderr
