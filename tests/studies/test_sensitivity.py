import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from attrs import asdict
from onnx import TensorProto, helper, numpy_helper
from scipy.stats import spearmanr

import rmqm_spec
from studies.sensitivity.altered_models import hidden_layers, in_float16, in_int8, resized
from studies.sensitivity.analysis import analysed, group_rows, read_rows
from studies.sensitivity.figures import draw_orders, draw_within
from studies.sensitivity.measuring import accuracy, measured, write_images
from studies.sensitivity.page import page
from studies.sensitivity.settings import BASE, FURTHER, Setting, settings
from studies.sensitivity.statistics import agreement, coverage, expected_coverage, within_groups

RESULTS = Path(__file__).parents[2] / "studies/sensitivity/results"


@pytest.fixture
def encoder(tmp_path):
    """Write a convolution, ReLU, and a linear layer to five values, of images 28 x 28."""
    random = np.random.default_rng(0)
    weights = [
        numpy_helper.from_array(random.standard_normal(shape).astype(np.float32), name)
        for name, shape in (("kernel", (4, 1, 7, 7)), ("matrix", (64, 5)))
    ]
    nodes = [
        helper.make_node("Conv", ["image", "kernel"], ["maps"], strides=[7, 7]),
        helper.make_node("Relu", ["maps"], ["rectified"]),
        helper.make_node("Flatten", ["rectified"], ["flat"]),
        helper.make_node("Gemm", ["flat", "matrix"], ["embedding"]),
    ]
    graph = helper.make_graph(
        nodes,
        "encoder",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 1, 28, 28])],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", 5])],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path = tmp_path / "encoder.onnx"
    onnx.save(model, path)
    return path


def encoded(path, images):
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (encodings,) = session.run(None, {session.get_inputs()[0].name: images})
    return encodings


def test_every_setting_changes_one_thing_of_what_it_is_compared_with():
    every = settings()
    by_name = {setting.name: setting for setting in every}
    assert len(by_name) == len(every)
    together = {"N": {"n", "n_further"}, "J": {"levels", "levels_further", "n_further"}}
    for setting in every:
        before, after = asdict(by_name[setting.reference]), asdict(setting)
        changed = {key for key in after if before[key] != after[key]} - {"factor", "level"}
        changed.discard("further")
        if setting.factor == "variant":
            changed.discard("n_further")  # the further measures have no variant
        allowed = together.get(setting.factor)
        assert changed <= allowed if allowed else len(changed) <= 1, setting.name


def test_the_quick_form_has_fewer_and_smaller_settings():
    quick = settings(quick=True)
    assert quick[0].name == BASE.name
    assert len(quick) < len(settings()) / 2
    assert max(setting.n * setting.levels for setting in quick) <= 240


def test_agreement_is_that_of_scipy_in_standard_deviations():
    random = np.random.default_rng(0)
    first = random.standard_normal(20)
    second = first + 0.5 * random.standard_normal(20) - 3
    second[4] = np.nan
    found = agreement(first, second, np.full(20, 0.25))
    known = ~np.isnan(second)
    change = (second - first)[known]
    spread = first[known].std(ddof=1)
    assert found["encoders"] == 19
    expected = spearmanr(first[known], second[known]).statistic
    assert found["rho"] == pytest.approx(expected, abs=1e-4)
    assert found["shift"] == pytest.approx(np.median(change) / spread, abs=1e-4)
    assert found["largest"] == pytest.approx(np.abs(change).max() / spread, abs=1e-4)
    assert found["in_half_widths"] == pytest.approx(np.median(np.abs(change)) / 0.25, abs=1e-4)
    low, high = found["interval"]
    assert low < found["rho"] < high < 1


def test_two_encoders_have_no_order_to_compare():
    assert agreement(np.array([1.0, 2.0, np.nan]), np.array([1.0, 2.0, 3.0])) is None


