"""Nothing about the inputs is passed over in silence."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import rmqm_spec
from rmqm_spec.contracts.inputs import InputSpec
from rmqm_spec.contracts.preprocessing import Preprocessing
from rmqm_spec.inputs.prepared import open_inputs
from rmqm_spec.runs.array_remarks import float_findings

pytest.importorskip("onnxruntime")

MODEL = Path(__file__).parents[2] / "examples/digits_ntxent.onnx"


@pytest.fixture(scope="module")
def run(rmqm):
    def in_json(*arguments, cwd):
        done = rmqm(*arguments, "--json", cwd=cwd)
        return done.returncode, done.document

    return in_json


def finding(document, code):
    (found,) = (one for one in document["findings"] if one["code"] == code)
    return found["level"], found["message"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three images, a copy of one, a broken one, and two files that are no images."""
    folder = tmp_path_factory.mktemp("inputs")
    images = folder / "bilder für alle"
    images.mkdir()
    values = np.random.default_rng(0).integers(0, 256, (3, 8, 8), dtype=np.uint8)
    for k, one in enumerate(values):
        Image.fromarray(one).save(images / f"{k}.png")
    shutil.copy(images / "0.png", images / "ähnlich.png")
    (images / "kaputt.png").write_bytes(b"\x89PNG broken")
    for name in ("notes.txt", "list.csv"):
        (images / name).write_text("no image")
    (folder / "empty").mkdir()
    (folder / "broken").mkdir()
    for k in range(2):
        (folder / "broken" / f"{k}.png").write_bytes(b"no image %d" % k)
    np.save(folder / "few.npy", values)
    return folder


@pytest.fixture(scope="module", params=["check", "score"])
def judged(run, request, folder):
    out = ["--out", "out"] if request.param == "score" else []
    return run(request.param, str(MODEL), "--data", "bilder für alle", *out, cwd=folder)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("DAT019", ("ok", "2 file(s) without the name of an image were not opened")),
        ("DAT020", ("warn", "1 input(s) repeat another one and are left out")),
    ],
)
def test_files_that_do_not_count_are_told(judged, code, told):
    assert finding(judged[1], code) == told


def test_a_broken_image_is_left_out_and_the_rest_is_scored(judged):
    exit_code, document = judged
    (skipped,) = document["inputs"]["skipped"]
    counts = document["counts"]["used"], document["counts"]["unreadable"]
    assert (exit_code, counts) == (0, (3, 1))
    assert (skipped["name"], skipped["code"]) == ("bilder für alle/kaputt.png", "IMG002")


@pytest.mark.parametrize("command", ["check", "score"])
@pytest.mark.parametrize(("name", "code"), [("empty", "DAT002"), ("broken", "DAT018")])
def test_a_folder_without_a_readable_image_has_no_score(run, folder, command, name, code):
    exit_code, document = run(command, str(MODEL), "--data", name, cwd=folder)
    assert (exit_code, document["error"]["code"], document["rmqm"]) == (3, code, None)


@pytest.mark.parametrize("command", ["check", "score"])
def test_fewer_inputs_than_asked_for_are_told(run, folder, command):
    _, document = run(command, str(MODEL), "--data", "few.npy", "--n", "9", cwd=folder)
    assert finding(document, "DAT021") == (
        "warn",
        "--n asks for 9 inputs; there are 3 different ones",
    )


def test_a_check_of_one_input_does_not_call_the_encoder_collapsed(run, folder):
    exit_code, document = run("check", str(MODEL), "--n", "1", cwd=folder)
    assert (exit_code, document["interval"], document["rmqm"] > 0) == (0, None, True)


def test_names_of_files_may_hold_any_byte(run, folder):
    shutil.copy(MODEL, folder / "möd el\n.onnx")
    images = folder / os.fsdecode(b"images \xfe")
    shutil.copytree(folder / "bilder für alle", images)
    arguments = ["möd el\n.onnx", "--data", images.name, "--out", "odd"]
    exit_code, document = run("score", *arguments, cwd=folder)
    assert (exit_code, document["inputs"]["source"]) == (0, "images \\udcfe")


