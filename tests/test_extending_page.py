"""The page on extending shows plugs that work: its code runs, and is what the contracts ask for."""

from __future__ import annotations

import doctest
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from rmqm_spec.contracts.alteration import AlterationKind
from rmqm_spec.contracts.backend import Backend
from rmqm_spec.contracts.executor import ExecutorKind
from rmqm_spec.contracts.measure import Measure, Meter

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/extending.md"
BLOCKS = re.findall(
    r"^```(python|pycon)\n(.*?)^```", PAGE.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE
)


@pytest.fixture
def page(monkeypatch, tmp_path):
    """Run the page from top to bottom in a module of its own, and return that module."""
    module = ModuleType("extending_page")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.chdir(tmp_path)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    for number, (kind, text) in enumerate(BLOCKS):
        name = f"extending.md, block {number}"
        if kind == "python":
            exec(compile(text, name, "exec"), module.__dict__)
        else:
            test = doctest.DocTestParser().get_doctest(text, module.__dict__, name, name, 0)
            said: list[str] = []
            runner.run(test, out=said.append, clear_globs=False)
            assert not said, "".join(said)
            module.__dict__.update(test.globs)
    return module


def test_the_page_runs_and_its_plugs_keep_to_the_contracts(page):
    assert isinstance(page.LAST_COSINE, Measure)
    assert isinstance(page.LAST_COSINE.start(1, 1, ["a"]), Meter)
    assert isinstance(page.DIMMING, AlterationKind)
    assert isinstance(page.POOL, ExecutorKind)
    assert isinstance(page.PROJECTIONS, Backend)


def test_the_page_names_every_package_of_the_examples():
    packages = {path.parent.name for path in ROOT.glob("examples/plugins/*/pyproject.toml")}
    text = PAGE.read_text("utf-8")
    assert packages
    assert {name for name in packages if f"plugins/{name})" not in text} == set()
