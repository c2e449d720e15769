"""A report as a Markdown summary, for the page of a continuous integration run."""

from __future__ import annotations

from collections.abc import Iterator

from rmqm_conformance.formats.wording import first_line, tally, verdict_line
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
    if line := first_line(report.outcomes):
        yield _cell(line[:1].upper() + line[1:]) + "."
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
    yield from _troubles(report)
    expected_failures = [
        outcome for outcome in report.outcomes if outcome.status == "expected-failure"
    ]
    yield from _table("Expected failures", expected_failures)
    if report.unknown:
        yield ""
        yield f"Expected failures that are no check of this suite: {', '.join(report.unknown)}."


def _troubles(report: Report) -> Iterator[str]:
    """Yield the first failure of each kind, with the number of those that follow it."""
    explanation = report.explanation
    leaders = [outcome for outcome in report.troubles if outcome.id not in explanation.follows]
    if not leaders:
        return
    yield from ("", "### What went wrong", "")
    yield from (
        "| check | what was met | likely mistake | more of this kind |",
        "| --- | --- | --- | --- |",
    )
    for outcome in leaders:
        followers = [f"`{name}`" for name in explanation.followers(outcome.id)]
        more = f"{len(followers)}: {', '.join(followers)}" if followers else ""
        mistake = _cell(explanation.mistakes.get(outcome.id, ""))
        yield f"| `{outcome.id}` | {_cell(outcome.message)} | {mistake} | {more} |"


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
