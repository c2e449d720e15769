"""CITATION.cff is valid, and agrees with the project."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

yaml = pytest.importorskip("yaml")

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def citation():
    return yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


def test_the_keys_that_the_format_requires(citation):
    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= citation.keys()
    for entry in (citation, *citation["references"]):
        assert entry["title"]
        assert entry["type"]
        for author in entry["authors"]:
            assert set(author) in ({"name"}, {"family-names", "given-names"})


def test_it_agrees_with_the_project(citation):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert citation["version"] == project["version"]
    licences = project["license"].split(" AND ")  # of the code, then of bundled images
    assert citation["license"] == licences[0]


def test_the_paper_is_the_one_of_the_readme(citation):
    (paper,) = citation["references"]
    assert paper["url"] in (ROOT / "README.md").read_text(encoding="utf-8")
    assert [author["family-names"] for author in paper["authors"]] == [
        "van der Merwe", "Newman", "Barnard",
    ]  # fmt: skip
