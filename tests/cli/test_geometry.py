"""``rmqm-spec geometry`` from outside: numbers, documents, tables, pictures, refusals, kills."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import time
from functools import partial
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import nnls
from sklearn.datasets import load_digits

jsonschema = pytest.importorskip("jsonschema")
pytest.importorskip("onnxruntime")

EXAMPLES = Path(__file__).parents[2] / "examples"
MODEL, OTHER = str(EXAMPLES / "digits_ntxent.onnx"), str(EXAMPLES / "digits_cross_entropy.onnx")
LABELLED = ("--data", "digits.npz:images", "--labels", "digits.npz:labels")
TURNED = ("--alteration", "rotation", "--levels", "6", "--altered", "20")
K, N = 15, 120
SLOW_WRITES = """
import time
from rmqm_spec.results import with_files as storing
whole = storing.write_atomically
def slowly(path, content):
    whole(path, content)
    time.sleep(0.4)
storing.write_atomically = slowly
"""


@pytest.fixture(scope="module")
def geometry(rmqm):
    return partial(rmqm, "geometry")


def validator(name):
    text = files("rmqm_spec").joinpath(f"documents/schemas/{name}.schema.json").read_text("utf-8")
    return jsonschema.Draft202012Validator(json.loads(text))


@pytest.fixture(scope="module")
def digits():
    images, labels = load_digits(return_X_y=True)
    return (images[:N].reshape(-1, 8, 8) / 16).astype(np.float32), labels[:N]


@pytest.fixture(scope="module")
def folder(tmp_path_factory, digits):
    folder = tmp_path_factory.mktemp("geometries")
    images, labels = digits
    np.savez(folder / "digits.npz", images=images, labels=labels)
    return folder


@pytest.fixture(scope="module")
def both(geometry, folder):
    options = ("--k", K, "--C", "1", "--out", "both", "--report", "both.html", "--json")
    done = geometry(MODEL, OTHER, *LABELLED, *TURNED, *options, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.document


def written(folder, name="both/digits_ntxent"):
    return json.loads((folder / name / "geometry.json").read_text(encoding="utf-8"))


def unit_encodings(model, images):
    from rmqm_onnx import OpenOptions, open_encoder

    encodings = open_encoder(model, OpenOptions(threads=1)).encode(images[:, None]).astype(float)
    return encodings / np.linalg.norm(encodings, axis=1, keepdims=True)


def table_of(folder, name="both/digits_ntxent"):
    with (folder / name / "inputs.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def position(row):
    return int(row["name"].rpartition("[")[2].rstrip("]"))


def weights_by_hand(rows, query):
    """NNK by scipy on a factor of the kernel: (1, x) / sqrt(2) has the kernel 1/2 + 1/2 cos."""
    others = np.delete(np.arange(len(rows)), query)
    nearest = others[np.argsort(-(rows[others] @ rows[query]), kind="stable")[:K]]
    lifted = np.hstack([np.ones((len(rows), 1)), rows]) / np.sqrt(2)
    weights, residual = nnls(lifted[nearest].T, lifted[query])
    return nearest[weights > 1e-10], weights[weights > 1e-10], residual**2


def test_documents_follow_their_schemas(folder, both):
    validator("geometries").validate(both)
    document = written(folder)
    validator("geometry").validate(document)
    assert document == {k: v for k, v in both["models"][0].items() if k not in {"name", "path"}}
    for key in ("neighbourhoods", "labelled", "altered", "null", "geometry_sha256"):
        assert not validator("geometry").is_valid({k: v for k, v in document.items() if k != key})


def test_neighbours_errors_and_diameters_are_those_of_scipy(folder, digits, both):
    images, _ = digits
    rows = unit_encodings(MODEL, images)
    for row in table_of(folder):
        corners, _, error = weights_by_hand(rows, position(row))
        assert float(row["neighbours"]) == len(corners)
        assert float(row["error"]) == pytest.approx(error, abs=1e-9)
        widest = np.linalg.norm(rows[corners][:, None] - rows[corners], axis=2).max()
        assert float(row["diameter"]) == pytest.approx(widest, abs=1e-9)
    means = written(folder)["neighbourhoods"]
    for name in ("neighbours", "error", "diameter"):
        values = [float(row[name]) for row in table_of(folder)]
        assert means[name]["value"] == pytest.approx(np.mean(values), abs=1e-12)
        low, high = means[name]["interval"]
        assert (low + high) / 2 == pytest.approx(np.mean(values))


def test_the_classes_are_those_that_weights_vote_for(folder, digits, both):
    images, labels = digits
    rows = unit_encodings(MODEL, images)
    n_right = n_mixed = 0
    for row in table_of(folder):
        query = position(row)
        corners, weights, _ = weights_by_hand(rows, query)
        votes = np.bincount(labels[corners], weights, minlength=10)
        n_right += votes.argmax() == labels[query]
        n_mixed += (labels[corners] != labels[query]).any()
        assert row["label"] == str(labels[query])
        assert row["nnk"] == ("true" if votes.argmax() == labels[query] else "false")
    labelled = written(folder)["labelled"]
    assert labelled["answers"]["nnk"]["value"] == pytest.approx(n_right / N)
    assert labelled["mixed"]["value"] == pytest.approx(n_mixed / N)
    assert list(labelled["answers"]) == ["nnk", "k-nn", "softmax-k-nn", "linear"]
    assert labelled["answers"]["linear"]["inputs"] == written(folder)["linear"]["test"] < N


def test_the_set_of_altered_versions_is_that_of_the_measure(rmqm, folder, both):
    done = rmqm(
        "score", MODEL, "--data", "digits.npz:images", *TURNED[:4], "--no-null",
        "--measure", "nnk-view-diameter,nnk-view-neighbours", "--out", "scored", cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    with (
        np.load(folder / "scored/measures.npz") as stored,
        np.load(folder / "scored/distances.npz") as distances,
    ):
        scored = dict(zip(distances["ids"].tolist(), stored["view-polytopes.diameters"][:, -1],
                          strict=True))  # fmt: skip
    rows = [row for row in table_of(folder) if row["altered-diameter"]]
    assert len(rows) == 20
    for row in rows:
        assert float(row["altered-diameter"]) == pytest.approx(scored[row["id"]], abs=1e-6)
    altered = written(folder)["altered"]
    assert altered["levels"] == [1, 2, 3, 4, 5, 6]
    assert altered["curves"]["diameters"][-1] == altered["diameter"]
    assert altered["curves"]["neighbours"][0]["value"] == 1


def test_the_null_is_another_network_on_the_same_inputs(folder, both):
    null = written(folder)["null"]
    assert null["status"] == "ok"
    assert null["neighbourhoods"]["inputs"] == N
    own = written(folder)["neighbourhoods"]
    for name in ("neighbours", "error", "diameter"):
        expected = own[name]["value"] - null["neighbourhoods"][name]["value"]
        assert null["differences"][name]["value"] == pytest.approx(expected)
        assert expected != 0
    assert "linear" not in null["labelled"]["answers"]


def test_models_are_compared_input_by_input(folder, both):
    first, second = ({row["id"]: row for row in table_of(folder, f"both/digits_{name}")}
                     for name in ("ntxent", "cross_entropy"))  # fmt: skip
    [pair] = [one for one in both["differences"] if one["quantity"] == "diameter"]
    values = np.array([float(first[k]["diameter"]) - float(second[k]["diameter"]) for k in first])
    sign = 1 if pair["first"] == "digits_ntxent" else -1
    assert pair["value"] == pytest.approx(sign * values.mean())
    assert pair["value"] >= 0
    assert pair["interval"][1] - pair["value"] == pytest.approx(
        1.98 * values.std(ddof=1) / np.sqrt(N), rel=1e-3
    )
    assert pair["tied"] == (pair["interval"][0] <= 0)
    [alike] = both["agreement"]
    assert alike["jaccard"]["value"] > 3 * alike["jaccard_by_chance"]


def test_the_same_inputs_give_the_same_digest_and_another_geometry_goes_beside_it(geometry, folder):
    options = (*LABELLED, "--C", "none", "--no-null", "--out", "once")
    for _ in range(2):
        done = geometry(MODEL, *options, "--k", "5", cwd=folder)
        assert done.returncode == 0, done.stderr
        assert "ARG004" not in done.stderr
    before = written(folder, "once")
    other = geometry(MODEL, *options, "--k", "6", cwd=folder)
    assert "ARG004" in other.stderr
    assert "another geometry" in other.stderr
    assert written(folder, "once") == before
    [beside] = folder.glob("once-*")
    assert written(folder, beside.name)["neighbourhoods"]["k"] == 6


def test_the_model_answers_by_the_largest_of_its_own_scores(geometry, folder, digits):
    images, labels = digits
    options = ("--k", "5", "--C", "none", "--no-null", "--scores", "embedding")
    done = geometry(OTHER, *LABELLED, *options, "--out", "own", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    answers = done.document["models"][0]["labelled"]["answers"]
    # 32 values are no class scores, but their largest is what is asked for.
    said = unit_encodings(OTHER, images).argmax(axis=1)
    assert answers["model"]["value"] == pytest.approx((said == labels).mean())
    (folder / "names.csv").write_text("label\n" + "".join(f"c{k}\n" for k in labels), "utf-8")
    named = ("--data", "digits.npz:images", "--labels", "names.csv:label")
    refused = geometry(OTHER, *named, *options, cwd=folder)
    assert refused.returncode == 2
    assert "GEO002" in refused.stderr
    assert "must be the class numbers 0 to 31" in refused.stderr
    assert "; got 'c" in refused.stderr


def test_an_output_that_is_no_class_scores_gives_no_answers(geometry, folder):
    options = ("--k", "5", "--C", "none", "--no-null", "--scores", "auto")
    done = geometry(MODEL, *LABELLED, *options, "--out", "auto", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "GEO003" in done.stderr
    [document] = done.document["models"]
    assert document["scores"] is None
    assert "model" not in document["labelled"]["answers"]
    assert "GEO003" in {finding["code"] for finding in document["findings"]}


@pytest.mark.shared
def test_the_answers_of_a_real_model_are_its_accuracy(geometry, folder):
    shared = Path(__file__).parents[3] / "shared"
    if not (shared / "data/mnist.npz").exists():
        pytest.skip("needs ../shared/data and ../shared/models")
    with np.load(shared / "data/mnist.npz") as stored:
        images, labels = stored["test_images"][:200], stored["test_labels"][:200]
    np.savez(folder / "mnist.npz", images=images, labels=labels)
    options = ("--data", "mnist.npz:images", "--labels", "mnist.npz:labels", "--k", "10")
    value_map = ("--mean", "0.1307", "--std", "0.3081", "--output", "relu_3", "--scores", "auto")
    model = shared / "models/mnist_dynamo_external_data"
    done = geometry(model, *options, *value_map, "--out", "mnist", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    [document] = done.document["models"]
    assert document["scores"] == "output"
    answers = document["labelled"]["answers"]
    assert answers["model"]["value"] > 0.97  # 0.989 on the first 2,000
    assert answers["nnk"]["value"] > 0.95
    null = document["null"]["labelled"]["answers"]["nnk"]["value"]
    assert null < answers["nnk"]["value"] - 0.1


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--data", "digits.npz:images", "--k", str(N)], 2, "between 1 and the 119 inputs"),
        (["--data", "digits.npz:images", "--k", "0"], 2, "--k"),
        (["--data", "digits.npz:images", "--n", "1"], 2, "PRB006"),
        (["--data", "digits.npz:images", "--kernel", "cosin"], 2, "--kernel must be cosine, or"),
        (["--data", "digits.npz:images", "--kernel", "gaussian"], 2, "gaussian: and a bandwidth"),
        (["--data", "digits.npz:images", "--kernel", "gaussian:-1"], 2, "bandwidth"),
        (["--data", "digits.npz:images", "--kernel", "gaussian:narrow"], 2, "bandwidth"),
        (["--data", "digits.npz:images", "--scores", "x", "--k", "5"], 2, "PRB012"),
        (["--data", "digits.npz:images", "--labels", "short.npy", "--k", "5"], 2, "PRB011"),
        (["--data", "digits.npz:images", "--levels", "4"], 2, "must come with --alteration"),
        (["--data", "digits.npz:images", "--altered", "4"], 2, "must come with --alteration"),
        (["--data", "digits.npz:images", "--coupling", "common"], 2, "come with --alteration"),
        (["--data", "digits.npz:images", "--alteration", "pgd"], 2, "without the encoder's"),
        (["--data", "digits.npz:images", "--alteration", "turning"], 2, "ARG003"),
        (["--data", "none.npy"], 3, "DAT001"),
        (["--data", "digits.npz:images", "--csv", "digits.npz"], 2, "--csv must name a file"),
        (["--data", "digits.npz:images", "--csv", "-", "--json"], 2, "stdout (-) must hold one"),
        (["--data", "digits.npz:images", "--report", "digits.npz"], 2, "ARG007"),
    ],
)
def test_refusals(geometry, folder, arguments, code, said):
    np.save(folder / "short.npy", np.arange(3))
    done = geometry(MODEL, *arguments, "--out", "refused", cwd=folder)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert done.stdout == "" or "--json" in arguments
    assert not (folder / "refused/geometry.json").exists()


@pytest.mark.shared
def test_images_alone_can_be_turned(geometry, folder):
    model = Path(__file__).parents[3] / "shared/models/signal_encoder_64d.onnx"
    if not model.exists():
        pytest.skip("needs ../shared/models")
    signals = np.random.default_rng(0).random((30, 1, 512), dtype=np.float32)
    np.save(folder / "signals.npy", signals)
    options = ("--data", "signals.npy", "--k", "5", "--no-null", "--out", "signals")
    done = geometry(model, *options, *TURNED, cwd=folder)
    assert done.returncode == 2
    assert "ALT003" in done.stderr
    assert not (folder / "signals/geometry.json").exists()
    remedy = ("--alteration", "white-noise", "--levels", "3")  # what the message offers
    assert geometry(model, *options, *remedy, cwd=folder).returncode == 0


def test_one_bad_model_does_not_spoil_the_others(geometry, folder):
    (folder / "bad.onnx").write_bytes(b"no model")
    options = ("--k", "5", "--no-null", "--out", "some", "--json")
    done = geometry("bad.onnx", MODEL, "--data", "digits.npz:images", *options, cwd=folder)
    document = done.document
    validator("geometries").validate(document)
    assert done.returncode == 3
    assert not document["ok"]
    assert [one["name"] for one in document["failed"]] == ["bad"]
    assert document["models"][0]["labelled"] is None


def test_a_fault_of_the_data_is_said_once(geometry, folder):
    done = geometry(MODEL, OTHER, "--data", "none.npy", "--k", "5", cwd=folder)
    assert done.returncode == 3
    assert done.stderr.count("DAT001") == 1


def test_tables_for_people_and_for_programs(geometry, folder):
    options = (*LABELLED, "--k", "10", "--C", "none", "--out", "tables")
    done = geometry(MODEL, OTHER, *options, "--csv", "t.csv", "--md", "t.md", cwd=folder)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == f"  {N} inputs, 10 candidates each, kernel cosine"
    assert lines[1].split() == ["model", "neighbours", "error", "diameter"]
    assert lines[2].split()[0] == "digits_ntxent"
    assert lines[3].split()[0] == "permuted"
    assert any(line.lstrip().startswith("= most correct") for line in lines)
    assert "-> tables/digits_ntxent/geometry.json" in done.stderr
    with (folder / "t.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    [nnk] = [row for row in rows if (row["name"], row["quantity"]) == ("digits_ntxent", "nnk")]
    answers = written(folder, "tables/digits_ntxent")["labelled"]["answers"]
    assert float(nnk["mean"]) == answers["nnk"]["value"]
    assert nnk["null"]
    assert (folder / "t.md").read_text(encoding="utf-8").startswith("| name | quantity |")
    only = geometry(MODEL, *options[:-2], "--no-null", "--csv", "-", "--out", "csv", cwd=folder)
    assert only.stdout.startswith("name,quantity,mean,low,high,inputs,null,best,status\n")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda document: document["neighbourhoods"]["diameter"].update(value=0.5), "VAL002"),
        (lambda document: document["null"]["differences"]["error"].update(value=0.5), "VAL002"),
    ],
)
def test_validate_sees_a_number_that_was_changed(rmqm, folder, both, change, code):
    path = folder / "both/digits_ntxent/geometry.json"
    whole = path.read_text(encoding="utf-8")
    assert rmqm("validate", path.parent, path, cwd=folder).returncode == 0
    document = json.loads(whole)
    change(document)
    try:
        path.write_text(json.dumps(document), encoding="utf-8")
        done = rmqm("validate", path, cwd=folder)
        assert done.returncode == 1
        assert f"FAIL  {code}" in done.stdout
        # Whoever gives the document a new digest, and the columns too, still meets the columns.
        from rmqm_spec.geometries.document import digest_of_geometry

        document["geometry_sha256"] = digest_of_geometry(document)
        path.write_text(json.dumps(document), encoding="utf-8")
        kept = {}
        for name in ("neighbourhoods.npz", "null.npz"):
            kept[name] = path.with_name(name).read_bytes()
            with np.load(path.with_name(name)) as stored:
                arrays = dict(stored)
            arrays["geometry_sha256"] = np.array(document["geometry_sha256"])
            np.savez(path.with_name(name), **arrays)
        done = rmqm("validate", path, cwd=folder)
        assert done.returncode == 1
        assert "FAIL  VAL015" in done.stdout
        assert "0.5, but should be" in done.stdout
    finally:
        path.write_text(whole, encoding="utf-8")
        for name, content in kept.items():
            path.with_name(name).write_bytes(content)


def test_validate_misses_no_columns(rmqm, geometry, folder):
    options = ("--data", "digits.npz:images", "--k", "5", "--no-null", "--out", "bare")
    assert geometry(MODEL, *options, cwd=folder).returncode == 0
    (folder / "bare/neighbourhoods.npz").write_bytes(b"no archive")
    done = rmqm("validate", "bare", cwd=folder)
    assert done.returncode == 1
    assert "bare/neighbourhoods.npz must hold the neighbourhoods" in done.stdout


def test_the_report_shows_pictures_and_escapes_names(folder, both):
    page = (folder / "both.html").read_text(encoding="utf-8")
    assert page.count("<svg") >= 3 + 2 * 3 * 2  # curves; of each model 3 polytopes and 3 paths
    assert page.count('<img src="data:image/png;base64,') > 2 * 3 * (1 + 7)
    assert "permuted weights" in page
    assert re.search(r"diameter \d\.\d{3}", page)
    assert "<script" not in page


def test_a_report_takes_no_place_of_another_file(geometry, folder):
    options = ("--data", "digits.npz:images", "--k", "5", "--no-null", "--out", "paged")
    evil = "<img src=x>.onnx"
    (folder / evil).write_bytes(Path(MODEL).read_bytes())
    done = geometry(evil, *options, "--report", "page.html", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "report -> page.html" in done.stderr
    page = (folder / "page.html").read_text(encoding="utf-8")
    assert "<img src=x>" not in page
    assert "&lt;img src=x&gt;" in page


def test_an_interrupt_says_what_is_written(rmqm, folder):
    images = np.random.default_rng(0).random((4000, 8, 8), dtype=np.float32)
    np.save(folder / "many.npy", images)
    options = ("--data", "many.npy", "--k", "400", "--out", "stopped")
    with rmqm.start("geometry", MODEL, *options, cwd=folder) as running:
        time.sleep(3)
        os.kill(running.pid, signal.SIGINT)
        said = running.stderr.read()
        assert running.wait(timeout=60) == 5, said
    assert "it was interrupted while digits_ntxent was measured" in said
    assert not list((folder / "stopped").glob("*.json"))


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no SIGKILL")
def test_a_killed_run_leaves_nothing_that_reads_as_a_geometry(rmqm, geometry, folder):
    options = ("--data", "digits.npz:images", "--k", "20", "--no-null", "--out", "killed")
    with rmqm.start("geometry", MODEL, *options, cwd=folder, before=SLOW_WRITES) as running:
        while not (folder / "killed/neighbourhoods.npz").exists():
            time.sleep(0.02)
        running.kill()
    assert not (folder / "killed/geometry.json").exists()
    again = geometry(MODEL, *options, cwd=folder)
    assert again.returncode == 0, again.stderr
    assert "ARG004" not in again.stderr
    assert rmqm("validate", "killed", cwd=folder).returncode == 0
    assert not list((folder / "killed").glob(".*.part"))


def test_the_front_door_of_python(folder, both):
    import rmqm_spec

    found = rmqm_spec.geometry(
        [MODEL, OTHER], data=str(folder / "digits.npz:images"),
        labels=str(folder / "digits.npz:labels"), k=K, C=[1.0], out=folder / "python",
        alteration="rotation", levels=6, altered=20, listener=rmqm_spec.Listener(),
    )  # fmt: skip
    own = found.models["digits_ntxent"].document
    for name in ("neighbourhoods", "labelled", "altered", "null"):
        assert own[name] == written(folder)[name]
    assert found.table.dtype.names == ("name", "quantity", "mean", "low", "high")
    assert "diameter" in found.table["quantity"].tolist()
    with pytest.raises(rmqm_spec.errors.UsageError, match="an option of geometry must be one of"):
        rmqm_spec.geometry(MODEL, candidates=5)


def test_a_single_content_has_no_neighbours(geometry, folder, digits):
    np.savez(folder / "same.npz", images=np.repeat(digits[0][:1], 9, axis=0))
    done = geometry(MODEL, "--data", "same.npz:images", "--k", "5", cwd=folder)
    assert done.returncode == 2
    assert "PRB006" in done.stderr
    assert "at least two of different content to have neighbours; got 1" in done.stderr
    assert "those that repeat another one count once" in done.stderr


def test_a_bandwidth_beyond_float64_and_a_flip_raise_doubts(geometry, folder):
    options = ("--k", "5", "--no-null", "--kernel", "gaussian:1e200", "--alteration", "flip")
    data = ("--data", "digits.npz:images", "--n", "20", "--out", "doubts", "--json")
    done = geometry(MODEL, *data, *options, cwd=folder)
    assert done.returncode == 0, done.stderr
    [document] = done.document["models"]
    assert {"GEO004", "GEO006"} <= {finding["code"] for finding in document["findings"]}
    assert "GEO004" in done.stderr
    assert "GEO006" in done.stderr


def test_scores_that_the_model_does_not_have_are_named_as_such(geometry, folder):
    options = ("--k", "5", "--C", "none", "--no-null", "--scores", "embeding")
    done = geometry(OTHER, *LABELLED, *options, cwd=folder)
    assert done.returncode == 2
    assert "--scores must name a tensor of the graph; got 'embeding'" in done.stderr
    assert "--output" not in done.stderr
    assert "Did you mean embedding" in done.stderr
