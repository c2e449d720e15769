"""Encoders that are built to fool: what score, check and rank say of them, and the study's page."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest

import rmqm_spec
from studies.failures.encoders import FAILURES, HONEST, build
from studies.failures.fooled import SIGNS, findings_of
from studies.failures.parts import Material
from studies.measuring.table import ResultTable

RESULTS = Path(__file__).parents[2] / "studies/failures/results"
STILL = ("jump-then-still", "hash", "appended-hash", "constant-if-noisy", "faint-directions")
SILENT = ("pixels", "components-32", "random-convolution", "random-features", "permuted-pixels")


def strokes(n_images):
    """Draw thick lines on black, as bytes."""
    random = np.random.default_rng(0)
    images = np.zeros((n_images, 28, 28), dtype=np.uint8)
    for image in images:
        for _ in range(3):
            (top, left), (height, width) = random.integers(3, 16, 2), random.integers(2, 10, 2)
            image[top : top + height, left : left + width] = random.integers(120, 256)
    return images


@pytest.fixture(scope="module")
def material():
    training, scored = strokes(700) / 255, strokes(40) / 255
    return Material(training.reshape(-1, 784), scored.reshape(-1, 784))


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    file = tmp_path_factory.mktemp("images") / "strokes.npz"
    np.savez(file, images=strokes(24))
    return f"{file}:images"


def doubts_of(findings):
    return {one.code for one in findings if one.code.startswith("SCO") and one.level != "ok"}


@pytest.fixture
def made(material, tmp_path):
    def make(name):
        return str(build(name, {**HONEST, **FAILURES}[name], material, tmp_path))

    return make


@pytest.mark.parametrize("name", STILL)
def test_what_stands_still_is_doubted(made, source, tmp_path, name):
    scored = rmqm_spec.score(made(name), data=source, out=str(tmp_path / "out"), null=False)
    assert "SCO003" in doubts_of(scored.findings)


@pytest.mark.parametrize("name", SILENT)
def test_honest_encoders_are_not(made, source, tmp_path, name):
    scored = rmqm_spec.score(made(name), data=source, out=str(tmp_path / "out"), null=False)
    assert not doubts_of(scored.findings) & {"SCO001", "SCO003", "SCO004"}


def test_check_and_rank_doubt_it_too(made, source, tmp_path):
    models = [made("faint-directions"), made("pixels")]
    checked = [rmqm_spec.check(model, data=source, n=12) for model in models]
    assert ["SCO003" in doubts_of(one.findings) for one in checked] == [True, False]
    ranked = rmqm_spec.rank(models, data=source, out=str(tmp_path / "ranked"), null=False)
    found = {name: doubts_of(findings) for name, findings in ranked.findings_of.items()}
    assert ["SCO003" in found[name] for name in ("faint-directions", "pixels")] == [True, False]


def test_an_output_before_the_choice_of_an_answer_has_a_score(made, source, tmp_path):
    model = made("nearest-prototype")
    options = {"data": source, "null": False}
    refused = rmqm_spec.score(model, **options, out=str(tmp_path / "chosen"))
    (doubt,) = [one for one in refused.findings if one.code == "SCO001"]
    assert "undefined-terms" in doubt.message
    assert "--output" in doubt.fix
    (largest,) = [one for one in onnx.load(model).graph.node if one.op_type == "ReduceMax"]
    before = rmqm_spec.score(model, **options, output=largest.input[0], out=str(tmp_path / "all"))
    assert before.stored.document["status"] == "ok"


def rows_of(**values):
    tasks = {
        f"{task}_{kind}": 0.0
        for task in ("kmnist", "fashion", "mnist")
        for kind in ("1nn", "probe")
    }
    return {
        name: {"kind": kind, "codes": "", "rmqm": rmqm, **dict.fromkeys(tasks, accuracy)}
        for name, (kind, rmqm, accuracy) in values.items()
    }


def test_a_measure_is_fooled_by_a_poor_encoder_that_it_puts_high():
    honest = {f"honest{place}": ("honest", str(place), 0.9) for place in range(4)}
    rows = rows_of(
        **honest,
        poor_and_high=("failure", "9", 0.1),
        poor_and_low=("failure", "-9", 0.1),
        poor_without=("failure", "", 0.1),
        good_and_high=("failure", "9", 0.95),
    )
    fooled = {name: one["fooled"] for name, one in findings_of(rows)["failures"].items()}
    assert fooled == {
        "poor_and_high": ["rmqm"],
        "poor_and_low": [],
        "poor_without": [],
        "good_and_high": [],
    }


def test_the_findings_follow_from_the_table():
    found = json.loads((RESULTS / "findings.json").read_text())
    again = json.loads(json.dumps(findings_of(ResultTable(RESULTS / "encoders.csv").rows)))
    assert found == again


def test_the_page_quotes_the_study():
    page = (RESULTS.parents[2] / "docs/interpreting.md").read_text(encoding="utf-8")
    rows = ResultTable(RESULTS / "encoders.csv").rows
    failures = findings_of(rows)["failures"]
    quoted = {
        "hash": "a meaningless hash of the pixels",
        "faint-directions": "only the directions in which images hardly differ, scaled to one size",
        "jump-then-still": "jumps at the first trace of noise, then stands still",
        "sign": "signs of random projections",
        "nearest-prototype": "one of ten values is 1",
        "clock": "two values that show only the roughness of the image",
        "duplicated-values": "four components, each repeated 64 times",
    }
    for name, words in quoted.items():
        score = f"{float(rows[name]['rmqm']):.2f}" if rows[name]["rmqm"] else "none"
        (line,) = [one for one in page.splitlines() if one.startswith(f"| {words} |")]
        accuracy = failures[name]["accuracy"]["1nn"]
        assert line.startswith(f"| {words} | {accuracy:.2f} | {score} |")
        codes = [code for code in failures[name]["codes"] if code.startswith("SCO")]
        assert line.endswith(f"| `{codes[0]}` |" if codes else "| none |")
    poor = [name for name, failure in failures.items() if failure["is_poor"]]
    assert (len(failures), len(poor)) == (20, 13)
    plain = float(rows["components-32"]["rmqm"])
    for name in ("cone", "norm-grows-with-noise", "float16"):
        assert abs(float(rows[name]["rmqm"]) - plain) < 0.05
    everything_else = set(SIGNS) - {"neighbour-agreement"}
    for name in ("hash", "faint-directions", "sign"):
        assert set(failures[name]["fooled"]) == everything_else
