"""``rmqm-spec probe`` from outside: labels that follow inputs, documents, tables, refusals."""

from __future__ import annotations

import csv
import json
import os
import signal
import time
from functools import partial
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier

jsonschema = pytest.importorskip("jsonschema")
pytest.importorskip("onnxruntime")

EXAMPLES = Path(__file__).parents[2] / "examples"
MODEL, OTHER = str(EXAMPLES / "digits_ntxent.onnx"), str(EXAMPLES / "digits_cross_entropy.onnx")
DATA = ("--data", "digits.npz:images", "--labels", "digits.npz:labels")


@pytest.fixture(scope="module")
def probe(rmqm):
    return partial(rmqm, "probe")


def validator(name):
    text = files("rmqm_spec").joinpath(f"documents/schemas/{name}.schema.json").read_text("utf-8")
    return jsonschema.Draft202012Validator(json.loads(text))


@pytest.fixture(scope="module")
def digits():
    images, labels = load_digits(return_X_y=True)
    return (images[:300].reshape(-1, 8, 8) / 16).astype(np.float32), labels[:300]


@pytest.fixture(scope="module")
def folder(tmp_path_factory, digits):
    folder = tmp_path_factory.mktemp("probes")
    images, labels = digits
    np.savez(folder / "digits.npz", images=images, labels=labels)
    return folder


@pytest.fixture(scope="module")
def both(probe, folder):
    done = probe(MODEL, OTHER, *DATA, "--k", "1,5,20", "--out", "both", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.document


def written(folder, name="both/digits_ntxent"):
    return json.loads((folder / name / "probe.json").read_text(encoding="utf-8"))


def test_documents_follow_their_schemas(folder, both):
    validator("probes").validate(both)
    document = written(folder)
    validator("probe").validate(document)
    assert document == {k: v for k, v in both["models"][0].items() if k not in {"name", "path"}}
    for key in ("task_sha256", "probes", "split", "model"):
        assert not validator("probe").is_valid({k: v for k, v in document.items() if k != key})


def test_labels_follow_their_inputs_though_these_are_taken_in_another_order(folder, digits, both):
    _, labels = digits
    with (folder / "both/digits_ntxent/answers.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == both["models"][0]["split"]["test"]
    for row in rows:
        position = int(row["name"].rpartition("[")[2].rstrip("]"))
        assert row["label"] == str(labels[position])


def test_the_accuracy_is_that_of_scikit_learn_on_the_same_split(folder, digits, both):
    from rmqm_onnx import OpenOptions, open_encoder

    images, labels = digits
    with (folder / "both/digits_ntxent/answers.csv").open(encoding="utf-8") as stream:
        tested = {int(row["name"].rpartition("[")[2].rstrip("]")) for row in csv.DictReader(stream)}
    is_test = np.isin(np.arange(len(images)), list(tested))
    encodings = open_encoder(MODEL, OpenOptions(threads=1)).encode(images[:, None])
    encodings = encodings / np.linalg.norm(encodings.astype(float), axis=1, keepdims=True)
    fitted = KNeighborsClassifier(1, algorithm="brute").fit(encodings[~is_test], labels[~is_test])
    expected = fitted.score(encodings[is_test], labels[is_test])
    assert written(folder)["probes"]["1-nn"]["accuracy"] == pytest.approx(expected, abs=1e-12)
    assert expected > 0.9  # a network that was trained on digits


def test_both_models_answer_on_one_task_and_are_compared(both):
    one, other = both["models"]
    assert one["task_sha256"] == other["task_sha256"]
    assert [pair["probe"] for pair in both["differences"]] == ["1-nn", "20-nn", "5-nn", "linear"]
    pair = both["differences"][0]
    accuracies = {one["name"]: one["probes"]["1-nn"]["accuracy"] for one in both["models"]}
    assert pair["value"] == pytest.approx(accuracies[pair["first"]] - accuracies[pair["second"]])
    assert pair["value"] >= 0


def test_the_table(probe, folder):
    done = probe(MODEL, OTHER, *DATA, "--C", "none", "--out", "table", cwd=folder)
    assert done.returncode == 0
    head, columns, *rows = done.stdout.splitlines()
    assert head.startswith("  digits.npz:images: 10 classes, ")
    assert columns.split() == ["model", "1-nn", "5-nn"]
    assert {row.split()[0] for row in rows[:2]} == {"digits_ntxent", "digits_cross_entropy"}
    assert "=" in rows[0]
    assert "-> table/digits_ntxent/probe.json" in done.stderr


def test_the_same_run_gives_the_same_digest_and_another_goes_beside_it(probe, folder):
    first = probe(MODEL, *DATA, "--C", "1", "--out", "once", cwd=folder)
    before = written(folder, "once")
    again = probe(MODEL, *DATA, "--C", "1", "--out", "once", cwd=folder)
    assert "ARG004" not in first.stderr + again.stderr
    assert written(folder, "once")["probe_sha256"] == before["probe_sha256"]
    other = probe(MODEL, *DATA, "--C", "2", "--out", "once", cwd=folder)
    assert "ARG004" in other.stderr
    assert written(folder, "once")["probe_sha256"] == before["probe_sha256"]
    [beside] = folder.glob("once-*")
    assert written(folder, beside.name)["probes"]["linear"]["C"] == 2.0


def test_folders_are_classes_and_a_table_names_files(probe, folder, digits):
    images, labels = digits
    for number, (image, label) in enumerate(zip(images[:60], labels[:60], strict=True)):
        path = folder / f"photos/{label}/{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray((image * 255).astype(np.uint8)).save(path)
    (folder / "photos/0/broken.png").write_bytes(b"no image")
    rows = [f"{label}/{number}.png,{label}" for number, label in enumerate(labels[:60])]
    (folder / "table.csv").write_text("\n".join(["file,digit", *rows]), encoding="utf-8")
    options = ("--data", "photos", "--C", "none", "--json")
    one, other = (
        probe(MODEL, *options, "--labels", asked, "--out", out, cwd=folder).document
        for asked, out in (("folders", "by-folder"), ("table.csv:digit", "by-table"))
    )
    assert one["models"][0]["task_sha256"] == other["models"][0]["task_sha256"]
    assert one["models"][0]["classes"][0]["label"] == "0"
    codes = list(one["models"][0]["inputs"]["left_out_by_code"])
    assert len(codes) == 1
    assert codes[0].startswith("IMG")


def test_copies_with_other_labels_are_left_out_though_one_of_them_alone_is_taken(
    probe, folder, digits
):
    images, labels = (np.concatenate([one, one[:3]]) for one in digits)
    labels[-2:] = (labels[-2:] + 1) % 10
    np.savez(folder / "copies.npz", images=images, labels=labels)
    options = ("--data", "copies.npz:images", "--labels", "copies.npz:labels", "--C", "none")
    done = probe(MODEL, *options, "--out", "copies", "--json", cwd=folder)
    [document] = done.document["models"]
    assert document["inputs"]["left_out_by_code"] == {"PRB002": 2}
    assert document["split"]["train"] + document["split"]["test"] == 298
    assert "must have one label in all its copies" in done.stderr


def test_a_training_set_of_its_own(probe, folder):
    train = ("--train-data", "digits.npz:images", "--train-labels", "digits.npz:labels")
    done = probe(MODEL, *DATA, *train, "--json", cwd=folder)
    assert done.returncode == 2
    assert "PRB004" in done.stderr
    assert "must not be among the training inputs" in done.stderr
    images, labels = (np.load(folder / "digits.npz")[key] for key in ("images", "labels"))
    np.savez(folder / "train.npz", images=images[:200], labels=labels[:200])
    train = ("--train-data", "train.npz:images", "--train-labels", "train.npz:labels")
    done = probe(MODEL, *DATA, *train, "--out", "given", "--json", cwd=folder)
    document = done.document["models"][0]
    assert document["split"]["rule"] == "given"
    assert (document["split"]["train"], document["split"]["test"]) == (200, 100)
    assert document["inputs"]["left_out_by_code"] == {"PRB005": 200}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--data", "digits.npz:images"], 2, "PRB012"),
        ([], 2, "--data must name labelled inputs"),
        ([*DATA, "--k", "0"], 2, "--k must be whole numbers from 1"),
        ([*DATA, "--k", "9999"], 2, "PRB006"),
        ([*DATA, "--C", "0"], 2, "--C must be numbers above 0"),
        ([*DATA, "--train-share", "1.5"], 2, "between 0 and 1; got 1.5"),
        ([*DATA, "--train-labels", "x.npy"], 2, "--train-labels must come with --train-data"),
        (["--data", "digits.npz:images", "--labels", "none.npy"], 3, "DAT001"),
        (["--data", "digits.npz:images", "--labels", "digits.npz:images"], 2, "PRB011"),
        (["--data", "digits.npz:images", "--labels", "digits.npz:digits"], 2, "DAT006"),
    ],
)
def test_refusals(probe, folder, arguments, code, said):
    done = probe(MODEL, *arguments, cwd=folder)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert done.stdout == ""


