"""``rmqm-spec spectrum`` from outside: numbers, documents, tables, refusals, interrupts."""

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
from sklearn.datasets import load_digits

jsonschema = pytest.importorskip("jsonschema")
pytest.importorskip("onnxruntime")

EXAMPLES = Path(__file__).parents[2] / "examples"
MODEL = str(EXAMPLES / "digits_autoencoder.onnx")
ENCODER, OTHER = (str(EXAMPLES / f"digits_{name}.onnx") for name in ("ntxent", "cross_entropy"))
LATENT = ("--latent", "latent")
DATA = ("--data", "digits.npz:images")
SPLIT = (
    "--train", "digits.npz:images", "--train-labels", "digits.npz:labels",
    "--test", "test.npz:images", "--test-labels", "test.npz:labels",
)  # fmt: skip
N, M = 60, 40


@pytest.fixture(scope="module")
def spectrum(rmqm):
    return partial(rmqm, "spectrum")


def validator(name):
    text = files("rmqm_spec").joinpath(f"documents/schemas/{name}.schema.json").read_text("utf-8")
    return jsonschema.Draft202012Validator(json.loads(text))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    from onnx.utils import extract_model

    folder = tmp_path_factory.mktemp("spectra")
    images, labels = load_digits(return_X_y=True)
    images = (images.reshape(-1, 8, 8) / 16).astype(np.float32)
    np.savez(folder / "digits.npz", images=images[:N], labels=labels[:N])
    np.savez(folder / "test.npz", images=images[-M:], labels=labels[-M:])
    extract_model(MODEL, str(folder / "encoder.onnx"), ["input"], ["latent"])
    extract_model(MODEL, str(folder / "decoder.onnx"), ["latent"], ["reconstruction"])
    extract_model(MODEL, str(folder / "plain.onnx"), ["input"], ["reconstruction"])
    return folder


