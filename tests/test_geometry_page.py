"""The page about geometry shows what is really printed, and its example in Python runs."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
from sklearn.datasets import load_digits

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/geometry.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("geometry-page")
    for name in ("digits_ntxent.onnx", "digits_cross_entropy.onnx"):
        shutil.copy(ROOT / "examples" / name, folder)
    digits = load_digits()
    images = (digits.images / 16).astype(np.float32)
    np.savez(folder / "digits.npz", images=images, labels=digits.target)
    return folder


def test_the_transcript_is_what_the_command_prints(rmqm, folder):
    transcript = PAGE.split("```text\n$ ")[1].split("```")[0]
    command, *expected = transcript.splitlines()
    done = rmqm(*shlex.split(command)[1:], cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == expected


def test_the_example_in_python_runs(folder, monkeypatch):
    monkeypatch.chdir(folder)
    text = PAGE.split("```python\n")[1].split("```")[0]
    names: dict[str, object] = {}
    exec(compile(text.replace("n=600", "n=80, k=20, null=False"), "geometry.md", "exec"), names)
    assert re.search(r"weights  # of every input: \(600, 50\)", text)
    found = names["found"]
    assert found.models["digits_ntxent"].columns.found.weights.shape == (80, 20)
    assert len(found.agreement) == 1
    assert {pair.quantity for pair in found.differences} >= {"diameter", "nnk", "altered-diameter"}
