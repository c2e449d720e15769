"""The study on natural images: DeepNNK's networks as ONNX, retrieval, images and analysis."""

import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from scipy.signal import correlate2d
from scipy.stats import rankdata, spearmanr

from studies.analysis.zoo_table import read_table
from studies.measuring.retrieval import mean_average_precision, recall_at_1
from studies.measuring.table import ResultTable
from studies.natural.analysis import TARGETS, checkpoints_summary, encoders_summary
from studies.natural.deepnnk import checkpoints, deepnnk_model
from studies.natural.images import NaturalImages, resized
from studies.natural.page import write_results
from studies.natural.sentences import predictor_earns_its_place

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "studies/natural/results"
MEASURES = (
    "rmqm",
    "rankme",
    "coding-rate",
    "relative-displacement:at-0.5",
    "relative-displacement",
)
SHARED = ROOT.parent / "shared/data"


def weights(random, channels=2):
    found, before = {}, 3
    for place in range(6):
        found[f"network/W_conv{place}"] = random.standard_normal((3, 3, before, channels), "f4")
        found[f"network/b_conv{place}"] = random.standard_normal(channels, "f4")
        before = channels
    return found


def forward(weights, image):
    """Take one image (32, 32, 3) through DeepNNK's network, as its README describes it."""
    maps = image
    for place in range(6):
        kernel, bias = weights[f"network/W_conv{place}"], weights[f"network/b_conv{place}"]
        maps = np.stack(
            [
                sum(
                    correlate2d(maps[..., k], kernel[..., k, out], "same")
                    for k in range(maps.shape[-1])
                )
                + bias[out]
                for out in range(len(bias))
            ],
            axis=-1,
        )
        maps = np.maximum(maps, 0)
        if place % 2:
            side = len(maps) // 2
            maps = maps.reshape(side, 2, side, 2, -1).max(axis=(1, 3))
    return maps.reshape(-1)


def encodings_of(model, images):
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return session.run(None, {"image": images.transpose(0, 3, 1, 2)})[0]


def test_the_model_of_deepnnk_computes_what_its_description_says():
    random = np.random.default_rng(0)
    given = weights(random)
    images = random.random((2, 32, 32, 3), "f4")
    expected = np.stack([forward(given, image) for image in images])
    assert expected.shape == (2, 32)
    np.testing.assert_allclose(encodings_of(deepnnk_model(given), images), expected, rtol=1e-4)


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="the data sets are not here")
def test_the_last_layer_errs_as_its_authors_stored(tmp_path):
    folder = SHARED / "deepnnk"
    every = checkpoints(folder)
    assert len(every) == 60
    last = next(one for one in every if one.name == "deepnnk_regularized_16_19000")
    last.write(folder, tmp_path / "last.onnx")
    # These are original pixels; the copies of the test images are not.
    with np.load(SHARED / "cifar10_lossless_train4000.npz", allow_pickle=False) as arrays:
        images, labels = arrays["images"][:2_000], arrays["labels"][:2_000]
    session = onnxruntime.InferenceSession(
        tmp_path / "last.onnx", providers=["CPUExecutionProvider"]
    )
    pixels = images.transpose(0, 3, 1, 2).astype("f4") / 255
    (encodings,) = session.run(None, {"image": pixels})
    with np.load(folder / "regularized_16.npz", allow_pickle=False) as arrays:
        logits = encodings @ arrays["19000/W_fc1"] + arrays["19000/b_fc1"]
    assert np.mean(logits.argmax(1) != labels) == pytest.approx(last.train_error, abs=0.02)


