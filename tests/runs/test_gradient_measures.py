"""Measures of gradients in a run: of model and null, resumed, by workers, ordered by, refused."""

from __future__ import annotations

import json
from pathlib import Path
from threading import Barrier

import numpy as np
import pytest

import rmqm_spec
from rmqm_spec.contracts.listener import Listener
from rmqm_spec.errors import SubjectError, UsageError
from rmqm_spec.runs import opening, outlook
from rmqm_spec.runs.flat import request_of
from rmqm_spec.runs.gradients import gradient_purpose
from rmqm_spec.validation.results import check_result

pytest.importorskip("onnxruntime")

EXAMPLES = Path(__file__).parents[2] / "examples"
MODEL = str(EXAMPLES / "digits_ntxent.onnx")
NAMES = ["jacobian-norm", "jacobian-rank", "jacobian-volume@8"]
OPTIONS = {"n": 24, "measure": NAMES, "listener": Listener()}
"""On the full path of 99 levels, groups are small: 24 inputs are three."""


class Hearing(Listener):
    """Keeps the notes, and when work began."""

    def __init__(self):
        self.heard = []

    def note(self, text):
        self.heard.append(text)

    def work(self, what, **options):
        self.heard.append(f"work: {what}")
        return super().work(what, **options)


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    return rmqm_spec.score(MODEL, out=str(tmp_path_factory.mktemp("run") / "out"), **OPTIONS)


def document_of(scored):
    return json.loads(scored.path.read_text())


def test_the_value_has_an_interval_and_a_null(scored):
    document = document_of(scored)
    for name in NAMES:
        section = document["measures"][name]
        assert section["status"] == "ok"
        low, high = section["interval"]
        assert low < section["value"] < high
        assert document["null"]["measures"][name]["value"] != section["value"]


def test_the_document_names_the_gradient_and_how_long_it_was_to_take(scored):
    runtime = document_of(scored)["runtime"]
    assert runtime["gradient"] == "onnx (reverse mode as a graph)"
    assert 0 <= runtime["gradient_error"] < 0.05
    assert runtime["expected_seconds"] > 0


def test_everything_can_be_computed_again(scored):
    findings = list(check_result(scored.path, document_of(scored)))
    assert [one.level for one in findings if one.code == "VAL012"] == ["ok"] * len(NAMES)
    assert not [one for one in findings if one.level == "fail"]


def test_workers_give_the_same_bits(scored, tmp_path):
    by_workers = rmqm_spec.score(
        MODEL, out=str(tmp_path / "out"), executor="processes", workers=2, null=False, **OPTIONS
    )
    assert document_of(by_workers)["measures"] == document_of(scored)["measures"]
    assert document_of(by_workers)["result_sha256"] == document_of(scored)["result_sha256"]


def test_a_run_that_was_stopped_goes_on_to_the_same_bits(scored, tmp_path, monkeypatch):
    from rmqm_spec.evaluation import checkpoints
    from rmqm_spec.evaluation.meters import Meters

    monkeypatch.setattr(checkpoints, "SECONDS_PER_CHECKPOINT", 0.0)
    asked, true = [], Meters.differentiate

    def stopping(self, encoder, inputs):
        asked.append(len(inputs))
        if len(asked) == 2:
            raise MemoryError("stopped")
        true(self, encoder, inputs)

    with monkeypatch.context() as patched:
        patched.setattr(Meters, "differentiate", stopping)
        with pytest.raises(MemoryError):
            rmqm_spec.score(MODEL, out=str(tmp_path / "out"), null=False, **OPTIONS)
    hearing = Hearing()
    again = rmqm_spec.score(
        MODEL, out=str(tmp_path / "out"), null=False, **{**OPTIONS, "listener": hearing}
    )
    assert any("resuming after" in text for text in hearing.heard)
    assert document_of(again)["measures"] == document_of(scored)["measures"]


def test_a_ranking_goes_by_the_norm(tmp_path):
    models = [str(path) for path in sorted(EXAMPLES.glob("digits_*.onnx"))]
    ranked = rmqm_spec.rank(
        models,
        by="jacobian-norm:low",
        n=12,
        levels=3,
        null=False,
        out=str(tmp_path),
        listener=Listener(),
    )
    norms = {
        name: result.document["measures"]["jacobian-norm"]["value"]
        for name, result in ranked.results.items()
    }
    first = ranked.document["by"]["ranked"][0]["name"]
    assert norms[first] == min(norms.values())


