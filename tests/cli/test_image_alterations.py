"""Scores and rankings under alterations of images, as a user meets them."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from functools import partial
from importlib.resources import files
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from rmqm_spec.contracts.registry import alteration_kind

pytest.importorskip("onnxruntime")

EXAMPLES = Path(__file__).parents[2] / "examples"
MODEL = EXAMPLES / "digits_ntxent.onnx"
GREY = (
    "rotation",
    "translation",
    "scaling",
    "crop",
    "flip",
    "brightness",
    "contrast",
    "blur",
    "jpeg",
)
SHARED = Path(__file__).parents[3] / "shared"
EAGER = """
from rmqm_spec.evaluation import checkpoints
checkpoints.SECONDS_PER_CHECKPOINT = 0.02
"""


@pytest.fixture(scope="module")
def score(rmqm):
    return partial(rmqm, "score", MODEL, "--no-null")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("images")
    shutil.copy(MODEL, folder / "ntxent.onnx")
    shutil.copy(EXAMPLES / "digits_cross_entropy.onnx", folder / "entropy.onnx")
    images = np.random.default_rng(0).integers(0, 256, (1000, 8, 8), dtype=np.uint8)
    np.save(folder / "data.npy", images)
    return folder


def levels(name):
    return () if name == "flip" else ("--levels", "3")


def same_files(one, other):
    names = ("distances.npz", "per_input.csv")
    return all((one / name).read_bytes() == (other / name).read_bytes() for name in names)


@pytest.mark.parametrize("name", GREY)
def test_a_score_its_document_and_its_page(score, rmqm, folder, name):
    arguments = ("--n", 6, "--alteration", name, *levels(name), "--out", name)
    page = ("--report", f"{name}.html")
    done = score(*arguments, *page, "--measure", "instance-retrieval", "--json", cwd=folder)
    document = done.document
    # A flip is one level: there are no steps, so RMQM is undefined, and other measures are not.
    assert (done.returncode, document["status"]) == (
        (1, "constant-steps") if name == "flip" else (0, "ok")
    )
    assert document["measures"]["instance-retrieval"]["value"] is not None
    schema = files("rmqm_spec").joinpath("documents/schemas/result.schema.json").read_text("utf-8")
    stored = json.loads((folder / name / "result.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(json.loads(schema)).validate(stored)
    checked = rmqm("validate", f"{name}/result.json", cwd=folder)
    assert (checked.returncode, "NOT VALID" in checked.stdout) == (0, False)
    html = (folder / f"{name}.html").read_text("utf-8")
    kind = alteration_kind(name)
    assert kind.about_levels in html
    assert "GRA016" in html or name == "flip"
    assert html.count("data:image/png") >= 6
    again = score(*arguments, "--measure", "instance-retrieval", cwd=folder)
    assert again.returncode == done.returncode
    assert "instance retrieval" in again.stdout.lower()


def test_a_protocol_that_was_edited_is_found(score, rmqm, folder):
    score("--n", 4, "--alteration", "crop", "--levels", 3, "--out", "edited", cwd=folder)
    path = folder / "edited/result.json"
    for change in ({"kept": 0}, {"place": "left"}, {"schedule": "side_j = j / J"}):
        document = json.loads(path.read_text("utf-8"))
        document["protocol"]["alteration"] |= change
        (folder / "edited.json").write_text(json.dumps(document))
        checked = rmqm("validate", "edited.json", cwd=folder)
        assert checked.returncode == 1
        assert next(iter(change)) in checked.stdout


def test_the_command_on_the_page_gives_the_same_bits(score, rmqm, folder):
    options = ("--largest-angle", "90", "--sign", "minus", "--fill", "mean", "--levels", "3")
    first = ("--n", 5, "--alteration", "rotation", *options)
    score(*first, "--out", "first", "--report", "first.html", cwd=folder)
    html = (folder / "first.html").read_text("utf-8")
    for typed in ("--alteration rotation", "--largest-angle 90.0", "--sign minus", "--fill mean"):
        assert typed in html
    other = ("--n", 5, "--alteration", "rotation", "--largest-angle", "90.0", *options[2:])
    score(*other, "--out", "second", cwd=folder)
    assert same_files(folder / "first", folder / "second")


def test_an_interrupted_score_goes_on_and_ends_with_the_same_bits(score, rmqm, folder):
    asked = ("--data", "data.npy", "--alteration", "rotation")
    assert score(*asked, "--out", "whole", cwd=folder).returncode == 0
    worker = rmqm.start(
        "score", MODEL, "--no-null", *asked, "--out", "stopped", cwd=folder, before=EAGER
    )
    while not list((folder / "stopped").glob("checkpoints-*/*.npz")):
        assert worker.poll() is None, worker.stderr.read()
        time.sleep(0.02)
    worker.send_signal(signal.SIGINT)
    worker.communicate(timeout=60)
    assert not (folder / "stopped/result.json").exists()
    went_on = score(*asked, "--out", "stopped", cwd=folder)
    assert went_on.returncode == 0
    assert "  resuming after " in went_on.stderr
    assert same_files(folder / "whole", folder / "stopped")


def test_processes_give_the_same_bits_as_threads(score, folder):
    asked = ("--data", "data.npy", "--n", 120, "--alteration", "crop", "--levels", 6)
    assert score(*asked, "--out", "threads", cwd=folder).returncode == 0
    pool = ("--executor", "processes", "--workers", "2")
    assert score(*asked, *pool, "--out", "processes", cwd=folder).returncode == 0
    assert same_files(folder / "threads", folder / "processes")


RANK = ("rank", "ntxent.onnx", "entropy.onnx", "--n", 40, "--no-null", "--alteration", "rotation")


def test_rmqm_under_rotation_ranks_nothing_and_the_remedy_does(rmqm, folder):
    refused = rmqm(*RANK, "--levels", 10, "--json", cwd=folder)
    error = refused.document["error"]
    assert (refused.returncode, error["code"]) == (2, "GRA016")
    assert "--by relative-displacement" in error["fix"]
    asked = (*RANK, "--levels", 10, "--by", "relative-displacement", "--out", "ranked")
    done = rmqm(*asked, "--report", "ranked.html", cwd=folder)
    assert done.returncode == 0
    said = " ".join(done.stdout.split())
    assert "No study has held Relative displacement under rotation against accuracy" in said
    assert "By RMQM" not in said
    assert rmqm("validate", "ranked/rank.json", cwd=folder).returncode == 0
    html = (folder / "ranked.html").read_text("utf-8")
    assert "These scores do not rank encoders" in html
    assert "In the order of Relative displacement" in html
    assert "a path depends on the loss" not in html


def test_a_measure_of_unaltered_inputs_keeps_its_evidence(rmqm, folder):
    done = rmqm(*RANK, "--levels", 2, "--by", "rankme@16", "--out", "rankme", cwd=folder)
    assert done.returncode == 0
    assert "Evidence: in a study" in " ".join(done.stdout.split())
    assert "No study has held" not in done.stdout


@pytest.mark.parametrize("by", ["rmqm:low", "rmqm@16"])
def test_rmqm_by_another_name_is_refused_too(rmqm, folder, by):
    done = rmqm(*RANK, "--levels", 2, "--by", by, "--json", cwd=folder)
    assert (done.returncode, done.document["error"]["code"]) == (2, "GRA016")


def test_stored_results_are_ranked_by_the_measure_alone(score, rmqm, folder):
    asked = ("--n", 30, "--alteration", "blur", "--levels", 4, "--measure", "instance-retrieval")
    score(*asked, "--out", "one", cwd=folder)
    rmqm("score", "entropy.onnx", "--no-null", *asked, "--out", "other", cwd=folder)
    refused = rmqm("rank", "one", "other", "--json", cwd=folder)
    assert (refused.returncode, refused.document["error"]["code"]) == (2, "GRA016")
    done = rmqm("rank", "one", "other", "--by", "instance-retrieval", "--out", "b", cwd=folder)
    assert done.returncode == 0, done.stderr


def test_arrays_are_refused_and_the_remedies_work(score, folder):
    array = ("--layout", "array", "--data", "array.npy", "--n", 4, "--levels", 3)
    images = np.load(folder / "data.npy")[:9] / np.float32(255)
    np.save(folder / "array.npy", images[:, None])
    refused = score(*array, "--alteration", "rotation", "--json", cwd=folder)
    error = refused.document["error"]
    assert (refused.returncode, error["code"]) == (2, "ALT003")
    assert "--alteration white-noise" in error["fix"]
    assert "--layout nchw" in error["fix"]
    assert score(*array, "--alteration", "white-noise", cwd=folder).returncode == 0
    named = ("--layout", "nchw", *array[2:], "--alteration", "rotation")
    assert score(*named, cwd=folder).returncode == 0


def test_grey_images_have_no_saturation_and_the_remedy_works(score, folder):
    asked = ("--n", 4, "--levels", 3, "--json")
    refused = score(*asked, "--alteration", "saturation", cwd=folder)
    error = refused.document["error"]
    assert (refused.returncode, error["code"]) == (2, "ALT003")
    assert "--alteration rotation" in error["fix"]
    assert score(*asked, "--alteration", "rotation", cwd=folder).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--alteration", "flip", "--levels", 2), "a flip must have 1 level; got 2"),
        (("--alteration", "jpeg", "--levels", 99), "must have at most 95 levels; got 99"),
        (("--alteration", "jpeg", "--lowest-quality", 100), "--lowest-quality"),
        (("--alteration", "rotation", "--largest-angle", "-5"), "--largest-angle"),
        (("--alteration", "rotation", "--largest-angle", "nan"), "--largest-angle"),
        (("--alteration", "scaling", "--zoom", "1"), "--zoom"),
        (("--alteration", "crop", "--kept", "0"), "--kept"),
        (("--alteration", "blur", "--widest", "inf"), "--widest"),
        (("--alteration", "contrast", "--sign", "both"), "--sign must be one of"),
        (("--alteration", "crop", "--zoom", "2"), "--zoom must come with --alteration scaling"),
    ],
)
def test_what_is_refused(score, folder, arguments, named):
    done = score(*arguments, "--n", 2, "--json", cwd=folder)
    assert (done.returncode, done.document["error"]["code"]) == (2, "ARG001")
    assert named in done.document["error"]["message"]


def test_what_alterations_state_is_read_without_numpy():
    code = (
        "import sys; from rmqm_spec.contracts.registry import load_all; "
        "plugs, broken = load_all('alteration'); "
        "print(len(plugs), broken, sorted({'numpy', 'scipy', 'PIL'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout.split()[0]) >= 12
    assert done.stdout.rstrip().endswith("[] []")


@pytest.mark.shared
@pytest.mark.parametrize("name", [*GREY, "saturation"])
def test_a_real_network_on_real_images(rmqm, tmp_path, name):
    model = SHARED / "models/cifar10_resnet_4b.onnx"
    data = SHARED / "data/cifar10_lossless_test100.npz"
    if not model.exists() or not data.exists():
        pytest.skip("needs the folder of real models and data beside the project")
    asked = ("--output", "53", "--scale", "1", "--no-null", "--n", 20, "--out", "out")
    done = rmqm(
        "score", model, "--data", data, *asked, "--alteration", name, "--json", cwd=tmp_path
    )
    assert done.returncode == (1 if name == "flip" else 0)
    assert done.document["components"]["D"] > 0.001
