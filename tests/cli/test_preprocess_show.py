"""``preprocess show`` draws what the network is handed, and says where that looks wrong."""

from __future__ import annotations

import json
from functools import partial
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

jsonschema = pytest.importorskip("jsonschema")
pytest.importorskip("onnxruntime")

import onnx  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

MODEL = str(Path(__file__).parents[2] / "examples/digits_ntxent.onnx")


@pytest.fixture(scope="module")
def show(rmqm):
    return partial(rmqm, "preprocess", "show")


def model_of(path, mean, std):
    """Normalise in the graph, then average over the pixels."""
    nodes = [
        helper.make_node("Sub", ["x", "mean"], ["a"]),
        helper.make_node("Div", ["a", "std"], ["b"]),
        helper.make_node("Conv", ["b", "w"], ["c"]),
        helper.make_node("Flatten", ["c"], ["y"]),
    ]
    weights = np.random.default_rng(0).normal(size=(4, 3, 4, 4)).astype("f4")
    constants = {"mean": np.float32(mean), "std": np.float32(std), "w": weights}
    info = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "g",
        [info("x", TensorProto.FLOAT, [None, 3, 4, 6])],
        [info("y", TensorProto.FLOAT, [None, 12])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    opsets = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, ir_version=8, opset_imports=opsets), path)
    return path


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "images").mkdir()
    pixels = np.random.default_rng(1).integers(0, 256, (4, 6, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "images/a.png")
    (tmp_path / "images/broken.png").write_bytes(b"broken")
    return tmp_path, pixels


def test_a_sheet_holds_the_pixels_of_the_picture(show, folder):
    tmp_path, pixels = folder
    model = model_of(tmp_path / "m.onnx", 117.0, 58.0)
    options = ("--scale", 255, "--channel-order", "bgr", "--levels", "0,9", "--out", "out")
    done = show(model, "--data", "images", *options, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    document = done.document
    text = files("rmqm_spec").joinpath("documents/schemas/preprocess.schema.json").read_text()
    jsonschema.Draft202012Validator(json.loads(text)).validate(document)
    (one,) = document["inputs"]
    sheet = np.asarray(Image.open(tmp_path / one["picture"]))
    enlarged = pixels.repeat(42, axis=0).repeat(42, axis=1)  # 256 // 6
    top, left = 26, 8
    assert (sheet[top : top + 168, left : left + 252] == enlarged).all()
    assert document["after"]["range"] == [0, 255]
    means = [channel["mean"] for channel in document["after"]["channels"]]
    assert means == pytest.approx(pixels.mean((0, 1))[::-1])
    assert [two["code"] for two in document["skipped"]] == ["IMG002"]
    assert document["levels"] == [0, 9]


def test_a_network_of_bytes_that_is_given_shares_is_warned_of(show, folder):
    tmp_path, _ = folder
    model = model_of(tmp_path / "m.onnx", 117.0, 58.0)
    done = show(model, "--data", "images", "--scale", 1, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "WARN  PRE007  values from 0 to 1 become -2.017 to -2 in the graph" in done.stdout
    assert "left out: (IMG002)" in done.stderr


def test_without_data_the_bundled_images_are_shown(show, tmp_path):
    done = show(MODEL, "--n", 2, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "rmqm-preprocess").iterdir())) == 2
    assert "PRE008  undoing the preprocessing gives the pictures back" in done.stdout


@pytest.mark.parametrize("levels", ["100", "-1", "1.5", "x"])
def test_levels_that_are_none_are_refused(show, tmp_path, levels):
    done = show(MODEL, f"--levels={levels}", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--levels must be" in done.stderr


def tables(folder, values):
    """Write a network of five values and rows for it; returns the path of the network."""
    weights = np.random.default_rng(0).normal(size=(5, 8)).astype("f4")
    info = helper.make_tensor_value_info
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["h"]), helper.make_node("Relu", ["h"], ["y"])],
        "g",
        [info("x", TensorProto.FLOAT, [None, 5])],
        [info("y", TensorProto.FLOAT, [None, 8])],
        [numpy_helper.from_array(weights, "w")],
    )
    opsets = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, ir_version=8, opset_imports=opsets), folder / "t.onnx")
    np.save(folder / "rows.npy", values)
    return folder / "t.onnx"


def test_ranges_of_single_values_are_shown(show, tmp_path):
    widths = np.float32([1, 50, 1000, 2, 0.1])
    model = tables(tmp_path, np.random.default_rng(1).random((9, 5), dtype="f4") * widths)
    np.savez(tmp_path / "ranges.npz", low=np.zeros(5), high=widths.astype(float))
    words = (model, "--data", "rows.npy", "--range", "ranges.npz")
    done = show(*words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "one for each of 5 values, from ranges.npz" in done.stdout
    assert "value 2     0 to 1000" in done.stdout
    assert "OK    PRE008" in done.stdout
    document = json.loads(show(*words, "--json", cwd=tmp_path).stdout)
    assert document["ranges"]["high"] == pytest.approx(widths.tolist())
    assert document["before"]["range"] == document["after"]["range"] == [0, 1000]
    # What is shown are the values themselves, not their shares of the ranges.
    assert document["before"]["channels"][0]["max"] > 100
    schema = json.loads(
        files("rmqm_spec.documents").joinpath("schemas/preprocess.schema.json").read_text()
    )
    jsonschema.validate(document, schema)


def test_ranges_of_the_data_are_shown_and_long_lists_cut(show, tmp_path):
    rows = np.random.default_rng(1).random((9, 5), dtype="f4")
    done = show(tables(tmp_path, rows), "--data", "rows.npy", "--range", "data", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "one for each of 5 values, from rows.npy" in done.stdout
