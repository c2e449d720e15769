"""The page about inputs does what it says: its script and commands are run."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

pytest.importorskip("pyarrow")
pytest.importorskip("onnxruntime")

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/inputs.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(rmqm, tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    shutil.copy(ROOT / "examples/digits_ntxent.onnx", folder / "digits.onnx")
    (script,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert rmqm.python("-c", script, cwd=folder).returncode == 0
    return folder


def printed(rmqm, folder, command):
    lines = re.findall(rf"^rmqm-spec ({command} .*)$", PAGE, re.MULTILINE)
    for line in lines:
        done = rmqm(*shlex.split(line), cwd=folder)
        assert done.returncode == 0, done.stderr
        yield done.stdout


def test_every_kind_gives_the_same_score(rmqm, folder):
    scores = [text.splitlines()[0] for text in printed(rmqm, folder, "score")]
    assert len(scores) == 6
    assert scores[0].startswith("  RMQM 2.")
    assert len(set(scores)) == 1


def test_labels_come_along_or_from_elsewhere(rmqm, folder):
    first, second = printed(rmqm, folder, "probe")
    told = [re.findall(r"\d+\.\d+", text.split(" in ")[0]) for text in (first, second)]
    assert len(told[0]) > 2
    assert told[0] == told[1]
