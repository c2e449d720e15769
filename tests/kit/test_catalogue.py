"""Every MUST has a check or a reason; the lists that ship are those of the code."""

import json
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

import rmqm_conformance
from rmqm_conformance.catalogue import (
    checks,
    expected_ids,
    in_order_of_run,
    select,
    uncheckable,
)
from rmqm_conformance.description import POINTERS
from rmqm_conformance.operations import operations, operations_in_markdown
from rmqm_conformance.problems import UnknownNameError
from rmqm_conformance.vectors import manifest, read_arguments
from rmqm_conformance.version import SUITE_VERSION
from rmqm_spec.clauses import SPEC_VERSION, specification

ROOT = Path(__file__).parents[2]
MUST = [one.id for one in specification().clauses if one.level == "MUST"]
CHECKED = {name for one in checks() for name in one.clauses}


@pytest.mark.parametrize("name", rmqm_conformance.__all__)
def test_every_public_name_can_be_imported(name):
    assert getattr(rmqm_conformance, name).__name__ == name


@pytest.mark.parametrize("clause", MUST)
def test_every_must_has_a_check_or_a_reason_why_not(clause):
    assert (clause in CHECKED) != (clause in uncheckable())


def test_a_run_begins_with_what_is_sharp_and_ends_with_what_is_short():
    ordered = in_order_of_run(checks())
    assert set(ordered) == set(checks())
    n_vectors = sum(check.kind == "vector" for check in checks())
    assert {check.kind for check in ordered[:n_vectors]} == {"vector"}
    n_documents = sum("documents" in check.needs for check in ordered[n_vectors:])
    assert n_documents
    assert all("documents" not in check.needs for check in ordered[n_vectors + n_documents :])


def test_a_report_keeps_the_order_of_the_catalogue():
    class Nothing:
        def describe(self):
            return {"name": "n", "version": "1", "language": "Python", "capabilities": ["inputs"]}

        def content_id(self, **_):
            return {"id": ""}

    judged = []
    report = rmqm_conformance.run(Nothing(), progress=lambda *done: judged.append(done[2].id))
    assert [outcome.id for outcome in report.outcomes] == [check.id for check in checks()]
    assert judged == [check.id for check in in_order_of_run(checks())]


def test_only_musts_need_a_reason():
    assert set(uncheckable()) <= set(MUST)
    assert all(len(reason) > 40 for reason in uncheckable().values())


def test_the_shipped_list_is_that_of_the_code():
    shipped = json.loads(
        files("rmqm_conformance").joinpath("checks.json").read_text(encoding="utf-8")
    )
    ids = [one.id for one in checks()]
    assert shipped == {
        "suite": SUITE_VERSION,
        "spec": SPEC_VERSION,
        "total": len(ids),
        "checks": ids,
    }
    assert expected_ids() == tuple(ids)


def test_ids_and_titles_have_their_form():
    for one in checks():
        assert re.fullmatch(r"RMQM-[A-Z]+-\d{3}/[a-z0-9]+(-[a-z0-9]+)*", one.id), one.id
        assert len(one.title) < 120, one.title
        assert one.title.strip(" .`"), one.id


def test_every_operation_is_asked_by_a_vector_or_a_law():
    asked = {
        case["op"]
        for name in manifest()["files"]
        if name.endswith(".json")
        for case in cases_of(name)
    }
    modules = ROOT / "conformance" / "rmqm_conformance" / "properties"
    laws = "".join(path.read_text(encoding="utf-8") for path in modules.glob("*.py"))
    missing = {name for name in operations() if name not in asked and f'"{name}"' not in laws}
    assert not missing


def test_vectors_give_every_argument_of_their_operation():
    for name in manifest()["files"]:
        if name.endswith(".json"):
            for case in cases_of(name):
                assert set(case["args"]) == set(operations()[case["op"]].takes), case["id"]
                read_arguments(case["op"], case["args"])
                known = operations()[case["op"]].gives
                assert set(case.get("expect", {})) <= set(known), case["id"]


def test_every_tolerance_has_a_reason():
    for name in manifest()["files"]:
        if name.endswith(".json"):
            for case in cases_of(name):
                for key, rule in case.get("expect", {}).items():
                    assert "exact" in rule or rule["why"], (case["id"], key)
                assert case.get("refuse", {"why": "-"})["why"], case["id"]


def cases_of(name):
    text = files("rmqm_conformance").joinpath("vectors", name).read_text(encoding="utf-8")
    return json.loads(text)["cases"]


def test_a_clause_stands_for_all_of_its_checks():
    found = select(["RMQM-DIST-001"])
    assert len(found) > 1
    assert all("RMQM-DIST-001" in one.clauses for one in found)
    assert select([found[0].id]) == found[:1]
    with pytest.raises(UnknownNameError, match="RMQM-DIST-1"):
        select(["RMQM-DIST-1"])


def test_the_golden_vectors_are_those_that_the_script_makes():
    done = subprocess.run(
        [sys.executable, "-m", "rmqm_conformance.golden", "--check"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_page_lists_operations_and_pointers_as_the_code_has_them():
    page = (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8")
    assert page.endswith(operations_in_markdown())
    for name, pointer in POINTERS.items():
        assert f"| `{name}` | `{pointer}` |" in page
