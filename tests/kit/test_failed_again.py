"""What failed last can be run again by itself: ``--failed``."""

from __future__ import annotations

import json
from functools import partial

import pytest

WRONG = """
from rmqm_spec.identity import content_id

class Mine:
    def describe(self):
        return {"name": "mine", "version": "1", "language": "Python", "capabilities": ["inputs"]}

    def content_id(self, input):
        return {"id": content_id(input).upper()}

    def name_inputs(self, ids):
        return {"ids": ids, "digest": ""}
"""
RIGHT = WRONG.replace(".upper()", "")
ONLY = [
    "--only",
    "RMQM-INP-002/annex-a",
    "--only",
    "RMQM-INP-002/boolean",
    "--only",
    "RMQM-INP-010",
]


@pytest.fixture
def mine(tmp_path):
    """A folder with a wrong implementation."""
    (tmp_path / "mine.py").write_text(WRONG, encoding="utf-8")
    return tmp_path


@pytest.fixture
def judge(rmqm, mine):
    """Judge it: its state is kept in the folder."""
    command = partial(rmqm, "conformance", "--object", "mine:Mine", "--profile", "fast", "--json")
    return partial(command, cwd=mine, env={"XDG_STATE_HOME": str(mine / "state")})


def failed(done):
    return [check["id"] for check in done.document["checks"] if check["status"] == "failed"]


def test_what_failed_last_is_run_again_until_nothing_fails(judge, mine):
    first = failed(judge(*ONLY))
    assert len(first) > 2
    again = judge("--failed", "last")
    assert [check["id"] for check in again.document["checks"]] == first
    (mine / "mine.py").write_text(RIGHT, encoding="utf-8")
    mended = judge("--failed", "last")
    assert [check["id"] for check in mended.document["checks"]] == first
    left = failed(mended)
    assert 0 < len(left) < len(first)
    assert [check["id"] for check in judge("--failed", "last").document["checks"]] == left


def test_a_run_of_some_checks_keeps_what_failed_among_the_others(judge, mine):
    first = failed(judge(*ONLY))
    judge("--only", "RMQM-INP-002/annex-a")
    assert failed(judge("--failed", "last")) == first


def test_what_failed_in_a_report_is_run_again(judge, mine):
    first = failed(judge(*ONLY, "--report", "report.json"))
    (mine / "state").rename(mine / "other")
    assert failed(judge("--failed", "report.json")) == first


def test_without_a_failure_there_is_nothing_to_run_again(judge, mine):
    nothing = judge("--failed", "last")
    assert nothing.returncode == 2
    assert nothing.document["error"]["code"] == "CON007"
    assert "no run of 'rmqm-spec conformance --object mine:Mine' in this folder" in nothing.stderr
    (mine / "mine.py").write_text(RIGHT, encoding="utf-8")
    passing = ["--only", "RMQM-INP-002/annex-a", "--report", "report.json"]
    assert judge(*passing).returncode == 0
    for given, said in (("last", "nothing failed in the last run"), ("report.json", "report.json")):
        done = judge("--failed", given)
        assert done.returncode == 2
        assert said in done.stderr
        assert "Run it without --failed" in done.stderr
    assert judge("--only", "RMQM-INP-002/annex-a").returncode == 0  # the remedy


@pytest.mark.parametrize("text", ["", "[]", '{"checks": 3}', '{"checks": [{"id": "x"}]}'])
def test_a_file_that_is_no_report_is_refused(judge, mine, text):
    (mine / "report.json").write_text(text, encoding="utf-8")
    done = judge("--failed", "report.json")
    assert done.returncode == 3
    assert "CON008" in done.stderr
    assert "which is no conformance report" in done.stderr
    assert "Give a file that --report wrote" in done.stderr


def test_a_report_of_another_suite_names_no_check_of_this_suite(judge, mine):
    other = {"checks": [{"id": "RMQM-OLD-001/gone", "status": "failed"}]}
    (mine / "report.json").write_text(json.dumps(other), encoding="utf-8")
    done = judge("--failed", "report.json")
    assert done.returncode == 2
    assert "names no check of this suite" in done.stderr


def test_failed_and_only_are_not_given_together(judge):
    done = judge("--failed", "last", "--only", "RMQM-INP-002")
    assert done.returncode == 2
    assert "--failed and --only must not be given together" in done.stderr


def test_a_report_is_printed_where_nothing_can_be_kept(rmqm, mine):
    command = ["conformance", "--object", "mine:Mine", *ONLY]
    done = rmqm(*command, cwd=mine, env={"XDG_STATE_HOME": "/proc/nowhere"})
    assert done.returncode == 1
    assert "NOT CONFORMANT" in done.stdout
    assert "could not be kept" in done.stderr
    assert "--failed FILE" in done.stderr


def test_a_report_is_printed_where_its_file_cannot_be_written(rmqm, mine):
    done = rmqm("conformance", "--object", "mine:Mine", *ONLY, "--report", "/dev/full", cwd=mine)
    assert done.returncode == 2
    assert "NOT CONFORMANT" in done.stdout
    assert "ARG005" in done.stderr


def test_nothing_but_ids_is_kept(judge, mine):
    judge(*ONLY)
    (kept,) = (mine / "state").rglob("*.json")
    assert set(json.loads(kept.read_text(encoding="utf-8"))) == {"failed"}