def test_one_bad_model_does_not_spoil_the_others(probe, folder):
    (folder / "bad.onnx").write_bytes(b"no model")
    done = probe("bad.onnx", MODEL, *DATA, "--C", "none", "--out", "some", "--json", cwd=folder)
    document = done.document
    validator("probes").validate(document)
    assert done.returncode == 3
    assert not document["ok"]
    assert [one["name"] for one in document["failed"]] == ["bad"]
    assert [one["name"] for one in document["models"]] == ["digits_ntxent"]


def test_a_fault_of_the_data_is_not_told_of_every_model(probe, folder):
    done = probe(MODEL, OTHER, MODEL, "--data", "none.npy", "--labels", "x.npy", cwd=folder)
    assert done.returncode == 3
    assert done.stderr.splitlines()[-2].startswith("error DAT001")
    assert done.stderr.count("DAT001") == 1


def test_a_file_of_settings_gives_each_model_its_own(probe, folder):
    table = f'[plain]\npath = "{MODEL}"\n[half]\npath = "{MODEL}"\nscale = 0.5\n'
    (folder / "models.toml").write_text(table, encoding="utf-8")
    options = ("--models", "models.toml", "--C", "none", "--out", "own", "--json")
    done = probe(*options, *DATA, cwd=folder)
    found = {one["name"]: one for one in done.document["models"]}
    assert list(found) == ["plain", "half"]
    assert found["half"]["preprocessing"]["scale"] == 0.5
    refused = probe("own", *DATA, cwd=folder)
    assert refused.returncode != 0


def test_an_interrupt_says_what_is_written(rmqm, folder):
    images = np.random.default_rng(0).random((6000, 8, 8), dtype=np.float32)
    np.savez(folder / "many.npz", images=images, labels=np.arange(6000) % 300)
    options = ("--data", "many.npz:images", "--labels", "many.npz:labels", "--C", "1e9,1e10")
    with rmqm.start("probe", MODEL, *options, "--out", "stopped", cwd=folder) as running:
        assert "to learn from" in running.stderr.readline()
        time.sleep(0.5)
        os.kill(running.pid, signal.SIGINT)
        said = running.stderr.read()
        assert running.wait(timeout=60) == 5
    assert "it was interrupted while digits_ntxent was probed" in said
    assert not (folder / "stopped/probe.json").exists()
