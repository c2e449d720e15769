"""What the studies ask of the product, and what they keep of its answers."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.linear_model import RidgeClassifierCV
from sklearn.preprocessing import StandardScaler

import rmqm_spec
from rmqm_spec.contracts.registry import load_all
from studies.measuring.judging import accuracies
from studies.measuring.measuring import encodings_file, label_free
from studies.measuring.table import ResultTable
from studies.measuring.tasks import Task, mnist_source, mnist_tasks

EXAMPLE = Path(__file__).parents[2] / "examples" / "digits_ntxent.onnx"


@pytest.fixture
def scores(monkeypatch):
    """Stand in for ``rmqm_spec.score``: keep the options, answer with made-up numbers."""
    asked = []
    document = {
        "rmqm": 2.5,
        "interval": [2.0, 3.5],
        "components": {"D": 0.5, "D_RC": 4.0, "P_RC": 0.0},
        "null": {"difference": 0.75, "rmqm": 1.75, "measures": {}},
    }
    measures = {"lidar": {"value": 7.0, "details": {"at-1": 3.0}}, "clid": _undefined()}

    def score(model, **options):
        asked.append({"model": model, **options})
        return SimpleNamespace(
            stored=SimpleNamespace(document=document), measures=measures, scored=None
        )

    monkeypatch.setattr(rmqm_spec, "score", score)
    return asked, document


def _undefined():
    return {"value": None, "details": {"id": None}}


def test_label_free_values_stand_under_their_names(scores, tmp_path):
    values = label_free(tmp_path / "model.onnx", tmp_path / "images.npz", tmp_path / "out")
    expected = {
        "rmqm": 2.5,
        "rmqm_low": 2.0,
        "rmqm_high": 3.5,
        "rmqm-null": 0.75,
        "D": 0.5,
        "1/D_RC": 0.25,
        "1/P_RC": None,
        "lidar": 7.0,
        "lidar:at-1": 3.0,
        "clid": None,
        "clid:id": None,
    }
    assert {name: values[name] for name in expected} == expected


def test_rmqm_takes_the_full_path_and_every_other_measure_a_short_one(scores, tmp_path):
    asked, _ = scores
    label_free(tmp_path / "model.onnx", tmp_path / "images.npz", tmp_path / "out", n_path=30)
    full, short = asked
    assert full["n"] == 30
    assert full["null"] is True
    assert "levels" not in full
    assert short["levels"] == 10
    assert "n" not in short
    assert full["out"] != short["out"]
    for options in asked:
        assert options["model"] == str(tmp_path / "model.onnx")
        assert options["data"] == f"{tmp_path / 'images.npz'}:images"
        assert options["force"] is True
    plugs, _ = load_all("measure")
    walk = {"unaltered", "altered", "inputs"}
    known = {name: plug for name, plug in plugs.items() if plug.needs <= walk}
    assert {"lidar", "consensus", "logme"} - set(known) == {"consensus", "logme"}
    unaltered = {name for name in known if known[name].needs == {"unaltered"}}
    assert {"rankme", "two-nn"} <= unaltered
    assert not {"lidar", "neighbour-agreement", "rmqm"} & unaltered
    matched = {f"{name}@16" for name in unaltered}
    assert sorted(short["measure"]) == sorted((set(known) - {"rmqm"}) | matched)


def test_every_measure_that_is_asked_for_is_answered(tmp_path):
    pytest.importorskip("onnxruntime")
    images = np.random.default_rng(0).integers(0, 256, (30, 8, 8), dtype=np.uint8)
    np.savez(tmp_path / "images.npz", images=images)
    values = label_free(EXAMPLE, tmp_path / "images.npz", tmp_path / "out", n_path=10)
    assert {"rankme", "rankme@16", "rankme-null", "lidar-null", "neighbour-agreement"} <= set(
        values
    )
    assert values["rankme-null"] != values["rankme"]
    with np.load(encodings_file(tmp_path / "out"), allow_pickle=False) as saved:
        assert saved["encodings"].shape == (30, 32)


def test_a_score_without_interval_or_null_leaves_them_out(scores, tmp_path):
    _, document = scores
    document.update(interval=None, null=None)
    document["components"]["D_RC"] = None
    values = label_free(tmp_path / "m.onnx", tmp_path / "i.npz", tmp_path / "out")
    missing = {"rmqm_low", "rmqm_high", "rmqm-null", "1/D_RC"}
    assert {name for name in values if values[name] is None} >= missing


def test_accuracies_are_those_of_the_probe_and_of_a_ridge_on_its_halves(monkeypatch, tmp_path):
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 90)
    encodings = rng.standard_normal((90, 4)) * [1, 10, 1, 1]
    encodings[np.arange(90), labels] += 1.5
    parts = np.where(np.arange(90) < 60, "train", "test")
    asked = {}
    (tmp_path / "encodings.npz").write_bytes(b"of another task")

    def probe(model, *, save_encodings, **options):
        assert not (tmp_path / "encodings.npz").exists()
        asked.update(options, model=model)
        np.savez(
            save_encodings,
            unit_encodings=encodings,
            encodings=rng.standard_normal((90, 4)),
            labels=labels,
            parts=parts,
        )
        document = {"probes": {"1-nn": {"accuracy": 0.625, "interval": [0.5, 0.75]}}}
        return SimpleNamespace(models={"model": SimpleNamespace(document=document)})

    monkeypatch.setattr(rmqm_spec, "probe", probe)
    found = accuracies(tmp_path / "m.onnx", Task("kmnist", tmp_path / "k.npz"), tmp_path)
    scaler = StandardScaler().fit(encodings[:60])
    ridge = RidgeClassifierCV(10.0 ** np.arange(-3, 5)).fit(
        scaler.transform(encodings[:60]), labels[:60]
    )
    expected = float(np.mean(ridge.predict(scaler.transform(encodings[60:])) == labels[60:]))
    assert 0.4 < expected < 1
    assert found == {"kmnist_1nn": 0.625, "kmnist_probe": pytest.approx(expected)}
    file = tmp_path / "k.npz"
    assert (asked["data"], asked["labels"]) == (f"{file}:images", f"{file}:labels")
    assert (asked["k"], asked["C"], asked["force"]) == ("1", "none", True)


@pytest.fixture
def data(tmp_path):
    """Files as the tasks read them, in which every image tells its place in the file."""
    folder = tmp_path / "data"
    folder.mkdir()
    for name in ("kmnist", "fashion_mnist_core", "mnist"):
        images = np.zeros((1200, 28, 28), np.uint16) + np.arange(1200)[:, None, None]
        np.savez(
            folder / f"{name}.npz",
            test_images=images.astype(np.uint16),
            test_labels=np.arange(1200) % 10,
        )
    drawn = np.full((60, 56, 56), 255, np.uint8)
    drawn[:, :2, :2] = 0  # a stroke, dark on light
    np.savez(folder / "omniglot_evaluation.npz", images=drawn, labels=np.arange(60) // 10)
    return folder


def test_no_image_is_measured_on_and_judged_by(data, tmp_path):
    with np.load(mnist_source(data, tmp_path / "work", 1000)) as arrays:
        assert list(arrays) == ["images"]
        measured = set(arrays["images"][:, 0, 0].tolist())
    tasks = {task.name: task.file for task in mnist_tasks(data, tmp_path / "work", 80)}
    assert list(tasks) == ["kmnist", "fashion", "mnist", "omniglot"]
    with np.load(tasks["mnist"]) as arrays:
        judged = arrays["images"][:, 0, 0].tolist()
        assert judged == list(range(1000, 1080))
        assert arrays["labels"].tolist() == [place % 10 for place in judged]
    assert measured == set(range(1000))
    with np.load(tasks["kmnist"]) as arrays:
        assert arrays["images"][:, 0, 0].tolist() == list(range(80))


def test_omniglot_is_light_on_dark_small_and_of_few_characters(data, tmp_path):
    task = mnist_tasks(data, tmp_path / "work", 80)[-1]
    with np.load(task.file) as arrays:
        images, labels = arrays["images"], arrays["labels"]
    assert images.shape == (40, 28, 28)
    assert sorted(set(labels.tolist())) == [0, 1, 2, 3]
    assert (images[:, 0, 0] == 255).all()
    assert (images.reshape(40, -1).sum(axis=1) == 255).all()


def test_a_zero_is_kept_and_rows_are_in_the_order_of_names(tmp_path):
    table = ResultTable(tmp_path / "results.csv")
    table.add("b", {"rmqm": 0.0})
    table.add("a", {"rmqm": None})
    assert (tmp_path / "results.csv").read_text() == "encoder,rmqm\na,\nb,0.0\n"
