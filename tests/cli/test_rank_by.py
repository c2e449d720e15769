"""``rank --by`` and the measures that only a ranking has, as a user meets them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema
import numpy as np
import pytest

import rmqm_spec

pytest.importorskip("onnxruntime")
onnx = pytest.importorskip("onnx")

EXAMPLES = Path(__file__).parents[2] / "examples"
SCHEMA = Path(rmqm_spec.__file__).with_name("documents") / "schemas" / "rank.schema.json"
FAST = ("--levels", "3", "--n", "24", "--no-null")


def narrow(source, target, size):
    """Write a model whose embedding keeps only its first values."""
    model = onnx.load(source)
    graph = model.graph
    output = graph.output[0]
    graph.initializer.append(
        onnx.numpy_helper.from_array(np.arange(size, dtype=np.int64), "first_values")
    )
    graph.node.append(
        onnx.helper.make_node("Gather", [output.name, "first_values"], ["narrow"], axis=1)
    )
    del graph.output[:]
    graph.output.append(
        onnx.helper.make_tensor_value_info("narrow", onnx.TensorProto.FLOAT, [None, size])
    )
    onnx.save(model, target)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("by")
    shutil.copy(EXAMPLES / "digits_ntxent.onnx", folder / "ntxent.onnx")
    shutil.copy(EXAMPLES / "digits_cross_entropy.onnx", folder / "entropy.onnx")
    narrow(EXAMPLES / "digits_ntxent.onnx", folder / "narrow.onnx", 12)
    return folder


ALL = ("ntxent.onnx", "entropy.onnx", "narrow.onnx")


def test_the_usual_order_says_nothing_new(rmqm, folder):
    usual = rmqm("rank", *ALL, *FAST, "--json", cwd=folder)
    named = rmqm("rank", *ALL, *FAST, "--by", "rmqm:high", "--json", cwd=folder)
    assert "by" not in usual.document
    assert named.document["ranking_sha256"] == usual.document["ranking_sha256"]


def test_a_measure_with_an_interval_orders_with_certainty(rmqm, folder):
    arguments = ("rank", *ALL, *FAST, "--by", "uniformity", "--out", "uniform", "--csv", "u.csv")
    done = rmqm(*arguments, cwd=folder)
    assert done.returncode == 0, done.stderr
    document = json.loads((folder / "uniform/rank.json").read_text())
    jsonschema.validate(document, json.loads(SCHEMA.read_text()))
    by = document["by"]
    assert by["first"] == "low"
    assert by["certain"]
    assert "Uniformity (low values first)" in done.stdout
    assert "By RMQM," in done.stdout
    names = [place["name"] for place in by["ranked"]]
    rows = (folder / "u.csv").read_text().splitlines()[1:]
    assert [row.split(",")[1] for row in rows] == names
    assert rmqm("validate", "uniform/rank.json", cwd=folder).returncode == 0
    document["by"]["ranked"][0]["value"] += 1
    (folder / "edited.json").write_text(json.dumps(document))
    assert rmqm("validate", "edited.json", cwd=folder).returncode == 1


def test_sizes_that_differ_are_named_and_the_remedy_works(rmqm, folder):
    done = rmqm("rank", *ALL, *FAST, "--by", "rankme", "--out", "r", cwd=folder)
    assert "RNK008" in done.stderr
    assert "--by rankme@12" in done.stderr
    assert "No interval of differences is known for RankMe" in " ".join(done.stdout.split())
    for by in ("rankme@12", "rankme@smallest"):
        again = rmqm("rank", *ALL, *FAST, "--by", by, "--json", "--out", "s", cwd=folder)
        assert again.returncode == 0, again.stderr
        assert "RNK008" not in again.stderr
        assert again.document["by"]["measure"] == "rankme@12"


def test_the_local_rank_names_the_sizes_of_the_encodings_and_the_remedy_works(rmqm, folder):
    done = rmqm("rank", *ALL, *FAST, "--by", "jacobian-rank", "--out", "j", cwd=folder)
    said = " ".join(done.stderr.split())
    assert "RNK008" in said
    assert "ntxent 32" in said
    assert "narrow 12" in said
    remedy = ("--by", "jacobian-rank@12", "--json", "--out", "k")
    again = rmqm("rank", *ALL, *FAST, *remedy, cwd=folder)
    assert again.returncode == 0, again.stderr
    assert "RNK008" not in again.stderr
    assert again.document["by"]["first"] == "high"


def test_what_sets_a_tie_apart_stands_in_the_order_of_the_document(rmqm, folder):
    shutil.copy(folder / "ntxent.onnx", folder / "twin.onnx")
    asked = ("--measure", "rankme,nesum,lidar,uniformity,two-nn,stable-rank", "--out", "t")
    done = rmqm("rank", "ntxent.onnx", "twin.onnx", *FAST, *asked, cwd=folder)
    document = json.loads((folder / "t/rank.json").read_text())
    [said] = [line for line in done.stdout.splitlines() if "What sets" in line]
    names = list(document["ranked"][0]["measures"])
    assert len(names) == 6
    places = [said.index(f" {name} ") for name in names]
    assert places == sorted(places)


def test_an_unknown_end_is_refused_before_any_work_and_the_remedy_works(rmqm, folder):
    refused = rmqm("rank", *ALL, *FAST, "--by", "path-curvature", cwd=folder)
    assert refused.returncode == 2
    assert "RNK006" in refused.stderr
    assert "encodings" not in refused.stdout
    done = rmqm("rank", *ALL, *FAST, "--by", "path-curvature:low", "--json", cwd=folder)
    assert done.document["by"]["basis"] == "given"
    contrary = rmqm("rank", *ALL, *FAST, "--by", "uniformity:high", cwd=folder)
    assert "against what is known" in " ".join(contrary.stdout.split())


def test_measures_between_encoders(rmqm, folder):
    measures = ("--measure", "ridge-r2,mutual-neighbours", "--by", "consensus:high")
    done = rmqm("rank", *ALL, *FAST, *measures, "--out", "b", "--report", "b.html", cwd=folder)
    assert done.returncode == 0, done.stderr
    document = json.loads((folder / "b/rank.json").read_text())
    for encoder in document["ranked"]:
        assert {"ridge-r2", "mutual-neighbours", "consensus"} <= encoder["measures"].keys()
        assert encoder["measures"]["ridge-r2"]["status"] == "ok"
    alone = json.loads(Path(folder / document["ranked"][0]["result"]).read_text())
    assert alone["measures"]["ridge-r2"]["status"] == "needs-other-encoders"
    page = (folder / "b.html").read_text()
    assert "In the order of Consensus" in page
    assert "--measure ridge-r2" not in page
    assert rmqm("validate", "b/rank.json", cwd=folder).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("score", "ntxent.onnx", "--measure", "ridge-r2"), "compares several encoders"),
        (("rank", *ALL[:2], "--measure", "ridge-r2"), "at least 3"),
        (("score", "ntxent.onnx", "--measure", "rankme@smallest"), "must stand in rank"),
        (("rank", *ALL, "--measure", "consensus@8"), "without a size"),
        (("rank", *ALL, "--by", "logme"), "--probe --measure logme"),
        (("rank", *ALL, "--by", "logme:high"), "needs labels"),
        (("rank", *ALL, "--by", ""), "--by must be NAME"),
    ],
)
def test_what_does_not_go_together_is_refused(rmqm, folder, arguments, said):
    done = rmqm(*arguments, *FAST, cwd=folder)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())


def test_all_measures_of_these_encodings(rmqm, folder):
    done = rmqm("score", "ntxent.onnx", *FAST, "--measure", "all", "--json", cwd=folder)
    listed = rmqm("measures", "--json", cwd=folder).document["measures"]
    more = {"encoders", "labels", "gradients"}
    alone = {one["name"] for one in listed if not more & set(one["needs"])} - {"rmqm"}
    assert alone == done.document["measures"].keys()
    costs = {one["name"]: one["encodings_per_input"] for one in listed}
    assert costs["rankme"] == "1"
    assert costs["lidar"] == "J + 1"
    assert costs["consensus"] == "1 per encoder"
    assert costs["jacobian-norm"] == "1, with E pullbacks or d derivatives in a direction"
