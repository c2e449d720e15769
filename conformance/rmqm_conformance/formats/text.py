"""A report for people at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rmqm_conformance.formats.wording import rule_of, tally, verdict_line
from rmqm_conformance.report import Outcome, Report
from rmqm_conformance.version import SUITE_VERSION
from rmqm_spec.clauses import SPEC_VERSION, clause

__all__ = ["text"]

_WORDS = {"failed": "FAIL", "errored": "ERROR", "unexpected-pass": "UNEXPECTED PASS"}
_CONTEXT_LINES = 12


def text(report: Report) -> str:
    """Return the report as lines: failures first, then what was claimed, then the verdict."""
    return "\n".join(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    description = report.description
    yield f"rmqm-spec conformance: suite {SUITE_VERSION}, specification {SPEC_VERSION}"
    who = f"{description.name} {description.version} ({description.language})"
    yield f"  {who}, profile {report.profile}, seed {report.seed}"
    for outcome in report.troubles:
        yield ""
        yield from _trouble(outcome)
    expected_failures = [
        outcome for outcome in report.outcomes if outcome.status == "expected-failure"
    ]
    if expected_failures:
        yield ""
        yield from (f"  expected  {outcome.id}: {outcome.message}" for outcome in expected_failures)
    yield ""
    yield from _claims(report)
    yield ""
    for name in report.unknown:
        yield f"  the file of expected failures names {name}, which is no check of this suite"
    yield from (f"  note: {note}" for note in report.notes)
    yield f"  {tally(report)} in {report.seconds:.1f} s"
    yield f"  {verdict_line(report)}"


def _trouble(outcome: Outcome) -> Iterator[str]:
    yield f"  {_WORDS[outcome.status]}  {outcome.id}"
    yield f"        {outcome.title}"
    yield f"    >   {outcome.message}"
    if outcome.example:
        yield f"        asked   {outcome.example}"
    for name in outcome.clauses:
        yield f"        clause  {rule_of(name)}"
    yield f"        rule    {clause(outcome.clauses[0]).statement}"
    lines = outcome.context.rstrip().splitlines()
    if len(lines) > _CONTEXT_LINES:
        lines = ["...", *lines[-_CONTEXT_LINES:]]
    yield from (f"        | {line}" for line in lines)
    if outcome.rerun:
        yield f"        rerun   {outcome.rerun}"


def _claims(report: Report) -> Iterator[str]:
    yield f"  {'claim':<16}{'passed':>8}{'failed':>8}{'errored':>8}{'expected failures':>20}"
    for name, counted in report.by_claim().items():
        if not counted["claimed"]:
            yield f"  {name:<16}{'not claimed':>16}"
            continue
        failed = counted["failed"] + counted["unexpected-pass"]
        yield (
            f"  {name:<16}{counted['passed']:>8}{failed:>8}{counted['errored']:>8}"
            f"{counted['expected-failure']:>20}"
        )
