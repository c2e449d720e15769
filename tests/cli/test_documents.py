"""The documents that the command line prints and writes follow their schemas."""

from __future__ import annotations

import csv
import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

jsonschema = pytest.importorskip("jsonschema")
pytest.importorskip("onnxruntime")

ROOT = Path(__file__).parents[2]
MODEL = str(ROOT / "examples/digits_ntxent.onnx")


def validator(name):
    text = files("rmqm_spec").joinpath(f"documents/schemas/{name}.schema.json").read_text("utf-8")
    schema = json.loads(text)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.fixture(scope="module")
def scored(rmqm, tmp_path_factory):
    folder = tmp_path_factory.mktemp("scored")
    done = rmqm("score", MODEL, "--n", "12", "--out", folder, "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder, done.document


def written(scored):
    return json.loads((scored[0] / "result.json").read_text(encoding="utf-8"))


def test_a_result_follows_its_schema(scored):
    validator("result").validate(written(scored))


def test_what_is_printed_is_what_is_written_and_ok(scored):
    assert scored[1] == {"ok": True, **written(scored)}


@pytest.mark.parametrize("key", ["rmqm", "interval", "protocol", "counts", "model", "curves"])
def test_a_result_without_a_key_is_refused(scored, key):
    document = written(scored)
    del document[key]
    assert not validator("result").is_valid(document)


def test_a_result_with_an_unknown_key_is_refused(scored):
    assert not validator("result").is_valid({**written(scored), "extra": 1})


def test_the_stored_distances_give_the_same_score(scored):
    from rmqm_spec import characterize

    stored = np.load(scored[0] / "distances.npz", allow_pickle=False)
    document = written(scored)
    found = characterize(
        stored["displacements"],
        stored["step_lengths"],
        resolution=document["protocol"]["resolution"],
    )
    assert found.rmqm == document["rmqm"]


def test_the_table_has_a_line_per_input_whose_contributions_average_to_the_score(scored):
    with (scored[0] / "per_input.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)
    mean = np.mean([float(row["contribution"]) for row in rows])
    np.testing.assert_allclose(mean, written(scored)["rmqm"], rtol=1e-12)


def test_the_same_command_gives_the_same_digest(rmqm, scored, tmp_path):
    again = rmqm(
        "score", MODEL, "--n", "12", "--out", tmp_path, "--json", "--threads", "1", cwd=tmp_path
    )
    assert again.document["result_sha256"] == written(scored)["result_sha256"]


def test_another_result_in_the_folder_is_kept(rmqm, scored):
    before = written(scored)
    done = rmqm("score", MODEL, "--n", "13", "--out", scored[0], "--json", cwd=scored[0])
    beside = scored[0].with_name(f"{scored[0].name}-{done.document['result_sha256'][:8]}")
    assert written(scored) == before
    assert (beside / "result.json").exists()


def test_a_check_follows_its_schema(rmqm, tmp_path):
    done = rmqm("check", MODEL, "--n", "8", "--json", cwd=tmp_path)
    validator("check").validate(done.document)


def test_a_failed_check_follows_its_schema(rmqm, tmp_path):
    (tmp_path / "model.onnx").write_text("no model")
    document = rmqm("check", tmp_path, "--json", cwd=tmp_path).document
    validator("check").validate(document)
    assert (document["ok"], document["rmqm"], document["interval"]) == (False, None, None)
