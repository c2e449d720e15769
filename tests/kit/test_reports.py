"""Reports cannot mislead: the numbers add up, and every format says the same."""

import json
from importlib.resources import files
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator

from rmqm_conformance.catalogue import expected_ids
from rmqm_conformance.description import Description
from rmqm_conformance.formats import badge, junit, markdown, text
from rmqm_conformance.report import STATUSES, Outcome, Report

IDS = expected_ids()


def outcome(place, status, **more):
    clause = IDS[place].split("/")[0]
    return Outcome(
        id=IDS[place], title="A rule.", kind="vector", clauses=(clause,), status=status, **more
    )


def report(statuses, **more):
    told = {"name": "mine", "version": "1", "language": "R", "capabilities": ["inputs"]}
    statuses = [*statuses, *["passed"] * (len(IDS) - len(statuses))]
    settings = {
        "description": Description.read(told),
        "profile": "full",
        "seed": 0,
        "expected": IDS,
        "selected": False,
        "outcomes": tuple(
            outcome(place, status, message="D=1, but should be 2 <&|>\x1b[31m")
            for place, status in enumerate(statuses)
            if status is not None
        ),
    }
    return Report(**settings | more)


@pytest.mark.parametrize(
    ("statuses", "verdict", "ok"),
    [
        (["passed"], "conformant", True),
        (["not-claimed"], "conformant", True),
        (["failed"], "not-conformant", False),
        (["errored"], "not-conformant", False),
        (["unexpected-pass"], "not-conformant", False),
        (["expected-failure"], "not-conformant", True),
        ([None], "incomplete", False),
        ([None, "failed"], "not-conformant", False),
        (["not-claimed"] * len(IDS), "incomplete", True),
    ],
)
def test_verdicts(statuses, verdict, ok):
    found = report(statuses)
    assert (found.verdict, found.ok) == (verdict, ok)
    word = {"conformant": "CONFORMANT in what", "incomplete": "NO VERDICT"}
    assert word.get(verdict, "NOT CONFORMANT") in text(found)
    assert word.get(verdict, "NOT CONFORMANT") in markdown(found)
    assert verdict.replace("-", " ") in badge(found)["message"]
    assert (badge(found)["color"] == "brightgreen") == (verdict == "conformant")


def test_an_unknown_expected_failure_is_an_error():
    found = report([], unknown=("RMQM-D-001/nowhere",))
    assert not found.ok
    assert found.verdict == "not-conformant"
    for made in (text(found), markdown(found), junit(found)):
        assert "RMQM-D-001/nowhere" in made


def test_a_run_of_some_checks_gives_no_verdict_but_can_be_fine():
    found = report([None] * (len(IDS) - 1), selected=True)
    assert (found.verdict, found.ok) == ("incomplete", True)


def test_the_numbers_add_up():
    found = report(["failed", "errored", None, "not-claimed", "expected-failure"])
    document = found.to_dict()
    assert document["expected_total"] == len(IDS)
    assert sum(document["counts"].values()) + len(document["missing"]) == len(IDS)
    assert document["ran"] == len(IDS) - 2
    assert document["missing"] == [IDS[2]]


@pytest.mark.parametrize("statuses", [[], *([status] for status in STATUSES), [None]])
def test_json_keeps_to_its_schema(statuses):
    schema = json.loads(
        files("rmqm_conformance").joinpath("schemas", "report.schema.json").read_text("utf-8")
    )
    Draft202012Validator.check_schema(schema)
    document = json.loads(json.dumps(report(statuses).to_dict(), allow_nan=False))
    Draft202012Validator(schema).validate(document)


def test_json_holds_what_json_has_no_number_for():
    odd = outcome(0, "failed", got=float("nan"), should=[float("inf"), {"a": (1, object)}])
    plain = report([], outcomes=(odd,)).to_dict()["checks"][0]
    assert plain["got"] == "nan"
    assert plain["should"] == ["inf", {"a": [1, str(object)]}]


def test_junit_counts_and_escapes():
    found = report(["failed", "errored", "not-claimed", "expected-failure", None])
    suite = ET.fromstring(junit(found))
    assert suite.attrib["tests"] == str(len(IDS))  # one is missing, one says so
    assert suite.attrib["failures"] == "2"
    assert suite.attrib["errors"] == "1"
    assert suite.attrib["skipped"] == "2"
    assert [len(suite.findall(f".//{kind}")) for kind in ("failure", "error", "skipped")] == [
        2,
        1,
        2,
    ]
    assert "\\x1b[31m" in suite.find(".//failure").attrib["message"]


def test_markdown_cells_hold_no_markup_of_others():
    made = markdown(report(["failed"]))
    assert "2 &lt;&amp;\\|>" in made


def test_a_badge_counts_what_passed_of_all_and_names_the_fast_profile():
    assert badge(report(["not-claimed"]))["message"] == f"{len(IDS) - 1}/{len(IDS)} conformant"
    assert badge(report([], profile="fast"))["message"].endswith("(fast)")


def test_a_failure_shows_what_was_asked_the_clause_and_how_to_run_it_again():
    bad = outcome(0, "failed", message="D=1", example="N=1", rerun="rmqm-spec conformance --only X")
    errored = outcome(1, "errored", context="\n".join(f"line {n}" for n in range(50)))
    made = text(report([], outcomes=(bad, errored)))
    for part in (IDS[0], "D=1", "asked   N=1", IDS[0].split("/")[0] + " MUST", "--only X"):
        assert part in made
    assert "line 49" in made
    assert "line 3\n" not in made


def failures(*mistakes_of):
    return tuple(
        outcome(place, "failed", message=f"D={place}, but should be 2", mistakes=mistakes)
        for place, mistakes in enumerate(mistakes_of)
    )


def test_failures_of_a_kind_are_folded_under_the_first():
    found = report(
        [], outcomes=failures(("divides by 2",), ("divides by 2", "adds 1"), ("adds 1",))
    )
    made = text(found)
    assert made.startswith("likely mistake: divides by 2 (explains 2 of 3 failures)\n")
    assert f"1 more of this kind: {IDS[1]}" in made
    assert made.count("        rule ") == 2
    assert text(found, everything=True).count("        rule ") == 3
    plain = {one["id"]: one for one in found.to_dict()["checks"]}
    assert [plain[name]["follows"] for name in IDS[:3]] == [None, IDS[0], None]
    assert [plain[name]["mistake"] for name in IDS[:3]] == [
        "divides by 2",
        "divides by 2",
        "adds 1",
    ]
    assert "divides by 2" in markdown(found)
    assert f"of the same kind as {IDS[0]}" in junit(found)


def test_a_single_failure_with_many_explanations_names_none():
    found = report([], outcomes=failures(("a", "b", "c", "d")))
    assert text(found).startswith("failed: RMQM-")
    assert found.to_dict()["likely_mistakes"] == []


def test_failures_of_a_clause_with_the_same_message_are_folded():
    found = report([], outcomes=failures((), ()))
    same_clause = IDS[0].split("/")[0] == IDS[1].split("/")[0]
    assert bool(found.explanation.follows) == same_clause
