"""``rmqm-spec conformance`` as an implementer meets it."""

import json
import signal
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

ROOT = Path(__file__).parents[2]
WRONG = """
from rmqm_conformance import serve
from rmqm_spec.identity import content_id

class Mine:
    def describe(self):
        return {"name": "mine", "version": "1", "language": "Python", "capabilities": ["inputs"]}

    def content_id(self, input):
        return {"id": content_id(input).upper()}

    def name_inputs(self, ids):
        raise RuntimeError("not written yet")

if __name__ == "__main__":
    serve(Mine())
"""


@pytest.fixture
def judge(rmqm):
    return partial(rmqm, "conformance")


@pytest.fixture
def mine(tmp_path):
    (tmp_path / "mine.py").write_text(WRONG, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "who", [["--object", "mine:Mine"], ["--cmd", f"{sys.executable} mine.py"]], ids=["a", "b"]
)
def test_a_failure_names_check_values_clause_and_the_command_that_repeats_it(judge, mine, who):
    done = judge(*who, "--only", "RMQM-INP-002", "--profile", "fast", cwd=mine)
    assert done.returncode == 1
    first = next(line for line in done.stdout.splitlines() if "FAIL" in line).split()[-1]
    for part in ("should be", "clause  RMQM-INP-002 MUST", "The id of an input MUST be", "asked "):
        assert part in done.stdout
    again = next(line for line in done.stdout.splitlines() if "rerun" in line)
    assert f"--only {first}" in again
    assert who[1] in again


def test_a_crash_is_told_apart_from_a_wrong_answer(judge, mine):
    who = ["--cmd", f"{sys.executable} mine.py", "--only", "RMQM-INP-010", "--profile", "fast"]
    done = judge(*who, "--json", cwd=mine)
    document = done.document
    counts = document["counts"]
    assert counts["errored"] + counts["failed"] + counts["not-claimed"] == len(document["checks"])
    errored = [one for one in document["checks"] if one["status"] == "errored"]
    assert "RuntimeError: not written yet" in errored[0]["message"]
    assert "Traceback" in errored[0]["context"]


def test_every_report_is_written(judge, mine):
    names = ["report.json", "junit.xml", "summary.md", "badge.json"]
    options = [f"--{name.split('.')[0]}={name}" for name in names]
    options[2] = "--markdown=summary.md"
    done = judge("--object", "mine:Mine", "--only", "RMQM-INP-002", *options, cwd=mine)
    assert done.returncode == 1, done.stderr
    schema = ROOT / "conformance" / "rmqm_conformance" / "schemas" / "report.schema.json"
    report = json.loads((mine / "report.json").read_text(encoding="utf-8"))
    Draft202012Validator(json.loads(schema.read_text(encoding="utf-8"))).validate(report)
    assert report["verdict"] == "not-conformant"
    assert "NOT CONFORMANT" in (mine / "summary.md").read_text(encoding="utf-8")
    assert json.loads((mine / "badge.json").read_text(encoding="utf-8"))["color"] == "red"
    assert (mine / "junit.xml").read_text(encoding="utf-8").startswith("<?xml")


def test_expected_failures_make_a_run_green_but_not_conformant(judge, mine):
    who = ["--object", "mine:Mine", "--only", "RMQM-INP-002", "--profile", "fast"]
    failed = [
        one["id"]
        for one in judge(*who, "--json", cwd=mine).document["checks"]
        if one["status"] in {"failed", "errored"}
    ]
    known = mine / "known.toml"
    text = "".join(f'["{name}"]\nreason = "capital letters"\n' for name in failed)
    known.write_text(text, encoding="utf-8")
    done = judge(*who, "--expected-failures", "known.toml", cwd=mine)
    assert done.returncode == 0
    assert "nothing unexpected" in done.stdout
    assert "capital letters" in done.stdout
    known.write_text(text + '["RMQM-INP-002/nowhere"]\nreason = "x"\n', encoding="utf-8")
    done = judge(*who, "--expected-failures", "known.toml", cwd=mine)
    assert done.returncode == 1
    assert "RMQM-INP-002/nowhere, which is no check" in done.stdout


