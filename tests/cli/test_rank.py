"""The command that ranks: what it takes, what it says, what it refuses."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from PIL import Image

import rmqm_spec

pytest.importorskip("onnxruntime")

EXAMPLES = Path(__file__).parents[2] / "examples"
SCHEMA = Path(rmqm_spec.__file__).with_name("documents") / "schemas" / "rank.schema.json"
MODELS = ("ntxent.onnx", "entropy.onnx")
FAST = ("--levels", "4", "--n", "40", "--no-null")


@pytest.fixture(scope="module")
def rank(rmqm):
    def run(*arguments, cwd):
        return rmqm("rank", *arguments, *FAST, cwd=cwd)

    return run


def ranked(done):
    return [one["name"] for one in done.document["ranked"]]


@pytest.fixture(scope="module")
def folder(rank, tmp_path_factory):
    """Two models, a copy of one and a broken one; the two were ranked."""
    folder = tmp_path_factory.mktemp("rank")
    shutil.copy(EXAMPLES / "digits_ntxent.onnx", folder / "ntxent.onnx")
    shutil.copy(EXAMPLES / "digits_cross_entropy.onnx", folder / "entropy.onnx")
    (folder / "more").mkdir()
    shutil.copy(folder / "ntxent.onnx", folder / "more" / "copy.onnx")
    (folder / "broken.onnx").write_bytes(b"no model")
    done = rank(*MODELS, "--out", "board", cwd=folder)
    (folder / "said.txt").write_text(done.stdout)
    assert done.returncode == 0, done.stderr
    return folder


def test_the_table_and_the_verdict(folder):
    head, first, second, *_, verdict, order, probe = (folder / "said.txt").read_text().splitlines()
    assert head.split()[:3] == ["#", "model", "RMQM"]
    assert first.split()[:2] == ["1", "ntxent"]
    assert second.split()[:2] == ["2", "entropy"]
    assert "ntxent has the highest score with probability above 0.999" in verdict
    assert "on these 40 inputs" in verdict
    assert "order is right with probability" in order
    assert "rmqm-spec probe" in probe
    assert "encoders like these (one architecture, one embedding size)" in probe
    document = json.loads((folder / "board" / "rank.json").read_text())
    assert [row["output"]["shape"] for row in document["ranked"]] == [[32], [32]]


def test_the_document_is_printed_as_its_schema_says_and_stored(rank, folder):
    done = rank(*MODELS, "--out", "board", "--json", cwd=folder)
    printed = done.document
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text())).validate(printed)
    assert printed.pop("ok") is True
    assert printed == json.loads((folder / "board" / "rank.json").read_text())
    assert done.stderr.count("nothing has changed since") == 2
    assert {path.name for path in (folder / "board").iterdir() if path.suffix != ".lock"} == {
        "rank.json", "ntxent", "entropy",
    }  # fmt: skip


@pytest.mark.parametrize("given", [("board",), ("board/ntxent", "board/entropy/result.json")])
def test_results_are_ranked_like_their_models(rank, folder, given):
    done = rank(*given, "--out", "again", "--json", cwd=folder)
    stored = json.loads((folder / "board" / "rank.json").read_text())
    assert done.document["pairs"] == stored["pairs"]


def test_patterns_folders_and_repetitions(rank, folder):
    done = rank("n*.onnx", "ntxent.onnx", "more", folder / "ntxent.onnx", "--json", cwd=folder)
    document = done.document
    assert sorted(ranked(done)) == ["more", "ntxent"]
    (pair,) = document["pairs"]
    assert (pair["difference"], pair["tied"], pair["probability"]) == (0, True, 0.5)
    assert "have the same score" in rank("ntxent.onnx", "more", cwd=folder).stdout


def test_a_model_that_fails_is_listed_and_does_not_stop_the_others(rank, folder):
    done = rank("broken.onnx", *MODELS, "missing.onnx", cwd=folder)
    assert done.returncode == 1
    assert "-  broken: failed, MOD002" in done.stdout
    assert "-  missing: failed, MOD002" in done.stdout
    assert "ntxent has the highest score" in done.stdout
    document = rank("broken.onnx", *MODELS, "--json", cwd=folder).document
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text())).validate(document)
    assert (document["ok"], document["failed"][0]["code"]) == (False, "MOD002")


def test_where_all_fail_unlike_the_document_is_still_whole(rank, rmqm, folder):
    done = rank("broken.onnx", "missing.onnx", "--json", cwd=folder)
    document = done.document
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text())).validate(document)
    assert (done.returncode, document["rmqm"], len(document["failed"])) == (1, None, 2)
    (folder / "all_failed.json").write_text(done.stdout)
    valid = rmqm("validate", "all_failed.json", cwd=folder)
    assert (valid.returncode, valid.stderr) == (0, "")


@pytest.fixture(scope="module")
def pictures(folder):
    """Six photos, one of them twice in other files, a damaged one and one that is none."""
    photos = folder / "photos"
    photos.mkdir()
    values = np.random.default_rng(0).integers(0, 256, (6, 8, 8), dtype=np.uint8)
    for number, value in enumerate(values):
        Image.fromarray(value).save(photos / f"{number}.png")
    Image.fromarray(values[0]).save(photos / "again.bmp")
    whole = (photos / "1.png").read_bytes()
    (photos / "damaged.png").write_bytes(whole[: len(whole) * 3 // 4])
    (photos / "text.png").write_text("no picture")
    return photos


def test_what_was_left_out_stands_beside_the_answer(rmqm, folder, pictures):
    given = ("rank", *MODELS, "--data", pictures, "--levels", "4", "--no-null", "--out", "fewer")
    said = rmqm(*given, cwd=folder)
    assert said.returncode == 0, said.stderr
    assert (
        "  Left out of 9 inputs: 1 because the file is not an image in a format that is decoded "
        "(IMG002), 1 because the image file is damaged (IMG003), 1 because another input has the "
        "same content.\n"
    ) in said.stdout
    document = rmqm(*given, "--json", cwd=folder).document
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text())).validate(document)
    counted = {one["code"]: (one["count"], one["encoders"]) for one in document["left_out"]}
    names = ["ntxent", "entropy"]
    assert counted == {"IMG002": (1, names), "IMG003": (1, names), None: (1, names)}
    assert {one["counts"]["used"] for one in document["ranked"]} == {document["inputs"]} == {6}
    assert rmqm("validate", "fewer/rank.json", cwd=folder).returncode == 0
    document["left_out"][0]["count"] = 2
    (folder / "fewer" / "rank.json").write_text(json.dumps(document))
    assert rmqm("validate", "fewer/rank.json", cwd=folder).returncode == 1


@pytest.mark.parametrize(
    ("arguments", "exit_code", "code", "named"),
    [
        ((*MODELS, "--data", "nowhere"), 3, "DAT", "nowhere"),
        ((*MODELS, "--alteration", "pgd"), 2, "GRA016", "ranks encoders"),
        ((*MODELS, "--precision", "0.1"), 2, "ARG001", "--precision"),
        ((), 2, "ARG001", "none"),
        (("x*.onnx",), 2, "ARG001", "x*.onnx"),
        (("--models", "absent.toml"), 3, "RNK004", "absent.toml"),
    ],
)
def test_what_is_refused(rank, folder, arguments, exit_code, code, named):
    done = rank(*arguments, "--json", cwd=folder)
    error = done.document["error"]
    assert (done.returncode, error["code"][: len(code)]) == (exit_code, code)
    assert named in error["message"]


def test_results_of_other_protocols_are_refused_by_the_field(rank, rmqm, folder):
    other = rmqm(
        "score", "entropy.onnx", "--levels", "5", "--n", "40", "--no-null", "--out", "five",
        cwd=folder,
    )  # fmt: skip
    assert other.returncode == 0
    done = rank("board/ntxent", "five", "--out", "never", cwd=folder)
    assert done.returncode == 2
    assert "CMP001" in done.stderr
    assert "alteration.J is 4 against 5" in done.stderr
    assert not (folder / "never").exists()


def test_models_with_settings_of_their_own(rank, folder):
    (folder / "own.toml").write_text(
        '[plain]\npath = "ntxent.onnx"\n'
        '[shifted]\npath = "ntxent.onnx"\nmean = [0.5]\nstd = 0.25\nbatch-size = 3\n'
        '[old]\npath = "board/entropy"\n'
    )
    done = rank("--models", "own.toml", "--json", cwd=folder)
    document = done.document
    assert sorted(ranked(done)) == ["old", "plain", "shifted"]
    scores = {one["name"]: one["rmqm"] for one in document["ranked"]}
    assert scores["plain"] != scores["shifted"]
    stored = {one["name"]: one for one in document["ranked"]}["shifted"]["result"]
    told = json.loads((folder / stored).read_text())
    assert told["preprocessing"]["mean"] == [0.5]
    assert told["runtime"]["batch_size"] == 3


@pytest.mark.parametrize(
    ("table", "named"),
    [
        ('path = "ntxent.onnx"\nmaen = 1', "maen"),
        ("mean = 1", "path"),
        ('path = "ntxent.onnx"\nmean = true', "mean"),
        ('path = "ntxent.onnx"\nthreads = "two"', "threads"),
        ('path = "board/ntxent"\nmean = 1', "result"),
    ],
)
def test_wrong_settings_are_named(rank, folder, table, named):
    (folder / "wrong.toml").write_text(f"[one]\n{table}\n")
    done = rank("--models", "wrong.toml", cwd=folder)
    assert done.returncode == 2
    assert "[one] of wrong.toml" in done.stderr
    assert named in done.stderr


def test_nothing_else_is_replaced_by_a_ranking(rank, folder):
    board = folder / "kept"
    board.mkdir()
    mine = board / "rank.json"
    mine.write_text('{"my": "own"}')
    done = rank("ntxent.onnx", "--out", "kept", cwd=folder)
    assert (done.returncode, mine.read_text()) == (0, '{"my": "own"}')
    assert "ARG004" in done.stderr
    (beside,) = folder.glob("kept-*/rank.json")
    assert [one["name"] for one in json.loads(beside.read_text())["ranked"]] == ["ntxent"]

    forced = rank("ntxent.onnx", "--out", "kept", "--force", cwd=folder)
    assert "ARG004" not in forced.stderr
    more = rank(*MODELS, "--out", "kept", cwd=folder)
    assert "ARG004" not in more.stderr
    both = mine.read_text()
    fewer = rank("entropy.onnx", "--out", "kept", cwd=folder)
    assert "ARG004" in fewer.stderr
    assert (mine.read_text(), len(json.loads(both)["ranked"])) == (both, 2)


@pytest.mark.parametrize(
    "text", ['{"schema": "rmqm-rank/1"}', '{"schema": "rmqm-rank/1", "ranked": 5}', "[]", "{"]
)
def test_a_ranking_that_somebody_changed_is_left_alone(rank, folder, tmp_path, text):
    (tmp_path / "rank.json").write_text(text)
    done = rank("board", "--out", tmp_path, cwd=folder)
    assert (done.returncode, (tmp_path / "rank.json").read_text()) == (0, text)
    assert "ARG004" in done.stderr
    assert "holds a ranking that is damaged or no ranking at all" in done.stderr
    forced = rank("board", "--out", tmp_path, "--force", cwd=folder)
    assert "ARG004" not in forced.stderr


def test_nulls_stand_beside_the_scores(rmqm, folder):
    done = rmqm("rank", *MODELS, "--n", "60", "--out", "nulls", cwd=folder)
    assert done.returncode == 0
    head, *_ = done.stdout.splitlines()
    assert "null" in head
    assert "* the null is not below the trained network" in done.stdout
    assert "Not above the same network with permuted weights: " in done.stdout
    assert "SCO008" in done.stderr
