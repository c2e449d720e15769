"""The pages name commands, options, codes and files that exist, and show what is really printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from rmqm_spec.cli.app import app
from rmqm_spec.findings import catalogue

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "examples/README.md"]
COMMANDS = get_command(app).commands
names = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def code(page: Path) -> list[str]:
    """Return every code span and every line of a code block, comments left out."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    outside = re.sub(r"^```\w*\n.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    spans = re.findall(r"`([^`]+)`", outside)
    return [line.split(" #")[0] for block in blocks for line in block.splitlines()] + spans


def options(command) -> set[str]:
    found = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    for inner in getattr(command, "commands", {}).values():
        found |= options(inner)
    return found | {"--help"}


EVERY_OPTION = set().union(*map(options, COMMANDS.values())) | {"--version"}


@names
def test_commands_and_their_options_exist(page):
    for line in code(page):
        for command, rest in re.findall(r"(?:^|[ \"'$])rmqm-spec ([a-z]+)(?![\w./])(.*)", line):
            assert command in COMMANDS, line
            told = rest.split("rmqm-spec conformance serve")[0] if "--cmd" in rest else rest
            unknown = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", told)) - EVERY_OPTION
            assert unknown == set(), line
            if "|" not in rest and "--cmd" not in rest:
                foreign = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", rest))
                assert foreign <= options(COMMANDS[command]), line


@names
def test_options_that_are_named_alone_exist(page):
    for span in code(page):
        found = re.match(r"--[a-z][a-z-]*", span.strip())
        assert found is None or found[0] in EVERY_OPTION | {"--check", "--memory"}, span


@names
def test_codes_exist(page):
    text = page.read_text(encoding="utf-8")
    assert set(re.findall(r"(?<![\w-])[A-Z]{3}\d{3}(?![\w-])", text)) <= set(catalogue())


@names
def test_relative_links_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    for target, anchor in re.findall(r"\]\(([^)#:\s]*)(?:#([^)\s]+))?\)", text):
        file = page.parent / target if target else page
        assert file.exists(), target
        if anchor and file.suffix == ".md":
            assert anchor in anchors(file.read_text(encoding="utf-8")), f"{target}#{anchor}"


def anchors(text: str) -> set[str]:
    titles = re.findall(r"^#+ (.*)$", text, flags=re.MULTILINE)
    slugs = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
    return slugs | set(re.findall(r'<a id="([^"]+)"', text))


def test_the_index_names_every_page():
    text = (ROOT / "docs/README.md").read_text(encoding="utf-8")
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert set(re.findall(r"\]\((\w[\w.-]*\.md)\)", text)) == pages


def test_every_recipe_is_on_the_page():
    text = (ROOT / "docs/preparing-a-model.md").read_text(encoding="utf-8")
    scripts = {path.name for path in (ROOT / "examples/export").glob("*.py")}
    assert {name for name in scripts if name not in text} == set()


def test_the_quick_start_shows_what_is_printed(rmqm, tmp_path):
    pytest.importorskip("onnxruntime")
    text = (ROOT / "docs/quickstart.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```text\n(\$ rmqm-spec.*?)```", text, flags=re.DOTALL)
    commands = [line[2:].split() for line in block.splitlines() if line.startswith("$ ")]
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    for command in commands:
        done = rmqm(*command[1:], cwd=tmp_path)
    shown = [line for line in block.splitlines() if not line.startswith("$ ")]
    assert done.stdout.splitlines() == shown
