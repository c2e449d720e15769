"""A pipe that nobody writes to is refused by code; nothing waits for it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

pytest.importorskip("onnxruntime")
pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")

MODEL = Path(__file__).parents[2] / "examples/digits_ntxent.onnx"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pipes")
    shutil.copy(MODEL, folder / "m.onnx")
    for name in ("p.json", "p.toml", "p.npz", "p.csv", "p.onnx"):
        os.mkfifo(folder / name)
    return folder


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["score", "m.onnx", "--preprocess", "p.json"], "ARG001"),
        (["score", "m.onnx", "--preprocess", "p.toml"], "ARG001"),
        (["score", "m.onnx", "--data", "p.npz"], "DAT001"),
        (["probe", "m.onnx", "--data", ".", "--labels", "p.csv"], "DAT002"),
        (["rank", "--models", "p.toml"], "RNK004"),
        (["score", "p.toml"], "RUN006"),
        (["inspect", "p.onnx"], "MOD002"),
        (["validate", "p.json"], "RES001"),
    ],
)
def test_a_pipe_is_refused_at_once(rmqm, folder, arguments, code):
    done = rmqm(*arguments, cwd=folder)
    assert done.returncode in {1, 2, 3}
    assert code in done.stdout + done.stderr