def test_coverage_counts_what_intervals_hold():
    values = 100 + np.array([[0.0, 1.0, 5.0], [2.0, 2.0, 2.0]])
    shares = coverage(values, values - 3, values + 3)
    assert shares == {"other": round(8 / 12, 4), "mean": round(5 / 6, 4)}


def test_exact_intervals_have_the_expected_coverage():
    n, draws = 12, 5
    inputs = np.random.default_rng(0).standard_normal((4_000, draws, n))
    values = inputs.mean(axis=2)
    half = 2.200985 * inputs.std(axis=2, ddof=1) / np.sqrt(n)
    found = coverage(values, values - half, values + half)
    expected = expected_coverage(n, draws)
    assert found == pytest.approx(expected, abs=0.01)
    assert expected["other"] < expected["mean"] < 0.95


def test_rho_within_groups_leaves_out_what_has_no_value():
    accuracy_ = np.array([0.1, 0.2, 0.3, 0.4])
    found = within_groups(
        [
            ("rises", np.array([1.0, np.nan, 3.0, 4.0]), accuracy_),
            ("falls", -accuracy_, accuracy_),
            ("undefined", np.array([1.0, 2.0, np.nan, np.nan]), accuracy_),
        ]
    )
    assert found["groups"] == {"rises": 1.0, "falls": -1.0}
    assert (found["mean"], found["least"], found["most"]) == (0.0, -1.0, 1.0)
    assert within_groups([("short", accuracy_[:2], accuracy_[:2])]) is None


def made_up_rows():
    """Eight encoders of which a setting turns the order round, and a network of four layers."""
    random = np.random.default_rng(1)
    rows = []
    for place in range(8):
        for factor, level, value in (
            ("base", "", place),
            ("turned", "round", -place),
            ("draw", "1", place + 0.01),
        ):
            row = {"recipe": f"e{place}", "factor": factor, "level": level, "reference": "base"}
            row |= {"rmqm": value, "rmqm_low": value - 0.5, "rmqm_high": value + 0.5}
            rows.append(row | {"rankme": random.random()})
    layers = [(place, pooling) for place in range(4) for pooling in ("flatten", "mean")]
    rows += [
        {
            "recipe": "net",
            "factor": "layer",
            "level": f"{place} {pooling}",
            "reference": "base",
            "group": "net",
            "place": place,
            "pooling": pooling,
            "rmqm": place if pooling == "flatten" else 9 - place,
            "kmnist_1nn": -place,
        }
        for place, pooling in layers
        if place < 2 or pooling == "flatten"
    ]
    return [{key: str(value) for key, value in row.items()} for row in rows]


def test_the_analysis_finds_what_was_put_into_a_table():
    document = analysed(made_up_rows(), n=100, n_further=256, asked=["base", "seed 1"])
    found = {
        (entry["factor"], entry["measure"]): entry
        for entry in document["settings"]
        if entry["measure"] == "rmqm"
    }
    assert document["encoders"] == 8
    assert document["not_complete"] == ["seed 1"]
    assert found["turned", "rmqm"]["rho"] == -1
    assert found["draw", "rmqm"]["in_half_widths"] == pytest.approx(0.02)
    (covered,) = document["coverage"]
    assert (covered["measure"], covered["other"], covered["draws"]) == ("rmqm", 1.0, 2)
    (flattened,) = document["layers"]
    assert flattened["groups"] == {"net": -1.0}
    (pooled,) = document["pooled_layers"]
    assert pooled["groups"] == {"net": pytest.approx(0.8)}  # 9, 8, 2, 3 against 0, -1, -2, -3


def test_other_arithmetic_gives_nearly_the_same_encodings(encoder, tmp_path):
    images = np.random.default_rng(1).random((6, 1, 28, 28), dtype=np.float32)
    expected = encoded(encoder, images)
    for change, within in ((in_float16, 0.003), (in_int8, 0.05)):
        changed = encoded(change(encoder, tmp_path / "changed.onnx"), images)
        difference = np.abs(changed - expected).max() / np.abs(expected).max()
        assert 0 < difference < within, change


