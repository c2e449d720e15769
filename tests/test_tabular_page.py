"""The page about tables does what it says: its script and its commands are run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

pytest.importorskip("onnxruntime")
pytest.importorskip("sklearn")

PAGE = (Path(__file__).parents[1] / "docs/tabular.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(rmqm, tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    (script,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    done = rmqm.python("-c", script, cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_one_range_gives_no_score_and_own_ranges_do(rmqm, folder):
    commands = re.findall(r"^\$ rmqm-spec (score .*)$", PAGE, re.MULTILINE)
    one, of_data, of_file = (
        rmqm(*shlex.split(command), "--levels", "20", cwd=folder) for command in commands
    )
    assert (one.returncode, of_data.returncode, of_file.returncode) == (1, 0, 0)
    assert "RMQM undefined" in one.stdout
    assert "DAT032" in of_data.stderr
    assert of_data.stdout.splitlines()[0] == of_file.stdout.splitlines()[0]
