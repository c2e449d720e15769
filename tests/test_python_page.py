"""The page about Python runs as it is printed."""

from __future__ import annotations

import doctest
import shutil
from pathlib import Path

import pytest

pytest.importorskip("onnxruntime")

ROOT = Path(__file__).parents[1]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def test_the_page_runs_as_it_is_printed(tmp_path, monkeypatch):
    for name in ("digits_ntxent.onnx", "digits_cross_entropy.onnx", "digits_autoencoder.onnx"):
        shutil.copy(ROOT / "examples" / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    page = text.replace("```", "").replace("pycon\n", "\n")
    examples = doctest.DocTestParser().get_doctest(page, {}, "python.md", "python.md", 0)
    assert len(examples.examples) > 20
    report: list[str] = []
    outcome = doctest.DocTestRunner(optionflags=FLAGS).run(examples, out=report.append)
    assert outcome.failed == 0, "".join(report)


def test_the_request_on_the_page_is_a_request(tmp_path):
    from rmqm_spec.runs.request_files import read_request

    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    (tmp_path / "run.toml").write_text(text.split("```toml\n")[1].split("```")[0])
    request = read_request(tmp_path / "run.toml")
    assert request.path == tmp_path / "digits_ntxent.onnx"
    assert (request.inputs.n, request.protocol.levels) == (20, 10)
    assert request.protocol.alteration_options == {"coupling": "common"}