def test_an_unexpected_pass_is_an_error(judge, mine):
    own = judge("--only", "RMQM-INP-002", "--profile", "fast", "--json", cwd=mine)
    name = own.document["checks"][0]["id"]
    (mine / "known.toml").write_text(f'["{name}"]\nreason = "old"\n', encoding="utf-8")
    done = judge("--only", name, "--expected-failures", "known.toml", cwd=mine)
    assert done.returncode == 1
    assert f"UNEXPECTED PASS  {name}" in done.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('["RMQM-D-001/x"]', "must have a reason"),
        ('["RMQM-D-001/x"]\nreason = " "', "must have a reason"),
        ('["RMQM-D-001/x"]\nreason = "y"\nuntil = 3', "nothing else but an issue"),
        ("reason = ", "readable TOML"),
    ],
)
def test_a_bad_file_of_expected_failures_is_refused(judge, mine, text, said):
    (mine / "known.toml").write_text(text, encoding="utf-8")
    done = judge("--expected-failures", "known.toml", cwd=mine)
    assert done.returncode == 3
    assert "CON004" in done.stderr
    assert said in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--only", "RMQM-XX-001"], 2, "--only must name a check or a clause"),
        (["--profile", "quick"], 2, "profile must be one of fast, full"),
        (["--cmd", "x", "--object", "y:z"], 2, "got both"),
        (["--cmd", "no-such-program"], 2, "CON003"),
        (["--cmd", ""], 2, "--cmd must name an implementation; got an empty text"),
        (["--object", " "], 2, "--object must name an implementation; got an empty text"),
        (["--object", "nowhere:Mine"], 2, "CON005"),
        (["--object", "mine:Nobody"], 2, "CON005"),
        (["--deadline", "0"], 2, "--deadline must be"),
        (["--report", "nowhere/report.json"], 2, "ARG005"),
        (["--expected-failures", "nowhere.toml"], 3, "CON004"),
        (["init", "--lang", "cobol"], 2, "--lang must be one of"),
        (["init", "--out", "mine.py"], 2, "CON006"),
        (["init", "--out", "nowhere/x.py"], 2, "ARG005"),
    ],
)
def test_wrong_arguments_are_refused_by_name(judge, mine, arguments, code, said):
    done = judge(*arguments, cwd=mine)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_the_python_starter_runs_as_it_is(judge, tmp_path):
    assert judge("init", cwd=tmp_path).returncode == 0
    command = f"{sys.executable} my_implementation.py"
    done = judge("--cmd", command, "--profile", "fast", "--json", cwd=tmp_path)
    document = done.document
    assert document["counts"]["errored"] == 0
    assert document["counts"]["passed"] > 10
    assert document["counts"]["failed"] > 10


def test_an_interrupted_run_says_how_far_it_came(rmqm, mine):
    slow = "import pathlib, time; pathlib.Path('asked').touch(); time.sleep(0.2); "
    (mine / "slow.py").write_text(WRONG.replace('return {"id"', slow + 'return {"id"'))
    command = ("conformance", "--cmd", f"{sys.executable} slow.py", "--only", "RMQM-INP-002")
    started = rmqm.start(*command, cwd=mine)
    while not (mine / "asked").exists():
        assert started.poll() is None
        time.sleep(0.05)
    started.send_signal(signal.SIGINT)
    _, said = started.communicate(timeout=20)
    assert started.returncode == 5
    assert "the run was interrupted after" in said
    assert "Traceback" not in said


def test_nothing_is_left_behind_in_the_folder(judge, tmp_path):
    judge("--only", "RMQM-DIST-001", cwd=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_list_names_every_check_and_what_cannot_be_checked(judge, tmp_path):
    document = judge("--list", "--json", cwd=tmp_path).document
    lines = judge("--list", cwd=tmp_path).stdout
    assert all(one["id"] in lines for one in document["checks"])
    assert all(name in lines for name in document["uncheckable"])
