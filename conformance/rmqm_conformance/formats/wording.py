"""What every format says in the same words: the verdict, the tally, the clause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rmqm_conformance.explaining import explained
from rmqm_conformance.report import Outcome, Report
from rmqm_spec.clauses import clause

__all__ = ["first_line", "rule_of", "tally", "verdict_line"]


def verdict_line(report: Report) -> str:
    """Return the verdict in a single sentence that says what it covers."""
    claims = ", ".join(sorted(report.description.claims - {"generator"}))
    if report.verdict == "conformant":
        return f"CONFORMANT in what is claimed: {claims}"
    if report.verdict == "incomplete":
        if not report.missing:
            return "NO VERDICT: nothing that is claimed has a check"
        n_reported = len(report.expected) - len(report.missing)
        return f"NO VERDICT: {n_reported} of {len(report.expected)} checks were accounted for"
    if report.ok:
        n_known = report.counts["expected-failure"]
        return f"NOT CONFORMANT: {n_known} expected failures, nothing unexpected"
    return "NOT CONFORMANT"


def tally(report: Report) -> str:
    """Return the numbers of checks on a single line."""
    counts = report.counts
    words = {
        "passed": "passed",
        "failed": "failed",
        "errored": "errored",
        "not-claimed": "not claimed",
        "expected-failure": "expected failures",
        "unexpected-pass": "unexpected passes",
    }
    parts = ", ".join(f"{counts[status]} {word}" for status, word in words.items())
    missing = f", {len(report.missing)} not run" if report.missing else ""
    return f"{len(report.expected)} checks expected: {parts}{missing}"


def rule_of(name: str) -> str:
    """Return level and title of a clause, and where it stands."""
    rule = clause(name)
    return f"{name} {rule.level}: {rule.title} (docs/specification.md#{name.lower()})"


def first_line(outcomes: Sequence[Outcome]) -> str:
    """Return the likely mistake behind most failures, or else the clauses that failed."""
    found = explained(outcomes)
    if not found.n_failed:
        return ""
    if found.likely:
        words, count = found.likely[0]
        failures = "failure" if found.n_failed == 1 else "failures"
        plain = " ".join(words.split())
        return f"likely mistake: {plain} (explains {count} of {found.n_failed} {failures})"
    failed = (outcome for outcome in outcomes if outcome.status in {"failed", "errored"})
    clauses = Counter(outcome.clauses[0] for outcome in failed)
    told = ", ".join(f"{name} ({count})" for name, count in clauses.most_common(3))
    more = f" and {len(clauses) - 3} more clauses" if len(clauses) > 3 else ""
    return f"failed: {told}{more}"
