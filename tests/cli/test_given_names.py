"""Names of tables in ``--models`` stay the names of the encoders everywhere."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

pytest.importorskip("onnxruntime")

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = ["digits_ntxent", "my best/one", "third"]
MODELS = f"""
["my best/one"]
path = "{EXAMPLES}/digits_ntxent.onnx"

[digits_ntxent]    # the name of another file
path = "{EXAMPLES}/digits_cross_entropy.onnx"

[third]
path = "{EXAMPLES}/digits_ntxent.onnx"
scale = 2
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory, rmqm):
    folder = tmp_path_factory.mktemp("names")
    (folder / "models.toml").write_text(MODELS, encoding="utf-8")
    images, labels = load_digits(return_X_y=True)
    images = (images[:60].reshape(-1, 8, 8) / 16).astype("f4")
    np.savez(folder / "data.npz", images=images, labels=labels[:60])
    data = ("--data", "data.npz:images", "--labels", "data.npz:labels", "--probe", "--no-null")
    done = rmqm("rank", "--models", "models.toml", *data, "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert sorted(row["name"] for row in done.document["ranked"]) == NAMES
    assert sorted(model["name"] for model in done.document["probes"]["models"]) == NAMES
    return folder


def documents(folder, pattern):
    return {
        json.loads(path.read_text(encoding="utf-8"))["given_name"]: path
        for path in (folder / "rmqm-results").glob(pattern)
    }


def test_folders_and_documents(rmqm, folder):
    results, probes = documents(folder, "*/result.json"), documents(folder, "*/probe.json")
    assert sorted(results) == sorted(probes) == NAMES
    for name, path in [*results.items(), *probes.items()]:
        assert path.parent.name.startswith(name.replace("/", "-") + "-")
    assert rmqm("validate", *results.values(), *probes.values(), cwd=folder).returncode == 0
    first = json.loads(results["my best/one"].read_text(encoding="utf-8"))
    assert first["model"]["name"] == "digits_ntxent.onnx"


def test_results_are_ranked_by_their_names(rmqm, folder):
    results = documents(folder, "*/result.json").values()
    done = rmqm("rank", *results, "--json", cwd=folder)
    assert sorted(row["name"] for row in done.document["ranked"]) == NAMES


def test_correlations(rmqm, folder):
    done = rmqm("correlate", "rmqm-results", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    points = json.dumps(done.document)
    assert all(json.dumps(name) in points for name in NAMES)
    assert "digits_cross_entropy" not in points


def test_reports(rmqm, folder):
    pytest.importorskip("jinja2")
    pytest.importorskip("matplotlib")
    results = documents(folder, "*/result.json").values()
    done = rmqm("report", *results, "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert sorted(encoder["name"] for encoder in done.document["encoders"]) == NAMES


def test_the_name_changes_no_digest(rmqm, folder):
    result = documents(folder, "*/result.json")["my best/one"]
    run = ("--data", "data.npz:images", "--no-null", "--json")
    plain = rmqm("score", EXAMPLES / "digits_ntxent.onnx", *run, cwd=folder).document
    named = json.loads(result.read_text(encoding="utf-8"))
    assert "given_name" not in plain
    assert (named["run_sha256"], named["result_sha256"]) == (
        plain["run_sha256"], plain["result_sha256"],
    )  # fmt: skip
