"""``rank --until``: a race on real networks, its documents, its refusals, killed and resumed."""

import json
import re
import shutil
import signal
from pathlib import Path

import jsonschema
import numpy as np
import pytest

import rmqm_spec
from rmqm_spec.contracts.listener import Listener
from rmqm_spec.errors import IncompleteError
from rmqm_spec.results.stored import read_result

pytest.importorskip("onnxruntime")

EXAMPLES = Path(__file__).parents[2] / "examples"
SCHEMA = Path(rmqm_spec.__file__).with_name("documents") / "schemas" / "rank.schema.json"
MODELS = ("ntxent.onnx", "entropy.onnx", "copy.onnx")
FAST = ("--levels", "9", "--no-null")


@pytest.fixture(scope="module")
def folder(rmqm, tmp_path_factory):
    """Two models and a copy of one of them, raced."""
    folder = tmp_path_factory.mktemp("race")
    shutil.copy(EXAMPLES / "digits_ntxent.onnx", folder / "ntxent.onnx")
    shutil.copy(EXAMPLES / "digits_cross_entropy.onnx", folder / "entropy.onnx")
    shutil.copy(EXAMPLES / "digits_ntxent.onnx", folder / "copy.onnx")
    np.save(folder / "data.npy", np.random.default_rng(0).integers(0, 256, (900, 8, 8), np.uint8))
    done = race(rmqm, folder, "--out", "board")
    assert done.returncode == 0, done.stderr
    (folder / "said.txt").write_text(done.stderr)
    return folder


def race(rmqm, folder, *more, until="order", models=MODELS[:2]):
    arguments = ("--until", until, "--data", "data.npy", *FAST, "--json")
    return rmqm("rank", *models, *arguments, *more, cwd=folder)


def stored(folder, name):
    return json.loads((folder / name / "rank.json").read_text())


def test_a_race_finds_the_order_of_all_inputs_with_far_fewer(rmqm, folder):
    whole = rmqm("rank", *MODELS[:2], "--data", "data.npy", *FAST, "--json", cwd=folder).document
    raced = stored(folder, "board")
    assert [row["name"] for row in raced["ranked"]] == [row["name"] for row in whole["ranked"]]
    assert raced["race"]["stopped"] == "settled"
    assert max(raced["race"]["inputs"].values()) * 5 < whole["inputs"]
    (pair,) = raced["pairs"]
    low, high = pair["interval"]
    (true,) = whole["pairs"]
    assert not pair["tied"]
    assert low < true["difference"] < high


def test_the_document_follows_its_schema_and_is_valid(rmqm, folder):
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text())).validate(
        stored(folder, "board")
    )
    assert rmqm("validate", "board", cwd=folder).returncode == 0


def test_a_changed_race_is_not_valid(rmqm, folder):
    shutil.copytree(folder / "board", folder / "changed")
    document = stored(folder, "changed")
    document["race"]["decisions"][0]["bound"] = 1.0
    (folder / "changed" / "rank.json").write_text(json.dumps(document))
    done = rmqm("validate", "changed", cwd=folder)
    assert (done.returncode, "the bound must be" in done.stdout) == (1, True)


def test_the_plan_and_the_looks_are_said(folder):
    said = (folder / "said.txt").read_text()
    assert "a race until the order is settled with 0.95 confidence" in said
    assert "900 inputs for each of 2 encoders would take about" in said
    assert "after 16 inputs: 1 of 1 pairs decided; the race is over" in said
    assert said.count("nothing left to encode: all inputs are done") == 2
    assert "resuming" not in said
    document = json.loads((folder / "board" / "entropy" / "result.json").read_text())
    assert "encodings_per_second" not in document["runtime"]  # a speed of what was encoded then


