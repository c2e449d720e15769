"""A report as JUnit XML, which every continuous integration reads."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from rmqm_conformance.formats.wording import first_line, rule_of, verdict_line
from rmqm_conformance.report import Outcome, Report

__all__ = ["junit"]

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report) -> str:
    """
    Return the report as XML; what is not claimed or expected to fail is skipped, with its reason.

    A run that leaves checks out, or names unknown checks, holds a failing case that says so.
    """
    counts = report.counts
    about = _about_the_run(report)
    suite = ET.Element(
        "testsuite",
        name=f"RMQM conformance of {report.description.name}",
        tests=str(len(report.outcomes) + len(about)),
        failures=str(counts["failed"] + counts["unexpected-pass"] + len(about)),
        errors=str(counts["errored"]),
        skipped=str(counts["not-claimed"] + counts["expected-failure"]),
        time=f"{report.seconds:.3f}",
    )
    properties = ET.SubElement(suite, "properties")
    ET.SubElement(properties, "property", name="verdict", value=verdict_line(report))
    explanation = report.explanation
    if line := first_line(report.outcomes):
        ET.SubElement(properties, "property", name="first line", value=_clean(line))
    for outcome in report.outcomes:
        mistake, leader = (
            told.get(outcome.id, "") for told in (explanation.mistakes, explanation.follows)
        )
        _case(suite, outcome, _about(mistake, leader))
    for name, message in about.items():
        case = ET.SubElement(suite, "testcase", classname="run", name=name, time="0")
        ET.SubElement(case, "failure", message=_clean(message))
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _about_the_run(report: Report) -> dict[str, str]:
    problems = {}
    if report.missing and not report.selected:
        problems["complete"] = f"not accounted for: {', '.join(report.missing)}"
    if report.unknown:
        problems["expected-failures"] = f"no such checks: {', '.join(report.unknown)}"
    return problems


def _about(mistake: str, leader: str) -> tuple[str, ...]:
    """Return what is known about the cause of a failure."""
    likely = (f"likely mistake: {mistake}",) if mistake else ()
    return (*likely, f"of the same kind as {leader}") if leader else likely


def _case(suite: ET.Element, outcome: Outcome, causes: tuple[str, ...]) -> None:
    family, name = outcome.id.split("/", maxsplit=1)
    case = ET.SubElement(
        suite, "testcase", classname=family, name=name, time=f"{outcome.seconds:.4f}"
    )
    kind = {
        "failed": "failure",
        "unexpected-pass": "failure",
        "errored": "error",
        "not-claimed": "skipped",
        "expected-failure": "skipped",
    }.get(outcome.status)
    if kind is None:
        return
    element = ET.SubElement(case, kind, message=_clean(outcome.message))
    if kind != "skipped":
        clauses = [rule_of(name) for name in outcome.clauses]
        parts = [
            outcome.title,
            outcome.message,
            *causes,
            outcome.example,
            *clauses,
            outcome.context,
            outcome.rerun,
        ]
        element.text = _clean("\n".join(part for part in parts if part))


def _clean(text: str) -> str:
    """Escape what XML cannot hold."""
    return _NOT_XML.sub(lambda match: f"\\x{ord(match[0]):02x}", text)
