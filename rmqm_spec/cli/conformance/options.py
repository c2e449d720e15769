"""Options of ``rmqm-spec conformance``, as they were typed."""

from __future__ import annotations

import shlex
from pathlib import Path

from attrs import frozen

from rmqm_spec.runs.fields import setting
from rmqm_spec.runs.values import above_zero, at_least

__all__ = ["ConformanceRequest"]

_WHO, _WHAT, _WHERE = "What is judged", "What is checked", "Reports"


@frozen(kw_only=True)
class ConformanceRequest:
    """Who is judged, by which checks, and where the reports go."""

    cmd: str | None = setting('A program that answers JSON lines: "node my_impl.js".', panel=_WHO)
    object: str | None = setting("A Python object or class, MODULE:NAME.", panel=_WHO)
    deadline: float = setting(
        "Seconds for one answer of the program.",
        default=30.0,
        read=above_zero,
        typed=float,
        panel=_WHO,
    )
    profile: str = setting("full, or fast with fewer examples.", default="full", panel=_WHAT)
    seed: int = setting("Seed of the examples.", default=0, typed=int, panel=_WHAT)
    only: list[str] | None = setting(
        "A check or a clause; may be repeated.", typed=list[str], panel=_WHAT
    )
    failed: str | None = setting(
        "What failed last, or in a report: last, or FILE.", typed=str, panel=_WHAT
    )
    jobs: int | None = setting(
        "Processes that judge; by default as many as there are processors, up to 8.",
        read=at_least(1),
        typed=int,
        panel=_WHAT,
        min=1,
    )
    expected_failures: Path | None = setting(
        "TOML file with the id and the reason of each.", typed=Path, panel=_WHAT
    )
    verbose: bool = setting(
        "Explain every failure whole, not the first of each kind alone.",
        default=False,
        typed=bool,
        panel=_WHERE,
    )
    report: Path | None = setting("Write the report as JSON.", typed=Path, panel=_WHERE)
    junit: Path | None = setting("Write the report as JUnit XML.", typed=Path, panel=_WHERE)
    markdown: Path | None = setting("Write a summary in Markdown.", typed=Path, panel=_WHERE)
    badge: Path | None = setting("Write the JSON document for a badge.", typed=Path, panel=_WHERE)

    @property
    def command(self) -> str:
        """The command that judges the same implementation again, without the choice of checks."""
        command_line = "rmqm-spec conformance"
        for name, value in (("--cmd", self.cmd), ("--object", self.object)):
            command_line += f" {name} {shlex.quote(value)}" if value else ""
        return command_line
