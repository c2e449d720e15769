"""Measures with labels on the command line: probe, rank --probe, validate and correlate."""

from __future__ import annotations

import csv
import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

from rmqm_spec.measures.labelled.log_me import log_me

jsonschema = pytest.importorskip("jsonschema")
pytest.importorskip("onnxruntime")

EXAMPLES = Path(__file__).parents[2] / "examples"
MODELS = [str(EXAMPLES / f"digits_{name}.onnx") for name in ("cross_entropy", "ntxent")]
DATA = ("--data", "digits.npz:images", "--labels", "digits.npz:labels")
NAMES = ["h-score", "logme", "nnk-accuracy", "nnk-mixed", "transrate"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("labelled")
    images, labels = load_digits(return_X_y=True)
    images = (images[:200].reshape(-1, 8, 8) / 16).astype(np.float32)
    np.savez(folder / "digits.npz", images=images, labels=labels[:200])
    return folder


@pytest.fixture(scope="module")
def probed(rmqm, folder):
    asked = ("--measure", "all", "--C", "1", "--csv", "t.csv", "--out", "out")
    done = rmqm("probe", *MODELS, *DATA, *asked, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done


def written(folder):
    return json.loads((folder / "out/digits_ntxent/probe.json").read_text(encoding="utf-8"))


def test_they_stand_in_the_table_the_csv_and_the_document(folder, probed):
    head = probed.stdout.splitlines()[1]
    assert all(title in head for title in ("H-score", "LogME", "NNK accuracy", "TransRate"))
    assert "of the 103 inputs to learn from" in probed.stdout
    document = written(folder)
    schema = files("rmqm_spec").joinpath("documents/schemas/probe.schema.json").read_text()
    jsonschema.Draft202012Validator(json.loads(schema)).validate(document)
    assert sorted(document["measures"]) == NAMES
    assert document["measured_on"] == "train"
    with (folder / "t.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["name"] == "digits_ntxent"]
    for row in rows:
        assert float(row["logme"]) == document["measures"]["logme"]["value"]
        assert row["logme_status"] == "ok"


def test_the_value_is_that_of_the_training_part(folder, probed):
    with np.load(folder / "out/digits_ntxent/measures.npz") as stored:
        encodings, classes = stored["labelled.encodings"], stored["labelled.classes"]
    document = written(folder)
    assert len(classes) == document["split"]["train"]
    assert np.linalg.norm(encodings, axis=1) == pytest.approx(1)
    assert document["measures"]["logme"]["value"] == pytest.approx(log_me(encodings, classes))


def test_validate_computes_them_again(rmqm, folder, probed):
    path = folder / "out/digits_ntxent/probe.json"
    assert rmqm("validate", path, cwd=folder).returncode == 0
    assert rmqm("validate", path.parent, cwd=folder).returncode == 0
    document = written(folder)
    document["measures"]["logme"]["value"] += 0.01
    path.write_text(json.dumps(document), encoding="utf-8")
    done = rmqm("validate", path, cwd=folder)
    assert done.returncode != 0
    for code, said in (("VAL002", "probe_sha256"), ("VAL012", "value")):
        [line] = [line for line in done.stdout.splitlines() if code in line and "FAIL" in line]
        assert said in line


def test_without_a_value_the_table_says_why(rmqm, folder):
    asked = ("--n", 50, "--measure", "h-score", "--C", "1", "--out", "few", "--csv", "few.csv")
    done = rmqm("probe", MODELS[0], *DATA, *asked, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "too-few-inputs" in done.stdout
    with (folder / "few.csv").open(encoding="utf-8") as stream:
        row = next(csv.DictReader(stream))
    assert (row["h-score"], row["h-score_status"]) == ("", "too-few-inputs")


def test_rank_shows_them_beside_the_accuracies(rmqm, folder):
    asked = ("--n", 40, "--levels", 5, "--no-null", "--probe", "--measure", "rankme,logme")
    done = rmqm("rank", *MODELS, *DATA, *asked, "--csv", "r.csv", "--out", "r", cwd=folder)
    assert done.returncode == 0, done.stderr
    with (folder / "r.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert all(row["logme"] and row["rankme"] and row["logme_status"] == "ok" for row in rows)
    refused = rmqm("rank", *MODELS, *DATA, "--n", 40, "--measure", "logme", cwd=folder)
    assert "MEA001" in refused.stderr
    assert "probe --measure logme" in refused.stderr


def test_measures_lists_them_with_what_they_need(rmqm, tmp_path):
    document = rmqm("measures", "--json", cwd=tmp_path).document
    listed = {one["name"]: one for one in document["measures"]}
    for name in (*NAMES, "k-nn", "linear"):
        assert listed[name]["needs"] == ["labels", "unaltered"]
    assert listed["linear"]["direction"] == "higher"
    assert "encodings of unaltered inputs and labels" in rmqm("measures", cwd=tmp_path).stdout