def test_retrieval_is_what_loops_give():
    random = np.random.default_rng(1)
    encodings = random.standard_normal((30, 4))
    encodings /= np.linalg.norm(encodings, axis=1, keepdims=True)
    labels = random.integers(6, size=30)
    labels[:2] = (90, 91)  # two classes of one image each: nothing can be found for them
    first, precisions = [], []
    for asked in range(30):
        others = [other for other in range(30) if other != asked]
        others.sort(key=lambda other: -float(encodings[asked] @ encodings[other]))
        right = [labels[other] == labels[asked] for other in others]
        if not any(right):
            continue
        first.append(right[0])
        hits = [place for place, found in enumerate(right, 1) if found]
        precisions.append(np.mean([number / place for number, place in enumerate(hits, 1)]))
    assert len(first) < 30
    assert recall_at_1(encodings, labels) == pytest.approx(np.mean(first))
    assert mean_average_precision(encodings, labels) == pytest.approx(np.mean(precisions))


def test_retrieval_never_finds_the_image_itself_among_copies():
    encodings = np.tile([1.0, 0.0], (4, 1))
    # Among ties the first of the others is found: right for the last image alone.
    assert recall_at_1(encodings, np.array([0, 1, 1, 0])) == 0.25
    with pytest.raises(ValueError, match="a class with two images"):
        recall_at_1(encodings, np.arange(4))


@pytest.fixture
def data(tmp_path):
    random = np.random.default_rng(0)
    cifar = np.arange(10_000, dtype=np.uint32).view(np.uint8).reshape(10_000, 1, 1, 4)[..., :3]
    np.savez(
        tmp_path / "cifar10_jpeg_test10000.npz", images=cifar, labels=np.repeat(range(10), 1_000)
    )
    np.savez(
        tmp_path / "caltech101_core_64px.npz",
        images=random.integers(256, size=(36, 64, 64, 3), dtype=np.uint8),
        labels=np.tile(range(3), 12),
    )
    return tmp_path


def test_images_that_judge_are_not_those_measured(data, tmp_path):
    images = NaturalImages(data, tmp_path / "work", n_measured=300, n_judged=400, per_class=2)
    with np.load(images.source(1)) as arrays:
        measured = {tuple(image.ravel()) for image in arrays["images"]}
        assert arrays.files == ["images"]
    caltech, cifar = images.tasks(1)
    with np.load(cifar.file) as arrays:
        judged = {tuple(image.ravel()) for image in arrays["images"]}
        assert len(set(arrays["labels"].tolist())) == 10
    assert (len(measured), len(judged)) == (300, 400)
    assert not measured & judged
    with np.load(caltech.file) as arrays:
        assert arrays["labels"].tolist() == [0, 0, 1, 1, 2, 2]


def test_resizing_keeps_images_of_the_right_size():
    images = np.random.default_rng(0).integers(256, size=(2, 8, 8, 3), dtype=np.uint8)
    assert resized(images, 8) is images
    assert resized(images, 4).shape == (2, 4, 4, 3)


