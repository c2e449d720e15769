"""A score beside that of the same network with permuted weights."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from onnx import TensorProto, helper

import rmqm_spec
from rmqm_spec.results.stored import read_result

pytest.importorskip("onnxruntime")

MODEL = str(Path(__file__).parents[2] / "examples/digits_ntxent.onnx")
SCHEMA = Path(rmqm_spec.__file__).with_name("documents") / "schemas" / "result.schema.json"
FAST = ("--levels", "4", "--n", "40")


@pytest.fixture(scope="module")
def score(rmqm):
    """Run a score whose temporary files lie in ``tmp`` of the folder."""

    def run(*arguments, cwd, model=MODEL):
        (cwd / "tmp").mkdir(exist_ok=True)
        return rmqm("score", model, *arguments, cwd=cwd, env={"TMPDIR": str(cwd / "tmp")})

    return run


def left_behind(folder):
    return list((folder / "tmp").glob("rmqm-null-*"))


@pytest.fixture(scope="module")
def folder(score, tmp_path_factory):
    folder = tmp_path_factory.mktemp("null")
    assert score(*FAST, "--out", "with", cwd=folder).returncode == 0
    assert score(*FAST, "--out", "without", "--no-null", cwd=folder).returncode == 0
    return folder


def test_the_result_tells_of_its_null_as_its_schema_says(folder):
    document = json.loads((folder / "with" / "result.json").read_text())
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text())).validate(document)
    null = read_result(folder / "with" / document["null"]["folder"])
    assert null.document["rmqm"] == document["null"]["rmqm"]
    assert null.document["result_sha256"] == document["null"]["result_sha256"]
    assert null.document["model"]["sha256"] != document["model"]["sha256"]
    assert null.document["inputs"] == document["inputs"]
    assert null.document["protocol"] == document["protocol"]


def test_the_difference_is_paired(folder):
    trained = read_result(folder / "with")
    found = trained.document["null"]
    null = read_result(folder / "with" / "null")
    apart = (
        trained.characteristics().per_input.contribution
        - null.characteristics().per_input.contribution
    )
    low, high = found["difference_interval"]
    assert found["difference"] == pytest.approx(apart.mean())
    half = 2.0227 * apart.std(ddof=1) / np.sqrt(40)  # Student's quantile for 39
    assert (high - low) / 2 == pytest.approx(half, rel=1e-4)


def test_the_null_does_not_change_the_name_of_the_result(folder):
    first, second = (
        json.loads((folder / k / "result.json").read_text()) for k in ("with", "without")
    )
    assert second["null"] is None
    assert not (folder / "without" / "null").exists()
    assert first["result_sha256"] == second["result_sha256"]


def test_what_is_told(score, folder):
    said = score(*FAST, "--out", "with", cwd=folder)
    document = json.loads((folder / "with" / "result.json").read_text())
    assert f"  null {document['null']['rmqm']:.3f}  [" in said.stdout
    assert f"score minus null {document['null']['difference']:+.3f} [" in said.stdout
    assert "null" not in score(*FAST, "--out", "without", "--no-null", cwd=folder).stdout


def test_the_protocol_is_said_once_and_of_the_null_what_differs(score, tmp_path):
    said = score("--levels", "4", "--n", "5", cwd=tmp_path).stderr
    assert (said.count("protocol:"), said.count("5 inputs from")) == (1, 1)
    assert "the same network with permuted weights, on the same 5 inputs (--no-null" in said


def test_a_ranking_says_once_that_nulls_are_scored_too(rmqm, tmp_path):
    other = MODEL.replace("ntxent", "cross_entropy")
    said = rmqm("rank", MODEL, other, "--levels", "4", "--n", "5", cwd=tmp_path)
    assert said.returncode == 0
    assert said.stderr.count("on the same 5 inputs (--no-null") == 1


def test_a_null_that_is_there_is_not_computed_again(score, folder):
    path = folder / "with" / "null" / "result.json"
    before = path.stat().st_mtime_ns
    assert score(*FAST, "--out", "with", cwd=folder).returncode == 0
    assert path.stat().st_mtime_ns == before
    assert left_behind(folder) == []


def test_the_null_of_a_score_that_stopped_early_sees_the_same_inputs(score, folder):
    said = score("--levels", "4", "--precision", "0.2", "--out", "early", "--json", cwd=folder)
    document = said.document
    assert document["counts"]["stopped_early"]
    assert document["null"]["difference"] is not None
    null = read_result(folder / "early" / "null").document
    assert null["inputs"]["ids_sha256"] == document["inputs"]["ids_sha256"]


def test_pgd_has_no_null(score, folder):
    arguments = ("--alteration", "pgd", "--levels", "2", "--n", "4", "--out", "pgd")
    assert score(*arguments, cwd=folder).returncode == 0
    assert not (folder / "pgd" / "null").exists()


def test_a_model_without_weights_keeps_its_score(score, folder):
    info = helper.make_tensor_value_info
    graph = helper.make_graph(
        [helper.make_node("Flatten", ["x"], ["f"]), helper.make_node("Exp", ["f"], ["y"])],
        "formula",
        [info("x", TensorProto.FLOAT, ["N", 1, 8, 8])],
        [info("y", TensorProto.FLOAT, ["N", 64])],
    )
    opsets = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, ir_version=8, opset_imports=opsets)
    (folder / "formula.onnx").write_bytes(model.SerializeToString())
    said = score(*FAST, "--out", "f", "--json", cwd=folder, model="formula.onnx")
    document = said.document
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text())).validate(
        {key: value for key, value in document.items() if key != "ok"}
    )
    assert (said.returncode, document["null"]["status"]) == (0, "failed")
    assert document["null"]["error"]["code"] == "NUL001"
    assert (
        "null undefined (failed)"
        in score(*FAST, "--out", "f", cwd=folder, model="formula.onnx").stdout
    )


def test_an_interrupted_score_leaves_no_model_behind_and_resumes_with_its_null(rmqm, score, folder):
    images = np.random.default_rng(0).integers(0, 256, (2000, 8, 8), dtype=np.uint8)
    np.save(folder / "data.npy", images)
    arguments = ("--data", "data.npy", "--out", "cut")
    tmp = {"TMPDIR": str(folder / "tmp")}
    worker = rmqm.start("score", MODEL, *arguments, cwd=folder, env=tmp)
    while "encodings" not in worker.stderr.readline():
        assert worker.poll() is None
    assert left_behind(folder) == []  # the runtime has read the null's file
    time.sleep(1)
    worker.send_signal(signal.SIGINT)
    said = worker.communicate(timeout=30)[1]
    assert (worker.returncode, left_behind(folder)) == (5, [])
    assert "RUN001" in said
    assert not (folder / "cut" / "result.json").exists()
    again = score(*arguments, cwd=folder)
    assert (again.returncode, again.stderr.count("resuming after")) == (0, 2)
    result = json.loads((folder / "cut" / "result.json").read_text())
    assert result["null"]["rmqm"]
    assert not list((folder / "cut").rglob("checkpoints-*"))