def test_the_result_of_an_encoder_is_that_of_a_score_of_as_many_inputs(rmqm, folder):
    result = read_result(folder / "board" / "entropy")
    n = stored(folder, "board")["race"]["inputs"]["entropy"]
    assert result.document["counts"]["used"] == len(result.ids) == n
    options = ("--data", "data.npy", "--n", n, *FAST, "--out", "alone", "--json")
    alone = rmqm("score", "entropy.onnx", *options, cwd=folder).document
    assert alone["rmqm"] == result.document["rmqm"]
    assert alone["inputs"]["ids_sha256"] == result.document["inputs"]["ids_sha256"]
    assert not list((folder / "board").rglob("checkpoints-*"))


def test_copies_are_level_and_the_others_still_settled(rmqm, folder):
    document = race(rmqm, folder, models=MODELS).document
    assert document["race"]["stopped"] == "settled"
    tied = {(pair["first"], pair["second"]) for pair in document["pairs"] if pair["tied"]}
    assert len(tied) == 1
    assert set(*tied) == {"ntxent", "copy"}


def test_until_the_best(rmqm, folder):
    document = race(rmqm, folder, "--out", "best", until="best").document
    assert document["race"]["best"] == document["ranked"][0]["name"] == "ntxent"
    said = rmqm(
        "rank",
        *MODELS[:2],
        "--until",
        "best",
        "--data",
        "data.npy",
        *FAST,
        "--out",
        "best",
        cwd=folder,
    ).stdout
    assert "The best is settled with 0.95 confidence: ntxent." in said


def test_each_null_sees_the_inputs_of_its_network(rmqm, folder):
    arguments = ("--until", "order", "--data", "data.npy", "--levels", "4", "--out", "nulls")
    done = rmqm("rank", *MODELS[:2], *arguments, "--json", cwd=folder)
    for row in done.document["ranked"]:
        null = read_result(folder / "nulls" / row["name"] / "null")
        assert null.ids == read_result(folder / "nulls" / row["name"]).ids
        assert row["null"]["difference"] is not None


def test_an_encoder_that_fails_leaves_the_others_in_the_race(rmqm, folder):
    (folder / "broken.onnx").write_bytes(b"no model")
    done = race(rmqm, folder, models=(*MODELS[:2], "broken.onnx"))
    assert done.returncode == 1
    assert [row["name"] for row in done.document["failed"]] == ["broken"]
    assert done.document["race"]["stopped"] == "settled"


def test_a_race_that_no_budget_allows_is_refused_and_the_remedy_works(rmqm, folder):
    done = race(rmqm, folder, "--budget", "0.001s")
    assert (done.returncode, "must reach to the first look" in done.stderr) == (2, True)
    budget = done.stderr.partition("--budget ")[2].split()
    remedy = next(word for word in done.stderr.split("Give it longer: --budget ")[1].split())
    assert budget
    assert race(rmqm, folder, "--budget", remedy.rstrip(".`'\"},")).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--until", "order", "--by", "rankme"), "a race must settle the order of RMQM"),
        (("--until", "dawn"), "--until must be"),
        (("--confidence", "0.9"), "must come with a race"),
        (("--until", "order", "--report", "r.html"), "--report must come without a race"),
        (("--until", "order", "--executor", "processes"), "executor"),
        (("--precision", "0.02"), "--until order"),
    ],
)
def test_what_does_not_go_with_a_race_is_refused(rmqm, folder, arguments, words):
    done = rmqm("rank", *MODELS[:2], "--data", "data.npy", *FAST, *arguments, cwd=folder)
    assert (done.returncode, words in done.stderr) == (2, True), done.stderr


def test_the_same_race_is_not_run_again_unless_forced(rmqm, folder):
    before = stored(folder, "board")
    done = race(rmqm, folder, "--out", "board")
    assert "the same race is over" in done.stderr
    assert "inputs: 1 of 1 pairs" not in done.stderr
    after = done.document
    assert (after["race"], after["pairs"]) == (before["race"], before["pairs"])
    other = race(rmqm, folder, "--out", "other", "--confidence", "0.9")
    shutil.copy(folder / "other" / "rank.json", folder / "board" / "rank.json")
    assert other.document["race"]["confidence"] == 0.9
    again = race(rmqm, folder, "--out", "board")
    assert "inputs: 1 of 1 pairs" in again.stderr
    forced = race(rmqm, folder, "--out", "board", "--force")
    assert "inputs: 1 of 1 pairs" in forced.stderr


