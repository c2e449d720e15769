"""``rmqm-spec report`` and ``--report`` from outside: what is written, what is refused first."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest

jsonschema = pytest.importorskip("jsonschema")
pytest.importorskip("onnxruntime")
pytest.importorskip("jinja2")
pytest.importorskip("matplotlib")

EXAMPLES = Path(__file__).parents[2] / "examples"
NTXENT, ENTROPY = (str(EXAMPLES / f"digits_{name}.onnx") for name in ("ntxent", "cross_entropy"))


@pytest.fixture(scope="module")
def folder(rmqm, tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    for out, model, *options in (
        ("ntxent", NTXENT, "--report", "pages/ntxent.html"),
        ("entropy", ENTROPY),
        ("nine", NTXENT, "--levels", "9"),
    ):
        done = rmqm("score", model, "--n", "8", "--no-null", "--out", out, *options, cwd=folder)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module", autouse=True)
def changed(folder):
    """A ranking that somebody changed."""
    (folder / "changed").mkdir()
    (folder / "changed/rank.json").write_text('{"schema": "rmqm-rank/1", "ranked": [{}]}')


def test_a_score_with_its_report(folder):
    page = (folder / "pages/ntxent.html").read_text("utf-8")
    score = json.loads((folder / "ntxent/result.json").read_text(encoding="utf-8"))["rmqm"]
    assert f"digits_ntxent.onnx scores RMQM {score:.3f}" in page
    assert page.count("data:image/png;base64,") >= 12
    assert "rmqm-spec score digits_ntxent.onnx" in page


def test_the_page_of_the_score_is_that_of_its_files(rmqm, folder):
    done = rmqm("report", "ntxent", "--out", "again.html", cwd=folder)
    assert done.returncode == 0, done.stderr
    again = (folder / "again.html").read_bytes()
    assert again == (folder / "pages/ntxent.html").read_bytes()


def test_what_is_printed_follows_its_schema(rmqm, folder):
    done = rmqm("report", "entropy", "ntxent/result.json", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    document = done.document
    text = files("rmqm_spec").joinpath("documents/schemas/report.schema.json").read_text("utf-8")
    jsonschema.Draft202012Validator(json.loads(text)).validate(document)
    assert document["report"] == "report.html"
    assert document["headline"] in (folder / "report.html").read_text("utf-8")


def test_a_ranking_with_its_report_and_the_report_of_its_document(rmqm, folder):
    command = ["rank", NTXENT, ENTROPY, str(EXAMPLES / "missing.onnx"), "--n", "8"]
    done = rmqm(*command, "--out", "board", "--report", "board.html", cwd=folder)
    assert done.returncode == 1, done.stderr
    page = (folder / "board.html").read_text("utf-8")
    document = json.loads((folder / "board/rank.json").read_text(encoding="utf-8"))
    first, second = document["ranked"]
    assert f"{first['rmqm']:.3f}" in page
    assert f"{first['null']['rmqm']:.3f}" in page
    assert f"{document['pairs'][0]['difference']:+.3f}" in page
    assert "missing could not be scored" in page or "missing.onnx could not be scored" in page
    assert second["name"] in page
    for given in ("board/rank.json", "board"):
        again = rmqm("report", given, "--out", "again.html", cwd=folder)
        assert again.returncode == 0, again.stderr
        assert (folder / "again.html").read_text(encoding="utf-8") == page


@pytest.mark.parametrize(
    ("arguments", "code", "exit_code"),
    [
        (["ntxent", "nine"], "CMP001", 2),
        (["nowhere"], "RES001", 3),
        (["changed"], "RES002", 3),
        (["ntxent", "ntxent/distances.npz"], "RES001", 3),
        (["ntxent", "--out", "pages"], "ARG005", 2),
        (["ntxent", "--out", "ntxent/result.json"], "ARG007", 2),
        ([], "ARG001", 2),
    ],
)
def test_what_cannot_be_reported_is_refused(rmqm, folder, arguments, code, exit_code):
    done = rmqm("report", *arguments, "--json", cwd=folder)
    found = done.document
    assert (found["error"]["code"], done.returncode) == (code, exit_code), done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("before", "page", "code", "exit_code"),
    [
        ("import sys; sys.modules['matplotlib'] = None", "page.html", "ENV009", 4),
        ("import sys; sys.modules['jinja2'] = None", "page.html", "ENV009", 4),
        ("pass", ".", "ARG005", 2),
        ("pass", "mine.txt/page.html", "ARG005", 2),
        ("pass", "mine.txt", "ARG007", 2),
    ],
)
def test_a_report_that_cannot_be_is_refused_before_the_work(
    rmqm, tmp_path, before, page, code, exit_code
):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    done = rmqm("score", NTXENT, "--report", page, "--json", cwd=tmp_path, before=before)
    error = done.document["error"]
    assert (error["code"], done.returncode) == (code, exit_code)
    assert code == "ENV009" or "report must" in error["message"]
    assert "encodings" not in done.stderr
    assert not (tmp_path / "rmqm-results").exists()


def test_a_score_needs_nothing_of_the_report(rmqm, tmp_path):
    gone = "import sys; sys.modules.update(matplotlib=None, jinja2=None)"
    done = rmqm("score", NTXENT, "--n", "4", "--out", "out", cwd=tmp_path, before=gone)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out/examples.npz").exists()
