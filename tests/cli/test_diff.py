"""``rmqm-spec diff`` from outside: exit codes, its document, and what a person reads."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest

jsonschema = pytest.importorskip("jsonschema")
pytest.importorskip("onnxruntime")

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def folder(rmqm, tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    for out, model, *options in (
        ("ntxent", "digits_ntxent.onnx"),
        ("entropy", "digits_cross_entropy.onnx"),
        ("authors", "digits_ntxent.onnx", "--variant", "authors-2022"),
        ("nine", "digits_ntxent.onnx", "--levels", "9"),
    ):
        done = rmqm("score", str(EXAMPLES / model), "--n", "8", "--out", out, *options, cwd=folder)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize(
    ("arguments", "exit_code", "expected"),
    [
        (["ntxent", "ntxent/result.json"], 0, "the same numbers, bit for bit"),
        (["ntxent", "entropy"], 1, "95 % CI, paired by input"),
        (["ntxent", "authors"], 1, "--recompute computes both again"),
        (["ntxent", "authors", "--recompute"], 0, "8 shared inputs, variant paper"),
        (["ntxent", "nine"], 1, "protocol       alteration.J: 99 -> 9"),
        (["ntxent", "nine", "--recompute"], 1, "rmqm-spec explain CMP001"),
    ],
)
def test_exit_code_and_text(rmqm, folder, arguments, exit_code, expected):
    done = rmqm("diff", *arguments, cwd=folder)
    assert (done.returncode, expected in done.stdout) == (exit_code, True), done.stdout
    found = rmqm("diff", *arguments, "--json", cwd=folder)
    assert found.returncode == exit_code
    document = found.document
    text = files("rmqm_spec").joinpath("documents/schemas/diff.schema.json").read_text("utf-8")
    jsonschema.Draft202012Validator(json.loads(text)).validate(document)
    assert document["ok"] == (exit_code == 0)


def test_as_many_inputs_are_named_as_asked(rmqm, folder):
    found = rmqm("diff", "ntxent", "entropy", "--top", "3", "--json", cwd=folder).document
    changes = [abs(one["change"]) for one in found["difference"]["inputs"]]
    assert len(changes) == 3
    assert changes == sorted(changes, reverse=True)


@pytest.mark.parametrize(("place", "code"), [("nowhere", "RES001"), ("empty.json", "RES002")])
def test_what_is_no_result_is_refused(rmqm, folder, place, code):
    (folder / "empty.json").write_text("{}")
    done = rmqm("diff", "ntxent", place, "--json", cwd=folder)
    assert (done.returncode, done.document["error"]["code"]) == (3, code)


@pytest.mark.parametrize(
    ("section", "key"), [("protocol", "variant"), ("protocol", "resolution"), (None, "rmqm")]
)
def test_a_broken_result_is_refused_by_name(rmqm, folder, tmp_path, section, key):
    document = json.loads((folder / "ntxent/result.json").read_text())
    del (document[section] if section else document)[key]
    (tmp_path / "result.json").write_text(json.dumps(document))
    (tmp_path / "distances.npz").write_bytes((folder / "ntxent/distances.npz").read_bytes())
    done = rmqm("diff", str(folder / "ntxent"), str(tmp_path), "--json", cwd=tmp_path)
    error = done.document["error"]
    assert (done.returncode, error["code"], key in error["message"]) == (3, "RES002", True)
