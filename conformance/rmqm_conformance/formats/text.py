"""A report for people at a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from rmqm_conformance.formats.wording import first_line, rule_of, tally, verdict_line
from rmqm_conformance.report import Outcome, Report
from rmqm_conformance.version import SUITE_VERSION
from rmqm_spec.clauses import SPEC_VERSION, clause

__all__ = ["text"]

_WORDS = {"failed": "FAIL", "errored": "ERROR", "unexpected-pass": "UNEXPECTED PASS"}
_CONTEXT_LINES = 12
_WIDTH = 92
_ALSO = 5


def text(report: Report, *, everything: bool = False) -> str:
    """
    Return the report as lines: failures first, then what was claimed, then the verdict.

    Parameters
    ----------
    report : Report
        What a run found.
    everything : bool
        Whether each failure is explained whole, not the first of each kind alone.
    """
    return "\n".join(_lines(report, everything))


def _lines(report: Report, everything: bool) -> Iterator[str]:
    description, explanation = report.description, report.explanation
    if line := first_line(report.outcomes):
        yield line
    yield f"rmqm-spec conformance: suite {SUITE_VERSION}, specification {SPEC_VERSION}"
    who = f"{description.name} {description.version} ({description.language})"
    yield f"  {who}, profile {report.profile}, seed {report.seed}"
    for words, count in explanation.likely[1:_ALSO]:
        yield f"  also likely: {words} (explains {count})"
    for outcome in report.troubles:
        if everything or outcome.id not in explanation.follows:
            yield ""
            yield from _trouble(outcome, explanation.mistakes.get(outcome.id))
            yield from () if everything else _folded(explanation.followers(outcome.id))
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


def _trouble(outcome: Outcome, mistake: str | None) -> Iterator[str]:
    yield f"  {_WORDS[outcome.status]}  {outcome.id}"
    yield f"        {outcome.title}"
    yield f"    >   {outcome.message}"
    if mistake:
        yield f"        likely  {mistake}"
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


def _folded(followers: tuple[str, ...]) -> Iterator[str]:
    """Yield the ids of failures of the same kind, a few to a line."""
    if followers:
        listed = textwrap.wrap(", ".join(followers), _WIDTH, break_on_hyphens=False)
        start = f"{len(followers)} more of this kind: "
        yield from (f"        {start if not k else ''}{line}" for k, line in enumerate(listed))


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