def made_up(path, n_encoders=24):
    random = np.random.default_rng(3)
    table = ResultTable(path)
    for number in range(n_encoders):
        measures = {name: random.standard_normal() for name in MEASURES}
        targets = {name: random.standard_normal() for name in TARGETS}
        step = 1_000 * (number % 8)
        table.add(
            f"encoder_{number:02d}",
            {
                "architecture": ("vit", "lenet")[number % 2],
                "regime": "abc"[number // 8],
                "step": step,
                "test_error": 1 / (step + 500),
                "gap": random.standard_normal(),
                **measures,
                "relative-displacement": step,
                **targets,
            },
        )
    return read_table(path)


def test_the_predictor_is_the_sum_of_ranks_with_the_signs_of_the_other_study(tmp_path):
    table = made_up(tmp_path / "made_up.csv")
    entries = {entry["measure"]: entry for entry in encoders_summary(table)["measures"]}
    # Of the three, relative displacement is good where it is low.
    total = sum(rankdata(table.columns[name]) for name in ("rankme", "coding-rate")) + rankdata(
        -table.columns["relative-displacement:at-0.5"]
    )
    for target in TARGETS:
        expected = spearmanr(total, table.columns[target]).statistic
        assert entries["predictor"]["targets"][target]["rho"] == pytest.approx(expected)


def test_within_an_architecture_is_the_mean_over_architectures(tmp_path):
    table = made_up(tmp_path / "made_up.csv")
    entries = {
        entry["measure"]: entry for entry in encoders_summary(table, "architecture")["measures"]
    }
    rows = [table.labels["architecture"] == one for one in ("vit", "lenet")]
    expected = np.mean(
        [
            spearmanr(table.columns["rmqm"][row], table.columns["cifar10_map"][row]).statistic
            for row in rows
        ]
    )
    assert entries["rmqm"]["targets"]["cifar10_map"]["within"] == pytest.approx(expected)


def test_a_measure_that_follows_the_error_everywhere_sees_it(tmp_path):
    summary = checkpoints_summary(made_up(tmp_path / "made_up.csv"))
    by_name = {entry["measure"]: entry for entry in summary["measures"]}
    of_step = by_name["relative-displacement"]["targets"]["test_accuracy"]
    assert (
        of_step == {"a": -1.0, "b": -1.0, "c": -1.0, "pooled": -1.0, "seen": True}
        or of_step["seen"]
    )
    assert not by_name["rmqm"]["targets"]["test_accuracy"]["seen"]
    # All that it knows is the step.
    assert by_name["relative-displacement"]["given_step"] == 0


def test_given_the_step_is_the_correlation_of_what_the_step_does_not_explain(tmp_path):
    table = made_up(tmp_path / "made_up.csv")
    # With errors that are a function of the step, nothing is left to explain.
    table.columns["test_error"][:] = table.columns["cifar10_map"]
    partial = []
    for regime in "abc":
        rows = table.labels["regime"] == regime
        ranks = [
            rankdata(values[rows])
            for values in (table.columns["rmqm"], -table.columns["cifar10_map"])
        ]
        step = rankdata(table.columns["step"][rows])
        left = [one - np.polyval(np.polyfit(step, one, 1), step) for one in ranks]
        partial.append(np.corrcoef(*left)[0, 1])
    by_name = {entry["measure"]: entry for entry in checkpoints_summary(table)["measures"]}
    assert by_name["rmqm"]["given_step"] == pytest.approx(np.mean(partial))


def test_the_committed_page_follows_from_the_committed_tables(tmp_path):
    for name in ("trained", "deepnnk", "real"):
        (tmp_path / f"{name}.csv").write_bytes((RESULTS / f"{name}.csv").read_bytes())
    stored = json.loads((RESULTS / "analysis.json").read_text(encoding="utf-8"))
    write_results(tmp_path, stored["not_measured"])
    again = json.loads((tmp_path / "analysis.json").read_text(encoding="utf-8"))
    for part in ("trained", "real"):
        for old, new in zip(stored[part]["measures"], again[part]["measures"], strict=True):
            assert old["measure"] == new["measure"]
            for target in TARGETS:
                was, now = old["targets"][target], new["targets"][target]
                assert was["rho"] == pytest.approx(now["rho"])
                assert was["interval"] == pytest.approx(now["interval"])
    page, written = (
        (folder / "natural.md").read_text(encoding="utf-8") for folder in (RESULTS, tmp_path)
    )
    assert page == written


def test_the_committed_tables_are_whole():
    rows = {
        name: read_table(RESULTS / f"{name}.csv").names for name in ("trained", "deepnnk", "real")
    }
    assert len(rows["trained"]) == 40
    assert len(rows["deepnnk"]) == 60
    stored = json.loads((RESULTS / "analysis.json").read_text(encoding="utf-8"))
    assert stored["real"]["encoders"] == len(rows["real"])
    verdict = "earns" if predictor_earns_its_place(stored["trained"]) else "does not earn"
    assert f"chosen on MNIST {verdict} its place" in (RESULTS / "natural.md").read_text(
        encoding="utf-8"
    )
