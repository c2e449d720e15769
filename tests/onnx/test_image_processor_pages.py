"""The page on image processors agrees with the table of their classes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rmqm_onnx.reading.image_processors import image_processor, names

PAGE = Path(__file__).parents[2] / "docs" / "image-processors.md"


def rows(title: str) -> list[list[str]]:
    """Return the rows of the table under a heading."""
    section = PAGE.read_text(encoding="utf-8").split(f"## {title}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


@pytest.fixture(scope="module")
def rules() -> dict[str, str | None]:
    """The rule of every class, by its name without the suffix."""
    classes = {name: image_processor(name) for name in names()}
    return {
        name.removesuffix("ImageProcessor"): processor.rule
        for name, processor in classes.items()
        if processor is not None and processor.rule != "timm"
    }


def test_every_class_is_said_to_be_applied_or_refused(rules):
    exact = {cells[0] for cells in rows("Applied exactly")}
    refused = {
        name: reason for reason, listed in rows("Refused by name") for name in listed.split(", ")
    }
    by_default = {name for name, reason in refused.items() if "by default" in reason}
    assert exact | by_default == {name for name, rule in rules.items() if rule}
    assert set(refused) - by_default == {name for name, rule in rules.items() if not rule}


def test_classes_of_architectures_are_in_the_table(rules):
    for architectures, classes, applied in rows("By architecture"):
        for name in re.split(", | with ", classes):
            if name in rules:
                assert bool(rules[name]) != applied.startswith("no:") or "with" in classes, name
            else:
                assert name.startswith(("of their own", "their own", "`")), (architectures, name)
