"""Models that are named twice, and documents of our own among them, are said and not opened."""

from __future__ import annotations

import json
import shutil
from functools import partial
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnxruntime")

MODEL = Path(__file__).parents[2] / "examples/digits_ntxent.onnx"
FAST = ("--levels", "3", "--n", "8", "--no-null")


@pytest.fixture(scope="module")
def folder(rmqm, tmp_path_factory):
    """A model, and a folder with all that rank --probe writes."""
    folder = tmp_path_factory.mktemp("named")
    shutil.copy(MODEL, folder / "a.onnx")
    labels = np.arange(40) % 2
    images = np.random.default_rng(0).integers(0, 256, (40, 8, 8), dtype=np.uint8)
    np.savez(folder / "data.npz", x=images, y=labels)
    data = ("--data", "data.npz:x", "--labels", "data.npz:y")
    done = rmqm(
        "rank", "a.onnx", *data, "--probe", "--out", "rp", *FAST[:2], "--no-null", cwd=folder
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def rank(rmqm, folder, tmp_path):
    return partial(rmqm, "rank", *FAST, "--out", tmp_path / "out", cwd=folder)


@pytest.mark.parametrize("again", ["a.onnx", "./a.onnx"])
def test_a_model_that_is_named_twice_is_said_to_count_once(rank, again):
    done = rank("a.onnx", again)
    assert done.returncode == 0
    assert "ARG008  a.onnx is named twice, with the same options: it counts once" in done.stderr
    assert len(rank("a.onnx", again, "--json").document["ranked"]) == 1


def test_variants_by_options_of_their_own_are_not_twice_the_same(rank, tmp_path, folder):
    path = folder / "a.onnx"
    tables = f'[one]\npath = "{path}"\n[two]\npath = "{path}"\nscale = 2\n'
    (tmp_path / "models.toml").write_text(tables)
    assert "ARG008" not in rank("--models", tmp_path / "models.toml").stderr


@pytest.mark.parametrize("named", [["rp/*"], None])
def test_what_lies_beside_results_is_left_out_by_name(rank, folder, named):
    listed = sorted((folder / "rp").glob("[!.]*"))  # as a shell lists them
    words = named or [str(path.relative_to(folder)) for path in listed]
    done = rank(*words, "--json")
    assert done.returncode == 0, done.stderr
    assert [row["name"] for row in done.document["ranked"]] == ["a"]
    assert not done.document["failed"]
    assert "rp/rank.json is no model but a ranking of rmqm-spec (rmqm-rank/1)" in done.stderr
    assert "rp/probes is no model but a folder with probes of rmqm-spec" in done.stderr


def test_documents_alone_are_refused(rmqm, folder):
    done = rmqm("rank", "rp/rank.json", cwd=folder)
    assert done.returncode == 2
    assert "ARG009: at least one model must be given; got rp/rank.json, which is a ranking" in (
        done.stderr
    )


@pytest.mark.parametrize("command", ["check", "score", "inspect", "probe"])
def test_no_command_opens_a_document_as_a_model(rmqm, folder, command):
    data = ("--data", "data.npz:x", "--labels", "data.npz:y") if command == "probe" else ()
    done = rmqm(command, "rp/rank.json", *data, cwd=folder)
    assert done.returncode == 2, done.stderr
    assert "ARG009" in done.stderr + done.stdout


def test_other_json_is_not_taken_for_a_document(rmqm, folder, tmp_path):
    (tmp_path / "net.json").write_text(json.dumps({"schema": "mine", "layers": []}))
    done = rmqm("score", tmp_path / "net.json", cwd=folder)
    assert "MOD002" in done.stderr


def test_probe_says_it_too(rmqm, folder, tmp_path):
    words = ("--data", "data.npz:x", "--labels", "data.npz:y", "--out", tmp_path / "p")
    done = rmqm("probe", "a.onnx", "a.onnx", *words, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("ARG008") == 1
