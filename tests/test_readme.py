"""The README says nothing that was not run."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
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


DRAWING = {"--report": {"jinja2", "matplotlib"}, "--plot": {"matplotlib"}}


def packages_of(extras):
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = [need for extra in extras for need in table["optional-dependencies"][extra]]
    return {re.match(r"[\w-]+", need)[0] for need in needed}


def test_the_first_install_line_brings_what_the_commands_need():
    commands = "\n".join(re.findall(r"```bash\n(.*?)```", README, flags=re.DOTALL))
    extras = re.search(r"\.\[([\w,]+)\]", block("bash", "rmqm-spec check"))[1].split(",")
    for option, packages in DRAWING.items():
        assert option in commands
        assert packages <= packages_of(extras), option


@pytest.mark.parametrize(
    ("code", "packages"),
    [
        ("ENV008", {"matplotlib"}),
        ("ENV009", {"jinja2", "matplotlib"}),
        ("ENV014", {"scikit-learn"}),
    ],
)
def test_the_command_that_an_error_names_brings_the_packages(code, packages):
    from rmqm_spec.findings import explain

    extra = re.search(r"pip install 'rmqm-spec\[(\w+)\]'", explain(code).fix)[1]
    assert packages <= packages_of([extra])
