"""A report as a Markdown summary, for the page of a continuous integration run."""

from __future__ import annotations

from collections.abc import Iterator

from rmqm_conformance.formats.wording import tally, verdict_line
from rmqm_conformance.report import Outcome, Report
from rmqm_conformance.version import SUITE_VERSION
from rmqm_spec.clauses import SPEC_VERSION

__all__ = ["markdown"]


def markdown(report: Report) -> str:
    """Return the report as GitHub Markdown."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    description = report.description
    who = _cell(f"{description.name} {description.version} ({description.language})")
    yield f"## RMQM {SPEC_VERSION}: {who}"
    yield ""
    yield f"**{_cell(verdict_line(report))}**"
    yield ""
    yield f"{tally(report)}. Suite {SUITE_VERSION}, profile {report.profile}, seed {report.seed}."
    yield ""
    yield "| claim | passed | failed | errored | expected failures |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for name, counted in report.by_claim().items():
        if counted["claimed"]:
            failed = counted["failed"] + counted["unexpected-pass"]
            known = counted["expected-failure"]
            yield f"| {name} | {counted['passed']} | {failed} | {counted['errored']} | {known} |"
        else:
            yield f"| {name} | not claimed | | | |"
    yield from _table("What went wrong", list(report.troubles))
    expected_failures = [
        outcome for outcome in report.outcomes if outcome.status == "expected-failure"
    ]
    yield from _table("Expected failures", expected_failures)
    if report.unknown:
        yield ""
        yield f"Expected failures that are no check of this suite: {', '.join(report.unknown)}."


def _table(title: str, outcomes: list[Outcome]) -> Iterator[str]:
    if not outcomes:
        return
    yield ""
    yield f"### {title}"
    yield ""
    yield "| check | what was met |"
    yield "| --- | --- |"
    yield from (f"| `{outcome.id}` | {_cell(outcome.message)} |" for outcome in outcomes)


def _cell(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|")
    return " ".join(escaped.split())
