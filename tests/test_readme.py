"""The README says nothing that was not run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def without_times(text: str) -> list[str]:
    return [re.sub(r"in \d+\.\d s", "in ... s", line.rstrip()) for line in text.splitlines()]


def block(language: str, containing: str) -> str:
    found = re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)
    return next(text for text in found if containing in text)


def test_the_first_output_is_what_the_first_command_prints():
    pytest.importorskip("onnxruntime")
    command = [sys.executable, "-m", "rmqm_spec", "check", "examples/digits_ntxent.onnx"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert without_times(block("text", "MOD001")) == without_times(printed)


def test_the_python_example_runs():
    names: dict[str, object] = {}
    exec(compile(block("python", "evaluate"), "README.md", "exec"), names)
    assert names["evaluation"].status == "ok"


def test_the_score_in_python_runs(tmp_path, monkeypatch, capsys):
    pytest.importorskip("onnxruntime")
    monkeypatch.chdir(tmp_path)
    example = block("python", "rmqm_spec.score").replace("examples/", f"{ROOT}/examples/")
    exec(compile(example, "README.md", "exec"), {})
    assert capsys.readouterr().out.startswith("2.40")


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_links_lead_somewhere(link):
    assert (ROOT / link).exists()


def test_the_number_of_clauses_is_right():
    from rmqm_spec.clauses import specification

    n_clauses = sum(len(chapter.clauses) for chapter in specification().chapters)
    assert f"{n_clauses} numbered clauses" in README
