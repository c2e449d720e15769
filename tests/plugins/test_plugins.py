"""The four example plugs, installed beside the package in a fresh environment, and a broken one."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

jsonschema = pytest.importorskip("jsonschema")
pytest.importorskip("onnxruntime")
pytest.importorskip("pip")

ROOT = Path(__file__).parents[2]
PLUGINS = sorted((ROOT / "examples/plugins").glob("*/pyproject.toml"))
NTXENT, CROSS_ENTROPY = (
    str(ROOT / "examples" / name) for name in ("digits_ntxent.onnx", "digits_cross_entropy.onnx")
)
GROUPS = ("backends", "alterations", "measures", "executors")


BROKEN = """
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "rmqm-broken"
version = "0.1.0"

[tool.hatch.build.targets.wheel]
include = ["rmqm_broken.py"]
""" + "".join(
    f'\n[project.entry-points."rmqm_spec.{group}"]\nbroken = "rmqm_broken:PLUG"\n'
    for group in GROUPS
)


def pip(python, *arguments):
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "No matching distribution found for hatchling" in done.stderr:
        pytest.skip("needs hatchling from a package index, which cannot be reached")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """
    Make an environment with the package, the four plugs and a broken one, as pip installs them.

    What these depend on is that of the environment of the tests.
    """
    folder = tmp_path_factory.mktemp("environment")
    command = [sys.executable, "-m", "venv", "--without-pip", str(folder / "venv")]
    subprocess.run(command, check=True, timeout=120)
    (site_packages,) = (folder / "venv").rglob("site-packages")
    shared = {sysconfig.get_path(name) for name in ("purelib", "platlib")}
    (site_packages / "tests.pth").write_text("\n".join(sorted(shared)) + "\n", encoding="utf-8")
    broken = folder / "rmqm-broken"
    broken.mkdir()
    (broken / "pyproject.toml").write_text(BROKEN, encoding="utf-8")
    (broken / "rmqm_broken.py").write_text("raise RuntimeError('spilt milk')\n", encoding="utf-8")
    python = folder / "venv/bin/python"
    pip(python, "hatchling>=1.27")
    plugins = [str(path.parent) for path in PLUGINS]
    pip(python, "--no-deps", "--no-build-isolation", str(ROOT), *plugins, str(broken))
    return python


@pytest.fixture(scope="module")
def run(python, tmp_path_factory):
    """Return a function that runs a command in one and the same folder."""
    folder = tmp_path_factory.mktemp("work")

    def run(*arguments, code=0):
        command = [str(python), "-m", "rmqm_spec", *map(str, arguments)]
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False, timeout=300
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done

    run.folder = folder
    return run


def read(run, path):
    return json.loads((run.folder / path).read_text(encoding="utf-8"))


def assert_valid(run, path, schema):
    """Hold a document against its schema, and against everything that `validate` knows."""
    text = files("rmqm_spec").joinpath(f"documents/schemas/{schema}.schema.json").read_text("utf-8")
    jsonschema.Draft202012Validator(json.loads(text)).validate(read(run, path))
    assert "NOT VALID" not in run("validate", path).stdout


@pytest.fixture(scope="module")
def scored(run):
    """Score with the measure and the alteration at once, with a report."""
    plugs = ["--measure", "effective-rank", "--alteration", "gaussian-blur", "--widest", "2"]
    out = ["--out", "scored", "--report", "scored.html"]
    return run("score", NTXENT, "--n", 12, "--levels", 6, *plugs, *out)


@pytest.fixture(scope="module")
def ranked(run):
    plugs = ["--measure", "effective-rank", "--alteration", "gaussian-blur"]
    out = ["--out", "ranked", "--report", "ranked.html"]
    return run("rank", NTXENT, CROSS_ENTROPY, "--n", 8, "--levels", 4, *plugs, *out)


@pytest.fixture(scope="module")
def networks(run):
    """Write a network on images of digits, one on rows of numbers, and such rows."""
    random = np.random.default_rng(0)

    def normal(*shape):
        return random.normal(size=shape).astype(np.float32) / np.float32(shape[0] ** 0.5)

    layers = {"biases_0": normal(24), "weights_1": normal(24, 10), "biases_1": normal(10)}
    image = {"weights_0": normal(64, 24), **layers, "shape": np.array([1, 8, 8])}
    np.savez(run.folder / "image.mlp.npz", **image)
    np.savez(run.folder / "rows.mlp.npz", weights_0=normal(16, 24), **layers)
    np.save(run.folder / "rows.npy", random.random((9, 16), dtype=np.float32))
    return image


def test_the_package_under_test_is_the_one_that_was_installed(python):
    code = "import rmqm_spec, rmqm_effective_rank as plug; print(rmqm_spec.__file__, plug.__file__)"
    done = subprocess.run(
        [str(python), "-c", code], capture_output=True, text=True, check=True, cwd="/"
    )
    assert all(path.startswith(str(python.parents[1])) for path in done.stdout.split())


def test_the_examples_in_the_docstrings_of_the_plugs_hold(python):
    modules = [str(path) for path in ROOT.glob("examples/plugins/*/*.py")]
    command = [str(python), "-m", "doctest", *modules]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    assert (done.returncode, done.stdout) == (0, "")
    assert len(modules) == len(PLUGINS) == 4


@pytest.mark.parametrize("command", ["score", "rank"])
def test_help_shows_the_options_of_plugs(run, command):
    shown = run(command, "--help").stdout
    assert "--widest" in shown
    assert "--processes" in shown
    assert "gaussian-blur" in shown
    assert "process-pool" in shown


def test_measures_lists_the_measure_and_names_the_broken_plug(run):
    done = run("measures")
    assert "Effective rank: How many directions" in done.stdout
    assert "rmqm " in done.stdout
    assert "broken" in done.stderr
    assert "spilt milk" in done.stderr


def test_measures_as_json(run):
    listed = {
        measure["name"]: measure
        for measure in json.loads(run("measures", "--json").stdout)["measures"]
    }
    assert listed["effective-rank"]["needs"] == ["unaltered"]
    assert [column["name"] for column in listed["effective-rank"]["columns"]] == ["encodings"]


def test_the_doctor_lists_every_plug_and_what_is_wrong_with_one(run):
    document = json.loads(run("doctor", "--json").stdout)
    text = json.dumps(document)
    for name in ("effective-rank", "gaussian-blur", "process-pool", "numpy"):
        assert f'"{name}"' in text
    assert text.count("spilt milk") == len(GROUPS)


@pytest.mark.parametrize(
    "option", [("--measure",), ("--alteration",), ("--executor",), ("--backend",)]
)
def test_a_broken_plug_is_named_where_it_is_asked_for(run, option):
    done = run("score", NTXENT, "--n", 2, *option, "broken", code=4)
    assert "ENV004" in done.stderr
    assert "spilt milk" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_score_holds_the_measure(run, scored):
    measured = read(run, "scored/result.json")["measures"]["effective-rank"]
    low, high = measured["interval"]
    assert low < measured["value"] < high
    assert measured["title"] == "Effective rank"
    assert "Effective rank" in scored.stdout
    with np.load(run.folder / "scored/measures.npz", allow_pickle=False) as columns:
        encodings = columns["effective-rank.encodings"].astype(np.float64)
    shares = np.linalg.svd(encodings, compute_uv=False)
    shares = shares / shares.sum()
    assert measured["value"] == pytest.approx(np.exp(-(shares * np.log(shares)).sum()))


def test_the_measure_is_fed_with_encodings_of_unaltered_inputs(run, scored):
    import onnxruntime
    from sklearn.datasets import load_digits

    images = (load_digits().images / 16).astype(np.float32)[:, None]
    session = onnxruntime.InferenceSession(NTXENT, providers=["CPUExecutionProvider"])
    (all_encodings,) = session.run(["embedding"], {"input": images})
    with np.load(run.folder / "scored/measures.npz", allow_pickle=False) as columns:
        kept = columns["effective-rank.encodings"]
    distances = np.abs(kept[:, None] - all_encodings).max(axis=2).min(axis=1)
    assert distances.max() < 1e-2  # images of digits are read as bytes


def test_a_score_holds_the_alteration(run, scored):
    document = read(run, "scored/result.json")
    assert document["protocol"]["alteration"] == {
        "name": "gaussian-blur",
        "J": 6,
        "schedule": "sigma_j = widest * j / J",
        "bounds": [0.0, 1.0],
        "seed": 0,
        "widest": 2.0,
    }
    assert "Gaussian blur of 6 levels up to 2 pixels" in scored.stderr
    assert document["null"]["status"] == "ok"


def test_another_option_is_another_protocol(run, scored):
    run("score", NTXENT, "--n", 12, "--levels", 6, "--alteration", "gaussian-blur", "--out", "wide")
    digests = {read(run, f"{one}/result.json")["protocol_sha256"] for one in ("scored", "wide")}
    assert len(digests) == 2


def test_a_result_with_plugs_is_valid(run, scored):
    assert_valid(run, "scored/result.json", "result")


def test_a_report_shows_measure_and_alteration(run, scored):
    page = (run.folder / "scored.html").read_text(encoding="utf-8")
    assert "Effective rank" in page
    assert "Gaussian blur" in page
    assert "level (blur: level/6 of 2 pixels)" in page
    assert "white noise" not in page
    assert "--measure effective-rank" in page
    assert "--widest 2" in page


def test_the_same_command_finds_its_result_again(run, scored):
    plugs = ["--measure", "effective-rank", "--alteration", "gaussian-blur", "--widest", "2"]
    again = run("score", NTXENT, "--n", 12, "--levels", 6, *plugs, "--out", "scored")
    assert "Effective rank" in again.stdout
    assert "encodings" not in again.stderr


def test_a_ranking_holds_measure_and_alteration(run, ranked):
    document = read(run, "ranked/rank.json")
    assert document["protocol"]["alteration"]["name"] == "gaussian-blur"
    assert all(model["measures"]["effective-rank"]["value"] > 1 for model in document["ranked"])


def test_a_ranking_with_plugs_is_valid(run, ranked):
    assert_valid(run, "ranked/rank.json", "rank")


def test_the_report_of_a_ranking_shows_measure_and_alteration(run, ranked):
    page = (run.folder / "ranked.html").read_text(encoding="utf-8")
    assert "Effective rank" in page
    assert "Gaussian blur" in page


@pytest.mark.parametrize("alteration", ["white-noise", "gaussian-blur", "pgd"])
def test_a_pool_of_processes_gives_the_bits_of_one_process(run, alteration):
    common = ["score", NTXENT, "--n", 24, "--levels", 5, "--measure", "effective-rank"]
    common += ["--alteration", alteration]
    run(*common, "--out", f"threads-{alteration}")
    pool = ["--executor", "process-pool", "--processes", 2]
    run(*common, *pool, "--out", f"pool-{alteration}")
    one, other = (read(run, f"{where}-{alteration}/result.json") for where in ("threads", "pool"))
    assert one["result_sha256"] == other["result_sha256"]
    for name in ("distances.npz", "measures.npz", "per_input.csv"):
        contents = {
            (run.folder / f"{where}-{alteration}" / name).read_bytes()
            for where in ("threads", "pool")
        }
        assert len(contents) == 1


def test_the_number_of_processes_has_its_rule(run):
    done = run("score", NTXENT, "--executor", "process-pool", "--processes", 0, code=2)
    assert "--processes" in done.stderr
    assert "at least 1" in done.stderr


@pytest.mark.parametrize(
    ("option", "value", "needed"),
    [("--widest", 2, "--alteration"), ("--processes", 2, "--executor")],
)
def test_options_of_a_plug_that_was_not_chosen_are_refused(run, option, value, needed):
    done = run("score", NTXENT, "--n", 2, option, value, code=2)
    assert option in done.stderr


@pytest.mark.parametrize("value", ["0", "-1", "wide", "nan"])
def test_an_option_of_a_plug_keeps_its_rule(run, value):
    done = run(
        "score", NTXENT, "--n", 2, "--alteration", "gaussian-blur", "--widest", value, code=2
    )
    assert "--widest must" in done.stderr
    assert "Traceback" not in done.stderr


def test_blur_refuses_what_is_no_image(run, networks):
    blur = ["--alteration", "gaussian-blur"]
    done = run("score", "rows.mlp.npz", "--data", "rows.npy", *blur, code=2)
    assert "must be given images" in done.stderr


def test_the_numpy_backend_scores_its_networks_without_being_named(run, networks):
    common = ["--n", 6, "--levels", 12, "--measure", "effective-rank"]
    run("score", "image.mlp.npz", *common, "--out", "mlp", "--report", "mlp.html")
    document = read(run, "mlp/result.json")
    assert document["null"] is None
    assert document["model"]["name"] == "image.mlp.npz"
    assert document["measures"]["effective-rank"]["details"]["dimensions"] == 10
    with np.load(run.folder / "mlp/distances.npz", allow_pickle=False) as stored:
        displacements = stored["displacements"]
    from rmqm_spec import WhiteNoise, evaluate

    def encode(inputs):
        hidden = inputs.reshape(len(inputs), -1) @ networks["weights_0"] + networks["biases_0"]
        return np.maximum(hidden, 0) @ networks["weights_1"] + networks["biases_1"]

    assert displacements.shape == (6, 12)
    ids, inputs = inputs_of(run, "mlp")
    found = evaluate(encode, inputs, alteration=WhiteNoise(n_levels=12), ids=ids)
    np.testing.assert_allclose(displacements, found.displacements, atol=1e-5)


def inputs_of(run, folder):
    """Return ids and values of the six digits that a result was made from, in its order."""
    from rmqm_spec.contracts.inputs import InputSpec
    from rmqm_spec.contracts.preprocessing import Preprocessing
    from rmqm_spec.inputs.prepared import open_inputs

    with np.load(run.folder / folder / "distances.npz", allow_pickle=False) as stored:
        ids = stored["ids"].tolist()
    prepared = open_inputs(None, InputSpec(kind="image", shape=(1, 8, 8)), Preprocessing(), n=6)
    loaded = [prepared.load(index) for index in range(len(prepared))]
    values = {image.id: image.values for image in loaded}
    return ids, np.stack([values[identity] for identity in ids])


def test_a_result_of_another_backend_is_valid(run, networks):
    run("score", "image.mlp.npz", "--n", 4, "--levels", 6, "--out", "valid")
    assert_valid(run, "valid/result.json", "result")


def test_what_a_backend_cannot_do_is_said_in_plain_words(run, networks):
    done = run("inspect", "image.mlp.npz", code=2)
    assert "numpy does not" in done.stderr
    pgd = ["--alteration", "pgd", "--levels", 2]
    assert "GRA010" in run("score", "image.mlp.npz", "--n", 2, *pgd, code=2).stderr
    assert "--output must" in run("score", "image.mlp.npz", "--output", "x", code=2).stderr


def test_check_judges_a_model_of_another_backend(run, networks):
    assert "ENC001" in run("check", "image.mlp.npz", "--n", 4).stdout


def test_encoders_of_two_backends_are_ranked_together(run, networks):
    common = ["--n", 6, "--levels", 6, "--out", "mixed"]
    run("rank", NTXENT, "image.mlp.npz", *common)
    names = {model["name"] for model in read(run, "mixed/rank.json")["ranked"]}
    assert names == {"digits_ntxent", "image.mlp"}


def test_a_damaged_network_is_refused_by_name(run):
    (run.folder / "damaged.mlp.npz").write_bytes(b"PK\x03\x04 no more")
    done = run("score", "damaged.mlp.npz", code=3)
    assert "MOD002" in done.stderr
    assert "damaged.mlp.npz" in done.stderr
