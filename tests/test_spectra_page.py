"""The page about spectra shows what is really printed, and its examples in Python run."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

pytest.importorskip("onnxruntime")

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/spectra.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
TRANSCRIPTS = re.findall(r"```text\n\$ (.*?)```", PAGE, flags=re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("spectra-page")
    for model in (ROOT / "examples").glob("digits_*.onnx"):
        shutil.copy(model, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        exec(compile(BLOCKS[0], "spectra.md", "exec"), {})
    return folder


@pytest.mark.parametrize("transcript", TRANSCRIPTS)
def test_a_transcript_is_what_the_command_prints(rmqm, folder, transcript):
    command, *expected = transcript.splitlines()
    done = rmqm(*shlex.split(command)[1:], cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == expected


def test_the_example_in_python_runs(folder, monkeypatch):
    monkeypatch.chdir(folder)
    names: dict[str, object] = {}
    text = BLOCKS[-1].replace("n=400", "n=30")
    exec(compile(text, "spectra.md", "exec"), names)
    assert names["columns"]["test"].autoencoder.latent.eigenvalues.shape == (30, 6)
    fits = names["found"].models["digits_autoencoder"].document["regressions"]
    assert {one["regressor"] for one in fits} == {"log-volume", "trace"}