def test_how_long_it_takes_is_said_before_the_work(tmp_path):
    hearing = Hearing()
    options = {**OPTIONS, "listener": hearing, "n": 6}
    rmqm_spec.score(MODEL, out=str(tmp_path / "measures"), **options)
    said = [text.startswith("  the gradients take about ") for text in hearing.heard]
    begun = next(
        place for place, text in enumerate(hearing.heard) if text.startswith("work: scoring")
    )
    assert sum(said) == 1
    assert said.index(True) < begun
    assert hearing.heard[said.index(True)].endswith(
        "40 products with the Jacobian at each of 6 inputs, for each of 2 networks"
    )


@pytest.mark.parametrize("n", [1, 6])
def test_a_score_along_pgd_says_how_long_it_takes_before_the_work(tmp_path, n):
    hearing = Hearing()
    scored = rmqm_spec.score(
        MODEL, out=str(tmp_path), n=n, levels=5, alteration="pgd", listener=hearing
    )
    (said,) = (text for text in hearing.heard if "the gradients take about" in text)
    assert said.endswith(f": 5 steps of {n} input{'s' * (n > 1)}")
    assert hearing.heard.index(said) < hearing.heard.index("work: scoring")
    assert document_of(scored)["runtime"]["expected_seconds"] > 0


def test_a_score_without_gradients_says_nothing_of_them(tmp_path):
    hearing = Hearing()
    scored = rmqm_spec.score(MODEL, out=str(tmp_path), n=4, levels=3, listener=hearing)
    assert not any("gradients" in text for text in hearing.heard)
    assert not {"gradient", "gradient_error", "expected_seconds"} & set(
        document_of(scored)["runtime"]
    )


def opened(tmp_path, **options):
    return opening.open_run(request_of(MODEL, {"out": str(tmp_path), **options}))


def test_an_outlook_is_one_step_times_steps_and_inputs_over_callers(tmp_path, monkeypatch):
    monkeypatch.setattr(outlook, "_seconds", lambda work, run: 3.0)
    run = opened(tmp_path, n=10, levels=4, alteration="pgd")
    together = min(10, run.encoder.traits.batch_size)
    found = outlook.outlook_of(run, callers=2, n_known=4)
    assert found.seconds == pytest.approx(3.0 * 5 * 6 / together / 2)
    assert found.words == "4 steps of 6 inputs"


def test_an_outlook_of_slow_products_is_one_product_times_rows_and_inputs(tmp_path, monkeypatch):
    asked = []

    def slow(work, run):
        work()
        asked.append(1)
        return 64.0

    monkeypatch.setattr(outlook, "_seconds", slow)
    run = opened(tmp_path, n=10, levels=4, measure=["jacobian-norm", "jacobian-rank"])
    found = outlook.outlook_of(run, callers=1)
    assert len(asked) == 1  # the Jacobian itself would have taken too long to try
    assert found.seconds == pytest.approx(64.0 * 10)  # 32 products of 32 were timed
    assert found.words == "32 products with the Jacobian at each of 10 inputs"


def test_long_work_names_what_takes_less_and_that_does(tmp_path, monkeypatch):
    monkeypatch.setattr(outlook, "_SMALL", 8)
    monkeypatch.setattr(outlook, "_seconds", lambda work, run: 100.0)
    run = opened(tmp_path, n=10, levels=4, measure=["jacobian-norm"])
    found = outlook.outlook_of(run, callers=1)
    hearing = Hearing()
    outlook.say_outlooks([found, None, found], hearing)
    long, less = hearing.heard
    assert long.startswith("  the gradients take about 33 min: 32 products with the Jacobian at ")
    assert long.endswith("each of 10 inputs, for each of 2 networks")
    assert less == (
        "  less work: fewer inputs (--n), or a smaller size, such as --measure jacobian-norm@8"
    )
    smaller = opened(tmp_path, n=10, levels=4, measure=["jacobian-norm@8"])
    assert outlook.outlook_of(smaller, callers=1).words.startswith("8 products")
    fewer = opened(tmp_path, n=5, levels=4, measure=["jacobian-norm"])
    assert outlook.outlook_of(fewer, callers=1).seconds == found.seconds / 2


