"""The studies of NNK: what they measure, what they read, and their pages."""

import json
import re
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from rmqm_spec.nnk import all_neighbourhoods
from studies.measuring.table import ResultTable
from studies.nnk.__main__ import main
from studies.nnk.deepnnk.analysis import analysed as analysed_deepnnk
from studies.nnk.deepnnk.measuring import NearestThenCosine
from studies.nnk.deepnnk.page import page as page_deepnnk
from studies.nnk.deepnnk.stored import KS, LAST, NEIGHBOURS, stored_errors
from studies.nnk.encoding import Labelled, cached, encodings
from studies.nnk.imagenet.following import followed
from studies.nnk.imagenet.measuring import Features, accuracies, read_features
from studies.nnk.imagenet.page import analysed as analysed_imagenet
from studies.nnk.imagenet.page import page as page_imagenet
from studies.nnk.imagenet.published import PUBLISHED
from studies.nnk.judging import judged
from studies.nnk.width.page import analysed as analysed_width
from studies.nnk.width.page import page as page_width

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "studies/nnk/results"
STORED = ROOT.parent / "shared/data/deepnnk/stored_results.json"
needs_stored = pytest.mark.skipif(not STORED.exists(), reason="the stored results are not here")


@pytest.fixture
def rows():
    """Two classes around two directions, and queries between them."""
    random = np.random.default_rng(0)
    classes = np.repeat([0, 1], 20)
    centres = np.array([[3.0, 0, 0, 1], [0, 3.0, 0, 1]])
    gallery = centres[classes] + random.normal(size=(40, 4))
    asked = random.integers(2, size=12)
    queries = centres[asked] + 1.5 * random.normal(size=(12, 4))
    return queries, asked, gallery, classes


# --- what is measured -------------------------------------------------------------------------


def test_errors_are_those_of_loops(rows):
    queries, classes, gallery, known = rows
    found = judged(queries, classes, gallery, known, 9)
    hoods = all_neighbourhoods(queries, gallery, 9)
    wrong = dict.fromkeys(("nnk", "kernel_knn", "knn", "weighted_knn"), 0)
    soft, mixed = 0.0, 0
    for query, label, indices, weights in zip(
        queries, classes, hoods.indices, hoods.weights, strict=True
    ):
        near = gallery[indices]
        cosines = near @ query / np.linalg.norm(near, axis=1) / np.linalg.norm(query)
        kinds = {
            "nnk": weights,
            "kernel_knn": 0.5 + 0.5 * cosines,
            "knn": np.ones(9),
            "weighted_knn": np.exp(cosines / 0.07),
        }
        for rule, each in kinds.items():
            share = each[known[indices] == 1].sum() / each.sum()
            wrong[rule] += (share > 0.5) != label
        own = weights[known[indices] == label].sum() / weights.sum()
        soft += 1 - own
        mixed += any(known[indices][weights > 0] != label)
    assert 0 < wrong["nnk"] < 12
    for rule, count in wrong.items():
        assert found[rule] == pytest.approx(count / 12), rule
    assert found["nnk_soft"] == pytest.approx(soft / 12)
    assert found["mixed"] == pytest.approx(mixed / 12)
    assert found["neighbours"] == pytest.approx(np.count_nonzero(hoods.weights, axis=1).mean())


def test_the_gap_is_that_to_the_model_with_its_standard_error(rows):
    queries, classes, gallery, known = rows
    wrong = np.arange(12) < 3
    found = judged(queries, classes, gallery, known, 9, model_wrong=wrong)
    assert found["model"] == 0.25
    assert found["gap"] == pytest.approx(found["nnk"] - 0.25)
    assert 0 < found["gap_se"] < 0.3


def test_an_image_is_left_out_of_its_own_neighbourhood():
    gallery = np.eye(3)
    same = judged(gallery, np.arange(3), gallery, np.arange(3), 2)
    left_out = judged(gallery, np.arange(3), gallery, np.arange(3), 2, own=np.arange(3))
    assert same["nnk"] == 0
    assert left_out["nnk"] == 1


def test_the_candidates_of_the_authors_are_the_nearest_and_their_kernel_is_the_cosine():
    # The second row has the direction of the query, and is far away.
    query, gallery = np.array([[1.0, 0.0]]), np.array([[1.0, 0.5], [9.0, 0.0], [0.9, -0.4]])
    found = all_neighbourhoods(query, gallery, 2, kernel=NearestThenCosine())
    assert found.indices.tolist() == [[2, 0]]
    by_cosine = all_neighbourhoods(query, gallery[[2, 0]], 2)
    place = by_cosine.indices[0].tolist().index(0)
    assert found.weights[0, 0] == pytest.approx(by_cosine.weights[0, place])
    assert found.errors == pytest.approx(by_cosine.errors)


# --- encodings ----------------------------------------------------------------------------------