def test_a_data_file_of_the_wrong_kind_is_no_traceback(run, folder):
    exit_code, document = run("check", str(MODEL), "--data", str(MODEL), cwd=folder)
    assert (exit_code, document["error"]["code"]) == (2, "DAT004")


@pytest.fixture(scope="module")
def floats(folder):
    """Eight-bit pixels as uint8, as floats of both usual ranges, and values in decibels."""
    pixels = np.random.default_rng(1).integers(0, 256, (6, 8, 8), dtype=np.uint8)
    np.save(folder / "bytes.npy", pixels)
    np.save(folder / "unit.npy", pixels.astype(np.float32) / 255)
    np.save(folder / "large.npy", pixels.astype(np.float32))
    np.save(folder / "decibels.npy", np.random.default_rng(1).uniform(-80, 0, (6, 8, 8)))
    return folder


def codes(document):
    return {found["code"] for found in document["findings"] if found["code"] in KINDS_OF_FLOATS}


KINDS_OF_FLOATS = {"DAT030", "DAT031"}


@pytest.mark.parametrize("command", ["check", "score", "probe"])
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["bytes.npy"], set()),
        (["unit.npy"], {"DAT031"}),
        (["large.npy", "--range", "0,255", "--scale", "1"], {"DAT030", "DAT031"}),
        (["large.npy", "--range", "0,255"], {"DAT030", "DAT031"}),
        (["decibels.npy", "--range=-80,0"], {"DAT030"}),
    ],
)
def test_what_becomes_of_floats_is_told(run, floats, command, arguments, expected):
    if command == "probe":
        np.save(floats / "y.npy", np.arange(6) % 2)
        arguments = [*arguments, "--labels", "y.npy", "--k", "1"]
    document = run(command, str(MODEL), "--data", *arguments, cwd=floats)[1]
    (document,) = document.get("models", (document,))
    assert codes(document) == expected


def test_floats_that_go_in_as_they_are_are_told():
    spec = InputSpec(kind="image", shape=(1, 8, 8))
    values = np.random.default_rng(1).uniform(-80, 0, (6, 8, 8))
    for preprocessing, told in (
        (Preprocessing(), "declared in [-80, 0], go into the network as they are"),
        (Preprocessing(source="flags"), "are mapped from [-80, 0] to [0, 1]"),
    ):
        prepared = open_inputs(values, spec, preprocessing, value_range=(-80, 0))
        (found,) = float_findings(prepared)
        assert (found.code, found.level) == ("DAT030", "warn")
        assert told in found.message


def test_what_the_findings_on_floats_advise_gives_the_same_pixels(run, floats):
    def score(*arguments):
        document = run("score", str(MODEL), "--no-null", "--levels", "4", *arguments, cwd=floats)[1]
        return document["rmqm"], document

    expected = score("--data", "bytes.npy")[0]
    other, document = score("--data", "unit.npy")
    assert other != expected
    (advice,) = (one["fix"] for one in document["findings"] if one["code"] == "DAT031")
    expression = advice.partition("save ")[2].rstrip(".")
    saved = eval(expression, {"numpy": np, "x": np.load(floats / "unit.npy")})
    np.save(floats / "again.npy", saved)
    again, document = score("--data", "again.npy")
    assert (again, codes(document)) == (expected, set())


def test_the_same_pixels_are_the_same_input_from_files_and_arrays(run, floats):
    """Files, an array on disk, and an array in Python; as floats they would be others (DAT031)."""
    pixels = np.load(floats / "bytes.npy")
    (floats / "pixels").mkdir()
    for k, image in enumerate(pixels):
        Image.fromarray(image).save(floats / "pixels" / f"{k}.png")
    options = ["--no-null", "--levels", "4"]
    found = [
        run("score", str(MODEL), "--data", data, *options, cwd=floats)[1]
        for data in ("pixels", "bytes.npy")
    ]
    in_python = rmqm_spec.score(
        MODEL, data=pixels, null=False, levels=4, listener=rmqm_spec.Listener(), out=floats / "py"
    )
    assert len({document["inputs"]["ids_sha256"] for document in found}) == 1
    assert {document["rmqm"] for document in found} == {in_python.rmqm}