def test_a_step_is_timed_with_as_many_callers_as_share_the_machine(tmp_path, monkeypatch):
    monkeypatch.setattr(outlook, "_SECONDS_OF_TIMING", 0.0)  # once is enough
    run = opened(tmp_path, n=10, levels=4, measure=["jacobian-norm"])
    together = Barrier(run.encoder.traits.concurrency, timeout=60)
    assert outlook._seconds(together.wait, run) > 0


def test_inputs_that_are_all_known_have_no_outlook(tmp_path):
    run = opened(tmp_path, n=5, levels=4, measure=["jacobian-norm"])
    assert outlook.outlook_of(run, n_known=5) is None


@pytest.mark.parametrize(
    ("options", "purpose"),
    [
        ({}, None),
        ({"measure": ["rankme", "all"]}, None),
        ({"measure": ["rankme", "jacobian-norm@4"]}, "jacobian-norm@4"),
        ({"measure": ["jacobian-norm"], "alteration": "pgd"}, "PGD"),
    ],
)
def test_what_a_run_needs_gradients_for(options, purpose):
    assert gradient_purpose(request_of(MODEL, options)) == purpose


def test_the_gradient_can_be_chosen_for_a_measure(tmp_path):
    with pytest.raises(UsageError, match="a measure of gradients; got"):
        opening.check_request(request_of(MODEL, {"gradient": "onnx", "measure": ["rankme"]}))
    options = {"n": 3, "levels": 2, "null": False, "listener": Listener()}
    found = [
        rmqm_spec.score(
            MODEL, out=str(tmp_path / route), gradient=route, measure=["jacobian-norm"], **options
        )
        for route in ("onnx", "finite-differences")
    ]
    routes = [document_of(one)["runtime"]["gradient"] for one in found]
    assert routes == ["onnx (reverse mode as a graph)", "finite differences"]
    values = [one.measures["jacobian-norm"]["value"] for one in found]
    assert values[1] == pytest.approx(values[0], rel=0.01)


@pytest.fixture
def without_rule(tmp_path):
    """Write a network without a derivative rule, and inputs for it."""
    onnx = pytest.importorskip("onnx")
    graph = onnx.parser.parse_model(
        '<ir_version: 10, opset_import: ["" : 20]> '
        "agraph (float[N, 4] x) => (float[N, 3] y) <bool[4] kept = {1, 0, 1, 1}> "
        "{ y = Compress<axis = 1>(x, kept) }"
    )
    onnx.save(graph, tmp_path / "model.onnx")
    np.save(tmp_path / "data.npy", np.random.default_rng(0).random((4, 4), dtype=np.float32) + 0.1)
    return str(tmp_path / "model.onnx"), str(tmp_path / "data.npy")


def test_a_graph_without_a_rule_is_refused_before_any_encoding(without_rule, tmp_path):
    model, data = without_rule
    hearing = Hearing()
    options = {"data": data, "range": "0,2", "out": str(tmp_path / "out"), "listener": hearing}
    with pytest.raises(SubjectError, match="Compress") as caught:
        rmqm_spec.score(model, measure=["jacobian-norm"], **options)
    assert caught.value.code == "GRA001"
    assert not [text for text in hearing.heard if text.startswith("work: scoring")]


def test_beside_others_it_fails_alone(without_rule, tmp_path):
    onnx = pytest.importorskip("onnx")
    model, data = without_rule
    for name in ("Tanh", "Sigmoid"):
        graph = onnx.parser.parse_model(
            '<ir_version: 10, opset_import: ["" : 20]> '
            f"agraph (float[N, 4] x) => (float[N, 4] y) {{ y = {name}(x) }}"
        )
        onnx.save(graph, tmp_path / f"{name}.onnx")
    models = [model, str(tmp_path / "Tanh.onnx"), str(tmp_path / "Sigmoid.onnx")]
    options = {"data": data, "range": "0,2", "out": str(tmp_path / "out"), "listener": Listener()}
    ranked = rmqm_spec.rank(models, by="jacobian-norm:low", levels=5, null=False, **options)
    assert [error.code for error in ranked.failed.values()] == ["GRA001"]
    names = [place["name"] for place in ranked.document["by"]["ranked"]]
    assert names == ["Sigmoid", "Tanh"]
