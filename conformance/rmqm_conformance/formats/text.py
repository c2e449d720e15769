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
    told = report.description
    yield f"rmqm-spec conformance: suite {SUITE_VERSION}, specification {SPEC_VERSION}"
    who = f"{told.name} {told.version} ({told.language})"
    yield f"  {who}, profile {report.profile}, seed {report.seed}"
    for one in report.troubles:
        yield ""
        yield from _trouble(one)
    known = [one for one in report.outcomes if one.status == "expected-failure"]
    if known:
        yield ""
        yield from (f"  expected  {one.id}: {one.message}" for one in known)
    yield ""
    yield from _claims(report)
    yield ""
    for name in report.unknown:
        yield f"  the file of expected failures names {name}, which is no check of this suite"
    yield from (f"  note: {note}" for note in report.notes)
    yield f"  {tally(report)} in {report.seconds:.1f} s"
    yield f"  {verdict_line(report)}"


def _trouble(one: Outcome) -> Iterator[str]:
    yield f"  {_WORDS[one.status]}  {one.id}"
    yield f"        {one.title}"
    yield f"    >   {one.message}"
    if one.example:
        yield f"        asked   {one.example}"
    for name in one.clauses:
        yield f"        clause  {rule_of(name)}"
    yield f"        rule    {clause(one.clauses[0]).statement}"
    lines = one.context.rstrip().splitlines()
    if len(lines) > _CONTEXT_LINES:
        lines = ["...", *lines[-_CONTEXT_LINES:]]
    yield from (f"        | {line}" for line in lines)
    if one.rerun:
        yield f"        rerun   {one.rerun}"


def _claims(report: Report) -> Iterator[str]:
    yield f"  {'claim':<16}{'passed':>8}{'failed':>8}{'errored':>8}{'expected failures':>20}"
    for name, found in report.by_claim().items():
        if not found["claimed"]:
            yield f"  {name:<16}{'not claimed':>16}"
            continue
        failed = found["failed"] + found["unexpected-pass"]
        yield (
            f"  {name:<16}{found['passed']:>8}{failed:>8}{found['errored']:>8}"
            f"{found['expected-failure']:>20}"
        )