def test_a_race_has_no_report_but_its_results_have(rmqm, folder):
    done = rmqm("report", "board", cwd=folder)
    assert (done.returncode, "a race, in which each" in done.stderr) == (2, True)
    remedy = done.stderr.partition("rmqm-spec report ")[2].split()[0]
    assert rmqm("report", remedy, "--out", "one.html", cwd=folder).returncode == 0


def test_results_cannot_race(rmqm, folder):
    done = race(rmqm, folder, models=("ntxent.onnx", "board/entropy"))
    assert (done.returncode, "a race must be given models" in done.stderr) == (2, True)


def test_inputs_that_do_not_settle_it_leave_ties_and_a_finding(rmqm, folder):
    arguments = ("--n", "16", "--confidence", "0.9999", "--out", "open")
    document = race(rmqm, folder, *arguments, models=("ntxent.onnx", "near.onnx")).document
    assert document["race"]["stopped"] == "inputs"
    assert {"RNK009"} == {finding["code"] for finding in document["findings"]}
    assert document["pairs"][0]["tied"]


@pytest.fixture(scope="module", autouse=True)
def near(folder):
    """A network close to another: its weights are a little off."""
    import onnx
    from onnx import numpy_helper

    model = onnx.load(folder / "ntxent.onnx")
    random = np.random.default_rng(0)
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype == np.float32 and values.ndim > 1:
            noisy = values * (1 + 0.01 * random.standard_normal(values.shape))
            tensor.CopyFrom(numpy_helper.from_array(noisy.astype(np.float32), tensor.name))
    onnx.save(model, folder / "near.onnx")


def test_a_race_killed_at_any_look_resumes_to_the_same_document(rmqm, folder):
    models, options = ("ntxent.onnx", "near.onnx"), ("--confidence", "0.9999")
    quiet = race(rmqm, folder, *options, "--out", "quiet", models=models).document
    arguments = ("--until", "order", "--data", "data.npy", *FAST, "--json", *options)
    n_killed = 0
    for look in (20, 49, 200):
        worker = rmqm.start("rank", *models, *arguments, "--out", "killed", cwd=folder)
        for line in worker.stderr:
            if f"after {look} inputs" in line:
                worker.send_signal(signal.SIGKILL)
                n_killed += 1
                break
        worker.communicate(timeout=60)
    assert n_killed >= 1
    again = race(rmqm, folder, *options, "--out", "killed", models=models).document
    for document in (quiet, again):
        for row in document["ranked"]:
            row.pop("encodings_per_second")
            row.pop("result")
    assert again == quiet


class Interrupting(Listener):
    """Ctrl-C after some look."""

    def note(self, text):
        if "after 63 inputs" in text:
            raise KeyboardInterrupt


def test_an_interrupt_speaks_of_the_race_and_not_of_an_encoder_that_left_it(folder):
    models = [str(folder / name) for name in ("ntxent.onnx", "near.onnx", "entropy.onnx")]
    options = {"data": str(folder / "data.npy"), "null": False}
    asked = {"until": "order", "confidence": 0.9999, "out": folder / "cut"}
    given = {**options, **asked, "listener": Interrupting()}
    with pytest.raises(IncompleteError) as caught:
        rmqm_spec.rank(models, **given)
    pattern = (
        "the race must run to its end; it was interrupted after ([0-9]+) inputs, which are kept"
    )
    found = re.match(pattern, caught.value.message)
    assert found, caught.value.message
    assert 49 < int(found[1]) <= 63
    assert "resumes after these" in caught.value.fix
