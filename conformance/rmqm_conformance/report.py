"""What a run found: every expected check is accounted for, or there is no verdict."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any, Final, Literal

from attrs import asdict, frozen

from rmqm_conformance.description import Description
from rmqm_conformance.explaining import Explanation, explained
from rmqm_conformance.operations import CAPABILITIES, EXTENSIONS
from rmqm_conformance.version import SUITE_VERSION
from rmqm_spec.clauses import SPEC_VERSION

__all__ = ["SCHEMA", "STATUSES", "Outcome", "Report", "Verdict"]

SCHEMA: Final = "rmqm-conformance-report/1"
"""Name of the document; ``schemas/report.schema.json`` describes it."""

Status = Literal[
    "passed", "failed", "errored", "not-claimed", "expected-failure", "unexpected-pass"
]
STATUSES: Final = (
    "passed",
    "failed",
    "errored",
    "not-claimed",
    "expected-failure",
    "unexpected-pass",
)
"""How a check can end."""

Verdict = Literal["conformant", "not-conformant", "incomplete"]


@frozen(kw_only=True)
class Outcome:
    """
    How a check ended.

    Parameters
    ----------
    id, title, kind : str
        Those of the check.
    clauses : tuple of str
        What it checks.
    status : str
        One of `STATUSES`.
    seconds : float
        Time it took.
    message : str
        The value and what it should be; why the check does not apply; why it may fail.
    example : str
        What was asked, for a property.
    got, should : object
        Plain data, where they are short.
    context : str
        What an implementation that gave no answer left behind.
    rerun : str
        The command that runs this check alone.
    mistakes : tuple of str
        Known mistakes each of which would explain it, the likeliest first.
    """

    id: str
    title: str
    kind: str
    clauses: tuple[str, ...]
    status: Status
    seconds: float = 0.0
    message: str = ""
    example: str = ""
    got: Any = None
    should: Any = None
    context: str = ""
    rerun: str = ""
    mistakes: tuple[str, ...] = ()


@frozen(kw_only=True)
class Report:
    """
    What a run found about an implementation.

    Parameters
    ----------
    description : Description
        The implementation.
    profile, seed : str, int
        How hard the run tried.
    expected : tuple of str
        Ids that a complete run accounts for.
    selected : bool
        Whether only some checks were asked for.
    outcomes : tuple of Outcome
        One for each check that was accounted for.
    unknown : tuple of str
        Ids among the expected failures that no check has.
    notes : tuple of str
        Remarks that belong to no check.
    seconds : float
        Time of the whole run.
    """

    description: Description
    profile: str
    seed: int
    expected: tuple[str, ...]
    selected: bool
    outcomes: tuple[Outcome, ...]
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def counts(self) -> dict[str, int]:
        """Number of checks by status."""
        counted = Counter(outcome.status for outcome in self.outcomes)
        return {status: counted[status] for status in STATUSES}

    @property
    def missing(self) -> tuple[str, ...]:
        """Ids of expected checks that are not accounted for."""
        reported = {outcome.id for outcome in self.outcomes}
        return tuple(name for name in self.expected if name not in reported)

    @property
    def troubles(self) -> tuple[Outcome, ...]:
        """Outcomes that nobody expected."""
        bad = {"failed", "errored", "unexpected-pass"}
        return tuple(outcome for outcome in self.outcomes if outcome.status in bad)

    @property
    def ok(self) -> bool:
        """Whether no outcome was unexpected, and no check is missing that was to run."""
        return not self.troubles and not self.unknown and (self.selected or not self.missing)

    @property
    def verdict(self) -> Verdict:
        """The verdict; `incomplete` unless every expected check is accounted for, and some ran."""
        if self.troubles or self.unknown or self.counts["expected-failure"]:
            return "not-conformant"
        return "incomplete" if self.missing or not self.ran else "conformant"

    @property
    def ran(self) -> int:
        """Number of checks that were asked of the implementation."""
        return sum(outcome.status != "not-claimed" for outcome in self.outcomes)

    @property
    def explanation(self) -> Explanation:
        """The likely mistakes behind the failures, and which failure follows which."""
        return explained(self.outcomes)

    def by_claim(self) -> dict[str, dict[str, Any]]:
        """Count outcomes by capability and extension; a check counts for each that it needs."""
        claims = self.description.claims
        needs = _needs()
        by_claim = {}
        for name in (*CAPABILITIES, *EXTENSIONS):
            counted = Counter(
                outcome.status for outcome in self.outcomes if name in needs.get(outcome.id, ())
            )
            by_claim[name] = {"claimed": name in claims, **{s: counted[s] for s in STATUSES}}
        return by_claim

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain data, as ``schemas/report.schema.json`` describes it."""
        description, explanation = self.description, self.explanation
        return {
            "schema": SCHEMA,
            "verdict": self.verdict,
            "ok": self.ok,
            "suite": SUITE_VERSION,
            "specification": SPEC_VERSION,
            "implementation": {
                **{
                    key: getattr(description, key)
                    for key in ("name", "version", "language", "generator")
                },
                "claims": sorted(description.claims - {"generator"}),
                "source": description.source,
                "issues": description.issues,
            },
            "profile": self.profile,
            "seed": self.seed,
            "selected": self.selected,
            "expected_total": len(self.expected),
            "ran": self.ran,
            "counts": self.counts,
            "missing": list(self.missing),
            "unknown_expected_failures": list(self.unknown),
            "by_claim": self.by_claim(),
            "notes": list(self.notes),
            "seconds": round(self.seconds, 3),
            "likely_mistakes": [
                {"mistake": words, "explains": count} for words, count in explanation.likely
            ],
            "checks": [_plain(outcome, explanation) for outcome in self.outcomes],
        }


def _needs() -> dict[str, frozenset[str]]:
    from rmqm_conformance.catalogue import checks

    return {check.id: check.needs for check in checks()}


def _plain(outcome: Outcome, explanation: Explanation) -> dict[str, Any]:
    plain = asdict(outcome)
    del plain["mistakes"]
    plain["mistake"] = explanation.mistakes.get(outcome.id)
    plain["follows"] = explanation.follows.get(outcome.id)
    plain["clauses"] = list(outcome.clauses)
    plain["seconds"] = round(outcome.seconds, 4)
    for key in ("got", "should"):
        plain[key] = _json(plain[key])
    return plain


def _json(value: Any) -> Any:
    """Return plain data; what JSON cannot hold becomes text."""
    if isinstance(value, float):
        return value if math.isfinite(value) else repr(value)
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, list | tuple):
        return [_json(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _json(item) for key, item in value.items()}
    return str(value)