@pytest.fixture(scope="module")
def split(spectrum, folder):
    options = ("--out", "split", "--report", "split.html", "--json")
    done = spectrum(MODEL, *LATENT, *SPLIT, *options, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.document


@pytest.fixture(scope="module")
def encoders(spectrum, folder):
    done = spectrum(ENCODER, OTHER, *DATA, "--n", "20", "--out", "encoders", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.document


def written(folder, name="split"):
    return json.loads((folder / name / "spectrum.json").read_text(encoding="utf-8"))


def rows_of(folder, name="split"):
    with (folder / name / "inputs.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def position(row):
    return int(row["name"].rpartition("[")[2].rstrip("]"))


class Plain:
    """The network of the example in float64, and its Jacobians by hand."""

    def __init__(self):
        import onnx
        from onnx import numpy_helper

        graph = onnx.load(MODEL).graph
        known = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
        self.layers = [
            (known[f"{name}.weight"].astype(float), known[f"{name}.bias"].astype(float))
            for name in ("encoder.1", "encoder.3", "decoder.0", "decoder.2")
        ]

    def half(self, first, values):
        """Return what two layers give, and their Jacobian."""
        (one, shift), (other, last) = self.layers[first : first + 2]
        before = one @ values + shift
        hidden = np.where(before > 0, before, np.expm1(before))
        slope = np.where(before > 0, 1, np.exp(before))
        return other @ hidden + last, (other * slope) @ one

    def encode(self, image):
        return self.half(0, image)

    def decode(self, latent):
        before, jacobian = self.half(2, latent)
        after = 1 / (1 + np.exp(-before))
        return after, (after * (1 - after))[:, None] * jacobian


def by_hand(image):
    """Return the error, J_L, and J_I whole: 64 x 64."""
    network, image = Plain(), image.ravel().astype(float)
    latent, of_encoder = network.encode(image)
    decoded, of_decoder = network.decode(latent)
    _, again = network.encode(decoded)
    return np.mean((decoded - image) ** 2), again @ of_decoder, of_decoder @ of_encoder


def test_documents_follow_their_schemas(folder, split, encoders):
    for document in (split, encoders):
        validator("spectra").validate(document)
    document = written(folder)
    validator("spectrum").validate(document)
    assert document == {k: v for k, v in split["models"][0].items() if k not in {"name", "path"}}
    for key in ("sets", "regressions", "mode", "null", "spectrum_sha256"):
        assert not validator("spectrum").is_valid({k: v for k, v in document.items() if k != key})


def test_eigenvalues_are_those_of_the_whole_jacobians(folder, split):
    with np.load(folder / "digits.npz") as data, np.load(folder / "test.npz") as test:
        images = {"train": data["images"], "test": test["images"]}
    rows = rows_of(folder)
    assert len(rows) == N + M
    for row in [*rows[:5], *rows[-5:]]:
        error, latent, whole = by_hand(images[row["set"]][position(row)])
        assert float(row["error"]) == pytest.approx(error, rel=1e-4)
        assert float(row["latent-trace"]) == pytest.approx(np.trace(latent), abs=1e-4)
        assert float(row["input-trace"]) == pytest.approx(np.trace(whole), abs=1e-4)
        sign, volume = np.linalg.slogdet(latent)
        assert float(row["latent-log-volume"]) == pytest.approx(volume, abs=1e-3)
        assert row["latent-reversing"] == ("true" if sign < 0 else "false")
        largest = np.sort(np.abs(np.linalg.eigvals(whole)))[::-1][:6]
        volume = np.log(largest).sum()
        assert float(row["input-log-volume"]) == pytest.approx(volume, abs=1e-3)
        assert float(row["input-small"]) == np.count_nonzero(largest < 0.1)


def test_the_document_has_the_means_of_the_table(folder, split):
    for one in written(folder)["sets"]:
        rows = [row for row in rows_of(folder) if row["set"] == one["name"]]
        assert one["inputs"] == len(rows)
        for name in ("error", "latent-log-volume", "input-trace", "difference-l1"):
            values = np.array([float(row[name]) for row in rows])
            entry = one["quantities"][name]
            assert entry["mean"] == pytest.approx(values.mean())
            assert entry["median"] == pytest.approx(np.median(values))
            low, high = entry["interval"]
            assert low < values.mean() < high
        for part in one["classes"]:
            values = [float(row["error"]) for row in rows if row["label"] == part["label"]]
            assert part["inputs"] == len(values)
            assert part["quantities"]["error"]["mean"] == pytest.approx(np.mean(values))


def test_the_regressions_are_least_squares_on_the_table(folder, split):
    rows = rows_of(folder)
    is_test = np.array([row["set"] == "test" for row in rows], dtype=float)
    errors = np.array([float(row["error"]) for row in rows])
    errors = (errors - errors.mean()) / errors.std()
    fits = written(folder)["regressions"]
    assert len(fits) == 6
    for fit in fits:
        x = np.array([float(row[f"{fit['space']}-{fit['regressor']}"]) for row in rows])
        x = (x - x.mean()) / x.std()
        design = np.stack([np.ones_like(x), x, is_test, is_test * x], axis=1)
        found = np.linalg.lstsq(design, errors, rcond=None)[0]
        names = ("intercept", "slope", "test_shift", "slope_difference")
        for name, value in zip(names, found, strict=True):
            assert fit[name]["value"] == pytest.approx(value, abs=1e-9)
        assert fit["test_slope"]["value"] == pytest.approx(found[1] + found[3], abs=1e-9)


def test_two_models_give_what_one_model_gives(spectrum, folder, split):
    pair = ("encoder.onnx", "--decoder", "decoder.onnx")
    done = spectrum(*pair, *SPLIT, "--out", "pair", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    [document] = done.document["models"]
    assert document["decoder"]["model"]["name"] == "decoder.onnx"
    for one, other in zip(document["sets"], written(folder)["sets"], strict=True):
        for name, entry in one["quantities"].items():
            assert entry["mean"] == pytest.approx(other["quantities"][name]["mean"], rel=1e-5)


def test_singular_values_give_what_the_measures_give(rmqm, folder, encoders):
    measures = "jacobian-norm,jacobian-rank,jacobian-condition,jacobian-volume"
    done = rmqm(
        "score", ENCODER, *DATA, "--n", "20", "--levels", "3", "--no-null", "--measure", measures,
        "--out", "scored", "--json", cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    scored = done.document["measures"]
    own = encoders["models"][0]["sets"][0]["quantities"]
    for name in ("norm", "rank", "condition", "volume"):
        assert own[name]["mean"] == pytest.approx(scored[f"jacobian-{name}"]["value"], rel=1e-6)


def test_encoders_stand_beside_their_nulls_and_each_other(folder, encoders):
    first, second = encoders["models"]
    null = first["null"]
    assert null["status"] == "ok"
    own = first["sets"][0]["quantities"]["norm"]["mean"]
    permuted = null["sets"]["data"]["quantities"]["norm"]["mean"]
    assert null["differences"]["data"]["norm"]["value"] == pytest.approx(own - permuted)
    assert len(first["sets"][0]["curve"]["means"]) == first["dimension"] == 31
    [pair] = [one for one in encoders["differences"] if one["quantity"] == "norm"]
    other = second["sets"][0]["quantities"]["norm"]["mean"]
    assert pair["value"] == pytest.approx(abs(own - other))
    assert pair["tied"] == (pair["interval"][0] <= 0)


def test_the_same_inputs_give_the_same_digest_and_others_go_beside(spectrum, folder):
    options = (*LATENT, *DATA, "--out", "once")
    for _ in range(2):
        done = spectrum(MODEL, *options, "--n", "8", cwd=folder)
        assert done.returncode == 0, done.stderr
        assert "ARG004" not in done.stderr
    before = written(folder, "once")
    other = spectrum(MODEL, *options, "--n", "9", cwd=folder)
    assert "once holds another spectrum" in other.stderr
    assert written(folder, "once") == before
    [beside] = folder.glob("once-*")
    assert written(folder, beside.name)["sets"][0]["inputs"] == 9


def test_test_inputs_that_were_trained_on_do_not_count(spectrum, folder):
    with np.load(folder / "digits.npz") as known, np.load(folder / "test.npz") as test:
        both = np.concatenate([known["images"][:7], test["images"]])
    np.save(folder / "both.npy", both)
    sets = ("--train", "digits.npz:images", "--test", "both.npy")
    done = spectrum(MODEL, *LATENT, *sets, "--out", "overlap", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    of_test = done.document["models"][0]["sets"][1]
    assert (of_test["inputs"], of_test["left_out_by_code"]) == (M, {"PRB005": 7})
    assert "test: 7 input(s) are left out (PRB005 7)" in done.stderr
    only = spectrum(MODEL, *LATENT, *sets[:3], "digits.npz:images", cwd=folder)
    assert only.returncode == 2
    assert "SPC021" in only.stderr


REFUSED = [
    ([MODEL, "--latent", "latnt", *DATA], 2, "SPC014: --latent must name the tensor"),
    ([MODEL, "--latent", "input", *DATA], 2, "SPC014"),
    (["plain.onnx", *DATA], 2, "SPC022"),
    ([ENCODER, "--latent", "relu", *DATA], 1, "SPC003"),
    ([ENCODER, "--decoder", "decoder.onnx", *DATA], 1, "SPC019"),
    (["encoder.onnx", "--decoder", "none.onnx", *DATA], 3, "none.onnx"),
    (["encoder.onnx", "--decoder", "digits.npz", *DATA], 3, "digits.npz"),
    (["encoder.onnx", ENCODER, "--decoder", "decoder.onnx", *DATA], 2, "got 2 models"),
    ([MODEL, *LATENT, "--train", "digits.npz:images"], 2, "--train must come with --test"),
    ([MODEL, *LATENT, "--test", "digits.npz:images"], 2, "--test must come with --train"),
    ([MODEL, *LATENT, *DATA, "--train-labels", "x.csv"], 2, "must come with --train"),
    ([MODEL, *LATENT, *SPLIT, "--labels", "digits.npz:labels"], 2, "must come with --data"),
    ([MODEL, *LATENT, *DATA, "--labels", "short.npy"], 2, "PRB011"),
    ([MODEL, *LATENT, *DATA, "--labels", "none.csv:label"], 3, "none.csv"),
    ([MODEL, *LATENT, "--data", "none.npy"], 3, "DAT001"),
    ([MODEL, *LATENT, *SPLIT[:4], "--test", "none.npy"], 3, "DAT001"),
    ([MODEL, *DATA, "--reconstruction", "inputs"], 2, "--reconstruction must come with"),
    ([MODEL, *LATENT, *DATA, "--reconstruction", "pixels"], 2, "network, inputs"),
    ([MODEL, *LATENT, *DATA, "--csv", "digits.npz"], 2, "--csv must name a file"),
    ([MODEL, *LATENT, *DATA, "--csv", "-", "--json"], 2, "stdout (-) must hold one"),
    ([MODEL, *LATENT, *DATA, "--report", "digits.npz"], 2, "ARG007"),
    (["digits.npz", *LATENT, *DATA], 3, "digits.npz"),
]


@pytest.mark.parametrize(("arguments", "code", "said"), REFUSED)
def test_refusals(spectrum, folder, arguments, code, said):
    np.save(folder / "short.npy", np.arange(3))
    done = spectrum(*arguments, "--out", "refused", cwd=folder)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == "" or "--json" in arguments
    assert not (folder / "refused/spectrum.json").exists()


def test_the_remedy_for_an_unnamed_latent_works(spectrum, folder):
    done = spectrum("plain.onnx", *DATA, "--n", "4", cwd=folder)
    assert "has 64 values, as many as an input" in done.stderr
    assert "has 6 values: --latent latent" in done.stderr
    remedies = (LATENT, ("--output", "reconstruction", "--no-null"))
    for number, remedy in enumerate(remedies):
        options = (*DATA, "--n", "4", "--out", f"remedy{number}")
        again = spectrum("plain.onnx", *remedy, *options, cwd=folder)
        assert again.returncode == 0, again.stderr


def test_one_bad_model_does_not_spoil_the_others(spectrum, folder):
    (folder / "bad.onnx").write_bytes(b"no model")
    options = (*LATENT, *DATA, "--n", "5", "--out", "some", "--json")
    done = spectrum("bad.onnx", MODEL, *options, cwd=folder)
    validator("spectra").validate(done.document)
    assert done.returncode == 3
    assert [one["name"] for one in done.document["failed"]] == ["bad"]
    assert len(done.document["models"]) == 1


def test_a_regression_that_cannot_be_fitted_is_said_and_left_out(spectrum, folder):
    with np.load(folder / "test.npz") as test:
        np.save(folder / "three.npy", test["images"][:3])
    sets = ("--train", "digits.npz:images", "--test", "three.npy")
    done = spectrum(MODEL, *LATENT, *sets, "--out", "three", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    [document] = done.document["models"]
    assert document["regressions"] == []
    assert "there is no regression of the error on trace, latent space" in done.stderr
    assert "SPC006" in done.stderr


def test_tables_for_people_and_for_programs(spectrum, folder):
    options = (*LATENT, *DATA, "--n", "10", "--out", "tables")
    done = spectrum(MODEL, *options, "--csv", "t.csv", "--md", "t.md", cwd=folder)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert any(line.startswith("  J_L, latent space to latent space: 6 eig") for line in lines)
    assert "-> tables/spectrum.json" in done.stderr
    with (folder / "t.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    [trace] = [row for row in rows if row["quantity"] == "latent-trace"]
    own = written(folder, "tables")["sets"][0]["quantities"]["latent-trace"]
    assert float(trace["mean"]) == own["mean"]
    assert (folder / "t.md").read_text(encoding="utf-8").startswith("| name | set | quantity |")
    only = spectrum(MODEL, *options[:-2], "--csv", "-", "--out", "csv", cwd=folder)
    assert only.stdout.startswith("name,set,quantity,mean,low,high,median,inputs,infinite,null,")


def digest_again(path, document):
    """Give a document and its columns the digest of what it says now."""
    from rmqm_spec.spectra.document import digest_of_spectrum

    document["spectrum_sha256"] = digest_of_spectrum(document)
    path.write_text(json.dumps(document), encoding="utf-8")
    with np.load(path.with_name("spectra.npz")) as stored:
        arrays = dict(stored)
    arrays["spectrum_sha256"] = np.array(document["spectrum_sha256"])
    np.savez(path.with_name("spectra.npz"), **arrays)


def edit_mean(document):
    document["sets"][1]["quantities"]["latent-trace"]["mean"] = 0.5


def edit_slope(document):
    document["regressions"][2]["test_slope"]["value"] = 0.5


@pytest.mark.parametrize("change", [edit_mean, edit_slope])
def test_validate_sees_a_number_that_was_changed(rmqm, folder, split, change):
    path = folder / "split/spectrum.json"
    whole, columns = path.read_bytes(), path.with_name("spectra.npz").read_bytes()
    assert rmqm("validate", path.parent, path, cwd=folder).returncode == 0
    document = json.loads(whole)
    change(document)
    try:
        path.write_text(json.dumps(document), encoding="utf-8")
        done = rmqm("validate", path, cwd=folder)
        assert done.returncode == 1
        assert "FAIL  VAL002" in done.stdout
        digest_again(path, document)
        done = rmqm("validate", path, cwd=folder)
        assert done.returncode == 1
        assert "FAIL  VAL016" in done.stdout
        assert "0.5, but should be" in done.stdout
    finally:
        path.write_bytes(whole)
        path.with_name("spectra.npz").write_bytes(columns)


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("train.latent.trace", "a trace in the latent space"),
        ("test.input.log_volume", "a log volume in the input space"),
        ("train.latent.orientation", "an orientation in the latent space"),
    ],
)
def test_validate_sees_columns_that_cannot_be(rmqm, folder, split, part, said):
    path = folder / "split/spectra.npz"
    whole = path.read_bytes()
    with np.load(path) as stored:
        arrays = dict(stored)
    arrays[part] = -arrays[part] - 1 if "orientation" not in part else -arrays[part]
    try:
        np.savez(path, **arrays)
        done = rmqm("validate", path.with_name("spectrum.json"), cwd=folder)
        assert done.returncode == 1
        assert said in done.stdout
    finally:
        path.write_bytes(whole)


def test_the_report_has_the_figures_of_the_source(folder, split):
    page = (folder / "split.html").read_text(encoding="utf-8")
    assert page.count("<svg") > 15
    for words in ("complex plane", "How far do they turn?", "Does the spectrum predict the error?"):
        assert words in page
    assert "<script" not in page


def test_an_interrupt_says_what_is_written(rmqm, folder):
    np.save(folder / "many.npy", np.random.default_rng(0).random((60000, 8, 8), dtype=np.float32))
    options = (*LATENT, "--data", "many.npy", "--out", "stopped")
    with rmqm.start("spectrum", MODEL, *options, cwd=folder) as running:
        time.sleep(4)
        os.kill(running.pid, signal.SIGINT)
        said = running.stderr.read()
        assert running.wait(timeout=60) == 5, said
    assert "it was interrupted while digits_autoencoder was measured" in said
    assert not list((folder / "stopped").glob("*.json"))


def test_the_front_door_of_python(folder, split):
    import rmqm_spec

    found = rmqm_spec.spectrum(
        MODEL, latent="latent", train=str(folder / "digits.npz:images"),
        train_labels=str(folder / "digits.npz:labels"), test=str(folder / "test.npz:images"),
        test_labels=str(folder / "test.npz:labels"), out=folder / "python",
        listener=rmqm_spec.Listener(),
    )  # fmt: skip
    own = found.models["digits_autoencoder"]
    for one, other in zip(own.document["sets"], written(folder)["sets"], strict=True):
        assert one["quantities"] == other["quantities"]
    assert own.columns["train"].autoencoder.latent.eigenvalues.shape == (N, 6)
    assert found.table.dtype.names == ("name", "set", "quantity", "mean", "low", "high")
    with pytest.raises(rmqm_spec.errors.UsageError, match="an option of spectrum must be one of"):
        rmqm_spec.spectrum(MODEL, layer="latent")