def save_doubling(path, outputs=("encoding",)):
    """Write a network that gives twice the pixels of the first row."""
    nodes = [
        helper.make_node("Slice", ["image", "zero", "one", "two"], ["row"]),
        helper.make_node("Add", ["row", "row"], ["doubled"]),
        helper.make_node("Flatten", ["doubled"], ["encoding"]),
    ]
    constants = [
        numpy_helper.from_array(np.array([value]), name)
        for name, value in (("zero", 0), ("one", 1), ("two", 2))
    ]
    graph = helper.make_graph(
        nodes,
        "doubling",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 3, 4, 4])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", 12]) for name in outputs],
        constants,
    )
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path
    )


def test_images_reach_the_network_with_channels_first_and_values_from_0_to_1(tmp_path):
    save_doubling(tmp_path / "a.onnx")
    images = np.random.default_rng(0).integers(256, size=(600, 4, 4, 3), dtype=np.uint8)
    found = encodings(tmp_path / "a.onnx", images)
    expected = 2 * images[:, 0].transpose(0, 2, 1).reshape(600, 12).astype(np.float64) / 255
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    kept = cached(tmp_path / "kept.npz", tmp_path / "a.onnx", {"some": images})
    (tmp_path / "a.onnx").unlink()
    again = cached(tmp_path / "kept.npz", tmp_path / "a.onnx", {"some": images})
    np.testing.assert_array_equal(kept["some"], again["some"])


def test_images_are_drawn_the_same_each_time_with_their_labels():
    images = np.arange(10, dtype=np.uint8).reshape(10, 1, 1, 1)
    drawn = Labelled(images, np.arange(10)).drawn(4)
    assert drawn.images[:, 0, 0, 0].tolist() == drawn.labels.tolist()
    assert len(set(drawn.labels)) == 4
    assert drawn.labels.tolist() == Labelled(images, np.arange(10)).drawn(4).labels.tolist()


# --- what the authors stored --------------------------------------------------------------------


def test_stored_values_are_read_in_both_forms_and_absent_ones_left_out(tmp_path):
    document = {
        "regularized_32": {
            "test_calibrate_results_50/nnk_calibrate_data": {
                "nnk_classification_error_rate": [[0.5], [0.25]],
                "nnk_classification_error_rate2": [0.6, 0.4],
            },
            "train_calibrate_results_50/knn_calibrate_data": {"model_error_rate": [0.3]},
        }
    }
    (tmp_path / "stored.json").write_text(json.dumps(document))
    assert stored_errors(tmp_path / "stored.json") == {
        ("regularized_32", 0, "test", 50, "nnk"): 0.5,
        ("regularized_32", 1_000, "test", 50, "nnk"): 0.25,
        ("regularized_32", 0, "test", 50, "nnk_soft"): 0.6,
        ("regularized_32", 1_000, "test", 50, "nnk_soft"): 0.4,
        ("regularized_32", 0, "train", 50, "model"): 0.3,
    }


@pytest.mark.shared
@needs_stored
def test_the_stored_results_are_those_that_are_known():
    stored = stored_errors(STORED)
    last = {key[2:]: value for key, value in stored.items() if key[:2] == ("regularized_32", LAST)}
    assert last["test", 50, "model"] == 0.2398
    assert [last["test", k, "nnk"] for k in KS] == [0.2276, 0.2171, 0.2144]
    assert [last["test", k, "kernel_knn"] for k in KS] == [0.2666, 0.2786, 0.2840]
    assert len({key[:2] for key in stored}) == 60
    assert NEIGHBOURS["regularized_32", 25] < NEIGHBOURS["regularized_32", 75] < 25


# --- the zoo ------------------------------------------------------------------------------------


def test_the_published_table_gives_the_distances_of_its_rows():
    columns = {
        rule: np.array([row[rule] for row in PUBLISHED.values()])
        for rule in ("linear", "weighted_knn", "nnk")
    }
    found = followed(columns)
    assert found["weighted_knn"]["distance"]["value"] == pytest.approx(0.0872)
    assert found["nnk"]["distance"]["value"] == pytest.approx(0.0444)
    assert found["nnk"]["tau"]["interval"] is None  # five encoders are too few


def test_a_rule_that_is_the_probe_follows_it_wholly():
    random = np.random.default_rng(0)
    linear = random.random(30)
    found = followed({"linear": linear, "nnk": linear, "knn": random.random(30)})
    assert found["nnk"]["distance"] == {"value": 0, "interval": [0, 0]}
    assert found["nnk"]["tau"]["value"] == pytest.approx(1)
    low, high = found["knn"]["nnk_nearer"]["interval"]
    assert 0 < low < found["knn"]["nnk_nearer"]["value"] < high
    assert found["knn"]["nnk_tau_higher"]["interval"][0] > 0


def test_encodings_without_length_are_counted_and_not_judged(rows):
    queries, classes, gallery, known = rows
    gallery[3] = 0
    assert accuracies(Features(gallery, known, queries, classes), 5) == {"zero_rows": 1}


