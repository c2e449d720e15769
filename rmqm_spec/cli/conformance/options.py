"""Options of ``rmqm-spec conformance``, as they were typed."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated, Optional

import typer
from attrs import frozen

__all__ = ["ConformanceRequest"]

_Text = Optional[str]  # noqa: UP045 - typer reads the annotation at run time
_File = Optional[Path]  # noqa: UP045
_Texts = Optional[list[str]]  # noqa: UP045


def _who(text: str, *names: str) -> object:
    return typer.Option(*names, help=text, rich_help_panel="Who is judged")


def _what(text: str, *names: str) -> object:
    return typer.Option(*names, help=text, rich_help_panel="What is checked")


def _where(text: str, *names: str) -> object:
    return typer.Option(*names, help=text, rich_help_panel="Reports")


@frozen(kw_only=True)
class ConformanceRequest:
    """Who is judged, by which checks, and where the reports go."""

    cmd: Annotated[_Text, _who('A program over JSON lines, e.g. "node my_impl.js".')] = None
    object: Annotated[_Text, _who("A Python object or class, MODULE:NAME.")] = None
    deadline: Annotated[float, _who("Seconds for one answer of the program.")] = 30.0
    profile: Annotated[str, _what("full, or fast with fewer examples.")] = "full"
    seed: Annotated[int, _what("Seed of the examples.")] = 0
    only: Annotated[_Texts, _what("A check or a clause; may be given again.")] = None
    expected_failures: Annotated[_File, _what("TOML file: id and reason of each.")] = None
    report: Annotated[_File, _where("Write the report as JSON.")] = None
    junit: Annotated[_File, _where("Write the report as JUnit XML.")] = None
    markdown: Annotated[_File, _where("Write a summary in Markdown.")] = None
    badge: Annotated[_File, _where("Write the document behind a badge.")] = None

    @property
    def command(self) -> str:
        """The command that judges the same implementation again, without the choice of checks."""
        found = "rmqm-spec conformance"
        for name, value in (("--cmd", self.cmd), ("--object", self.object)):
            found += f" {name} {shlex.quote(value)}" if value else ""
        return found
