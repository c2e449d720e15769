"""The options of a score in its documents, and the documents in their folder."""

from __future__ import annotations

import json
import os
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

jsonschema = pytest.importorskip("jsonschema")
pytest.importorskip("onnxruntime")

MODEL = str(Path(__file__).parents[2] / "examples/digits_ntxent.onnx")


@pytest.fixture(scope="module")
def score(rmqm):
    def run(*arguments, cwd):
        done = rmqm("score", MODEL, "--n", 12, *arguments, "--json", cwd=cwd)
        return done.returncode, done.document

    return run


def is_valid(document, name="result"):
    schema = files("rmqm_spec").joinpath(f"documents/schemas/{name}.schema.json").read_text("utf-8")
    return jsonschema.Draft202012Validator(json.loads(schema)).is_valid(document)


@pytest.fixture(scope="module")
def folder(score, tmp_path_factory):
    folder = tmp_path_factory.mktemp("scores")
    assert score("--out", "first", cwd=folder)[0] == 0
    return folder


@pytest.fixture(scope="module")
def document(folder):
    return json.loads((folder / "first/result.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("section", [None, "protocol", "counts", "components", "curves", "inputs"])
def test_no_field_may_be_missing_or_unknown(document, section):
    described = document if section is None else document[section]
    for name in [*described, "unknown"]:
        changed = {**described, "unknown": 1}
        if name != "unknown":
            changed = {key: value for key, value in described.items() if key != name}
        assert not is_valid(changed if section is None else {**document, section: changed}), name


def test_the_page_names_every_field(document):
    page = (Path(__file__).parents[2] / "docs/result.md").read_text("utf-8")
    assert [name for name in document if f"`{name}`" not in page] == []


@pytest.mark.parametrize(
    ("options", "place", "value"),
    [
        (["--levels", "9"], ("alteration", "J"), 9),
        (["--seed", "7"], ("alteration", "seed"), 7),
        (["--coupling", "common"], ("alteration", "coupling"), "common"),
        (["--variant", "authors-2022"], ("variant",), "authors-2022"),
    ],
)
def test_a_choice_that_changes_the_number_is_in_the_protocol(
    score, folder, document, options, place, value
):
    exit_code, printed = score(*options, "--out", f"with {value}", cwd=folder)
    found = printed["protocol"]
    for key in place:
        found = found[key]
    del printed["ok"]
    assert (exit_code, found, is_valid(printed)) == (0, value, True)
    assert printed["protocol_sha256"] != document["protocol_sha256"]


def test_one_level_gives_no_score_and_a_document_all_the_same(score, folder):
    exit_code, printed = score("--levels", "1", "--out", "one level", cwd=folder)
    assert (exit_code, printed.pop("ok"), printed["rmqm"]) == (1, False, None)
    assert is_valid(printed)


def test_the_same_command_twice_is_no_error(score, folder, document):
    exit_code, printed = score("--out", "first", cwd=folder)
    assert (exit_code, printed["result_sha256"]) == (0, document["result_sha256"])
    assert [path.name for path in folder.glob("first*")] == ["first"]


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="needs two processors")
def test_one_and_two_threads_see_the_same_noise(score, folder):
    one, two = (score("--threads", n, "--out", f"threads {n}", cwd=folder)[1] for n in ("1", "2"))
    assert one["protocol"] == two["protocol"]
    assert one["rmqm"] == pytest.approx(two["rmqm"], rel=1e-5)


def test_force_replaces_another_result(score, tmp_path):
    score("--out", "out", cwd=tmp_path)
    _, printed = score("--seed", "1", "--out", "out", "--force", cwd=tmp_path)
    written = json.loads((tmp_path / "out/result.json").read_text(encoding="utf-8"))
    assert written["result_sha256"] == printed["result_sha256"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("out", ["file", "file/below"])
def test_a_file_is_no_folder_for_a_result(score, tmp_path, out):
    (tmp_path / "file").write_text("mine")
    exit_code, printed = score("--out", out, cwd=tmp_path)
    assert (exit_code, printed["error"]["code"]) == (2, "ARG005")
    assert (tmp_path / "file").read_text() == "mine"


def test_without_a_folder_the_result_goes_below_rmqm_results(score, tmp_path):
    _, printed = score("--data-layout", "nhw", "--data", _images(tmp_path), cwd=tmp_path)
    (written,) = tmp_path.glob("rmqm-results/digits_ntxent-*/result.json")
    assert json.loads(written.read_text())["result_sha256"] == printed["result_sha256"]


def _images(folder):
    values = np.random.default_rng(0).integers(0, 256, (12, 8, 8), dtype=np.uint8)
    np.save(folder / "images.npy", values)
    return "images.npy"
