"""The uses of a written gradient: in Python by their laws, in JavaScript by the same numbers."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).parents[1] / "examples" / "gradients"
MODEL = FOLDER.parent / "digits_ntxent.onnx"


@pytest.fixture(scope="module")
def file(rmqm, tmp_path_factory):
    folder = tmp_path_factory.mktemp("gradient")
    done = rmqm("gradient", MODEL, "--out", "gradient.onnx", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "gradient.onnx"


@pytest.fixture(scope="module")
def uses():
    spec = importlib.util.spec_from_file_location("uses", FOLDER / "uses.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(3).random((3, 1, 8, 8)).astype(np.float32)


def test_saliency_is_how_far_the_value_moves_for_a_small_step(uses, file, images):
    gradient = uses.Gradient(file)
    found = uses.saliency(gradient, images, 5)
    for place in ((0, 0, 3, 3), (2, 0, 1, 6)):
        moved = np.zeros_like(images)
        moved[place] = 1e-3
        there, back = (gradient.of_value(images + way * moved, 5)[0] for way in (1, -1))
        assert abs(there - back)[place[0]] / 2e-3 == pytest.approx(found[place], rel=0.02)


def test_integrated_gradients_share_out_the_whole_difference(uses, file, images):
    gradient = uses.Gradient(file)
    shares = uses.integrated_gradients(gradient, images, 2)
    difference = gradient.of_value(images, 2)[0] - gradient.of_value(0 * images, 2)[0]
    np.testing.assert_allclose(shares.reshape(3, -1).sum(axis=1), difference, atol=5e-3)


def test_the_norm_of_the_jacobian_is_the_root_of_all_squared_slopes(uses, file, images):
    gradient = uses.Gradient(file)
    columns = []
    for pixel in range(64):
        moved = np.zeros((1, 64), dtype=np.float32)
        moved[0, pixel] = 1e-3
        moved = moved.reshape(1, 1, 8, 8)
        none = np.zeros((3, 32), dtype=np.float32)
        there, back = (gradient.run(images + way * moved, none)[0] for way in (1, -1))
        columns.append((there - back) / 2e-3)
    by_differences = np.sqrt((np.array(columns) ** 2).sum(axis=(0, 2)))
    found = uses.jacobian_norm(gradient, images)
    np.testing.assert_allclose(found, by_differences, rtol=0.02)


@pytest.mark.node
def test_javascript_gives_the_same_numbers(file, tmp_path):
    folder = Path(os.environ.get("NODE_FOLDER", FOLDER))
    node = shutil.which("node")
    if node is None or not (folder / "node_modules" / "onnxruntime-node").is_dir():
        pytest.skip("needs node, and onnxruntime-node in NODE_FOLDER or beside the example")
    script = folder / "uses.mjs"
    if folder != FOLDER:
        shutil.copy(FOLDER / "uses.mjs", script)
    by_node = subprocess.run([node, script, file], capture_output=True, text=True, check=True)
    by_python = subprocess.run(
        [sys.executable, FOLDER / "uses.py", file], capture_output=True, text=True, check=True
    )
    found, wanted = json.loads(by_node.stdout), json.loads(by_python.stdout)
    assert found.keys() == wanted.keys()
    assert found["most_salient"] == wanted["most_salient"]
    for name in ("difference", "sum_of_shares", "jacobian_norm"):
        assert found[name] == pytest.approx(wanted[name], rel=1e-5), name