def test_a_graph_that_resizes_gives_the_encodings_of_resized_images(encoder, tmp_path):
    small = np.random.default_rng(1).random((3, 1, 14, 14), dtype=np.float32)
    across = np.clip((np.arange(28) + 0.5) / 2 - 0.5, 0, 13)
    row = np.stack([np.interp(across, np.arange(14), one) for one in np.eye(14)], axis=1)
    large = (row @ small @ row.T).astype(np.float32)
    found = encoded(resized(encoder, 14, tmp_path / "from_14.onnx"), small)
    np.testing.assert_allclose(found, encoded(encoder, large), rtol=1e-3, atol=1e-3)


def test_layers_come_in_the_order_of_the_graph_with_their_axes(encoder):
    assert hidden_layers(encoder) == {"rectified": 4, "embedding": 2}


def test_what_is_measured_is_what_score_and_probe_say(encoder, tmp_path):
    random = np.random.default_rng(2)
    images = random.integers(256, size=(2_560, 28, 28), dtype=np.uint8)
    np.savez(tmp_path / "mnist.npz", test_images=images)
    labels = np.arange(1_000) % 4
    np.savez(tmp_path / "kmnist.npz", test_images=images[:1_000], test_labels=labels)
    written = write_images(tmp_path, tmp_path / "images")
    setting = Setting(n=8, levels=5, n_further=24, draw=1, options={"seed": 3})
    values = measured(encoder, setting, written, tmp_path / "scratch")
    scored = rmqm_spec.score(
        str(encoder),
        data=images[512:1_024],
        n=8,
        levels=5,
        seed=3,
        null=False,
        out=str(tmp_path / "out"),
        listener=rmqm_spec.Listener(),
    )
    assert values["rmqm"] == scored.rmqm
    assert (values["rmqm_low"], values["rmqm_high"]) == scored.interval
    assert values["1/D_RC"] == 1 / scored.components["D_RC"]
    assert set(FURTHER) <= set(values)
    assert not (tmp_path / "scratch").exists()
    judged = accuracy(encoder, written, tmp_path / "scratch", {"output": "rectified"})
    assert 0.1 < judged["kmnist_1nn"] < 0.4  # labels say nothing here


def test_the_committed_results_follow_from_the_committed_values():
    rows = read_rows(RESULTS / "values.csv")
    names = [setting.name for setting in settings()]
    document = analysed(rows, n=BASE.n, n_further=BASE.n_further, asked=names)
    kept = json.loads((RESULTS / "sensitivity.json").read_text())
    assert document == kept
    assert page(kept) == (RESULTS / "sensitivity.md").read_text()


def test_a_figure_is_the_same_when_drawn_again(tmp_path):
    rows = read_rows(RESULTS / "values.csv")
    document = json.loads((RESULTS / "sensitivity.json").read_text())
    for folder in ("first", "again"):
        (tmp_path / folder).mkdir()
        draw_orders(document, tmp_path / folder / "orders.svg")
        draw_within(rows, tmp_path / folder / "within.svg")
    for name in ("orders.svg", "within.svg"):
        drawn = (tmp_path / "first" / name).read_bytes()
        assert drawn == (tmp_path / "again" / name).read_bytes()
        assert b"dc:date" not in drawn


def test_rows_of_a_group_come_in_the_order_of_layers():
    rows = [{"group": "a", "place": place} for place in ("10", "2", "0")]
    assert [row["place"] for row in group_rows(rows)["a"]] == ["0", "2", "10"]


@pytest.mark.torch
def test_the_sample_has_every_architecture_and_method():
    from studies.sensitivity.encoders import LENGTHS, sampled, trainings

    recipes = sampled()
    assert len({recipe.name for recipe in recipes}) == 16
    assert len({recipe.architecture for recipe in recipes}) == 6
    assert len({recipe.method for recipe in recipes}) == 7
    assert all([recipe.seen for recipe in one] == list(LENGTHS) for one in trainings())