def features_file(rows, path):
    queries, classes, gallery, known = rows
    np.savez(path, gallery=gallery, gallery_labels=known, queries=queries, query_labels=classes)


def test_features_of_another_data_set_are_judged_beside_the_published_table(rows, tmp_path):
    features_file(rows, tmp_path / "one.npz")
    folder = tmp_path / "two"
    folder.mkdir()
    with np.load(tmp_path / "one.npz") as arrays:
        for name in arrays.files:
            np.save(folder / f"{name}.npy", arrays[name])
    main(
        [
            "imagenet",
            *("--features", f"one={tmp_path / 'one.npz'}"),
            *("--features", f"two={folder}"),
            *("-k", "9", "--results", str(tmp_path / "results")),
        ]
    )
    document = json.loads((tmp_path / "results/features.json").read_text())
    one, two = document["features"]["encoders"]
    assert {**one, "name": "", "family": ""} == {**two, "name": "", "family": ""}
    expected = judged(*rows, 9)
    assert one["nnk"] == pytest.approx(1 - expected["nnk"])
    assert one["linear"] > 0.5
    text = (tmp_path / "results/features.md").read_text()
    assert "| DeepClusterV2 | 0.752 | 0.658 | 0.707 |" in text
    assert (tmp_path / "results/features.svg").exists()


def test_features_that_lack_an_array_are_refused_by_name(tmp_path):
    np.savez(tmp_path / "part.npz", gallery=np.eye(2), queries=np.eye(2))
    with pytest.raises(SystemExit, match="lacks gallery_labels, query_labels"):
        read_features(tmp_path / "part.npz")


def test_an_unknown_part_is_refused_with_the_parts_there_are():
    with pytest.raises(SystemExit, match=r"got nothing-such\n.*deepnnk"):
        main(["nothing-such"])


# --- the committed results ----------------------------------------------------------------------


@pytest.mark.shared
@needs_stored
def test_the_page_of_deepnnk_follows_from_its_table():
    document = analysed_deepnnk(ResultTable(RESULTS / "deepnnk.csv").rows, stored_errors(STORED))
    assert document == json.loads((RESULTS / "deepnnk.json").read_text())
    assert page_deepnnk(document) == (RESULTS / "deepnnk.md").read_text()


def test_the_page_of_width_follows_from_its_table():
    document = analysed_width(ResultTable(RESULTS / "width.csv").rows)
    assert document == json.loads((RESULTS / "width.json").read_text())
    assert page_width(document) == (RESULTS / "width.md").read_text()


def without_zeros(text):
    """Write shares as the page does: .36 for 0.36."""
    return re.sub(r"\b0\.", ".", text)


def test_the_page_on_evidence_quotes_the_results():
    quoted = " ".join((ROOT / "docs/evidence.md").read_text(encoding="utf-8").split())
    networks = json.loads((RESULTS / "width.json").read_text())["networks"]
    for width in (2, 4, 8, 16, 32):
        members = [one for one in networks if one["width"] == width]
        names = ("train_model_all", "test_model", "test_gap", "test_kernel_knn")
        names += ("train_mixed", "test_mixed", "test_neighbours")
        means = [np.mean([one[name] for one in members]) for name in names]
        decimals = (2, 2, 3, 2, 2, 2, 1)
        cells = [f"{mean:.{n}f}" for mean, n in zip(means, decimals, strict=True)]
        cells[2] = f"+{cells[2]}"
        assert without_zeros(f"| {width} | {' | '.join(cells)} |") in quoted
    document = json.loads((RESULTS / "deepnnk.json").read_text())
    ours = document["directions"][0]
    assert f"NNK falls at {ours['nnk']['falls']} of 60 checkpoints and that of k-NN" in quoted
    assert f"k-NN rises at {ours['kernel_knn']['rises']} (stored: 60 and 60)" in quoted
    zoos = json.loads((RESULTS / "imagenet.json").read_text())
    for zoo in ("cifar10", "kmnist"):
        for rule in ("knn", "weighted_knn", "nnk"):
            entry = zoos[zoo]["followed"][rule]
            for name, n in (("distance", 3), ("tau", 2)):
                low, high = entry[name]["interval"]
                text = f"{entry[name]['value']:.{n}f} [{low:.{n}f}, {high:.{n}f}]"
                assert without_zeros(text) in quoted, (zoo, rule, name)


def test_the_page_of_the_zoos_follows_from_their_tables():
    tables = {name: ResultTable(RESULTS / f"{name}.csv").rows for name in ("cifar10", "kmnist")}
    document = analysed_imagenet(tables)
    written = json.loads((RESULTS / "imagenet.json").read_text())
    assert document["cifar10"]["encoders"] == written["cifar10"]["encoders"]
    assert page_imagenet(document, "imagenet.svg") == (RESULTS / "imagenet.md").read_text()
