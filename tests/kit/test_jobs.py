"""Several processes judge as a single process does, and all end with the run."""

from __future__ import annotations

import os
import signal
import sys
import time

import pytest

WRONG = """
import os, pathlib, signal, time
from rmqm_spec.identity import content_id

class Mine:
    def describe(self):
        return {"name": "mine", "version": "1", "language": "Python", "capabilities": ["inputs"]}

    def content_id(self, input):
        return {"id": content_id(input).upper()}

    def name_inputs(self, ids):
        raise RuntimeError("not written yet")

class Dies(Mine):
    def content_id(self, input):
        os.kill(os.getpid(), signal.SIGKILL)

class Leaves(Mine):
    def content_id(self, input):
        os._exit(3)

class EndsWithSystemExit(Mine):
    def content_id(self, input):
        raise SystemExit(0)

class Hangs(Mine):
    def content_id(self, input):
        with open("asked", "a") as asked:
            asked.write(f"{os.getpid()} ")
        time.sleep(600)

class OpensOnce(Mine):
    def __init__(self):
        pathlib.Path("opened").touch(exist_ok=False)
"""
ONLY = ["--only", "RMQM-INP-002", "--only", "RMQM-INP-010", "--only", "RMQM-INP-005"]


@pytest.fixture
def mine(tmp_path):
    """A folder with a module of wrong implementations."""
    (tmp_path / "mine.py").write_text(WRONG, encoding="utf-8")
    return tmp_path


def without_times(document):
    checks = [{**check, "seconds": 0} for check in document["checks"]]
    return {**document, "checks": checks, "seconds": 0}


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def asked(folder):
    """Return the processes that were asked something, once both were."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        path = folder / "asked"
        pids = path.read_text().split() if path.exists() else []
        if len(set(pids)) == 2:
            return [int(pid) for pid in pids]
        time.sleep(0.05)
    raise AssertionError("nothing was asked")


def wait_for_end(pids):
    until = time.monotonic() + 20
    while any(map(is_running, pids)) and time.monotonic() < until:
        time.sleep(0.1)
    return [pid for pid in pids if is_running(pid)]


def test_the_report_does_not_depend_on_the_number_of_processes(rmqm, mine):
    (mine / "serves.py").write_text(
        "from mine import Mine\nfrom rmqm_conformance import serve\nserve(Mine())\n"
    )
    for who in (["--object", "mine:Mine"], ["--cmd", f"{sys.executable} serves.py"]):
        command = ["conformance", *who, *ONLY, "--profile", "fast", "--json"]
        reports = [
            without_times(rmqm(*command, "--jobs", jobs, cwd=mine).document) for jobs in (1, 2)
        ]
        assert reports[0] == reports[1]
        assert reports[0]["counts"]["failed"]
        assert reports[0]["counts"]["errored"]


@pytest.mark.parametrize(("name", "how"), [("Dies", "signal SIGKILL"), ("Leaves", "exit code 3")])
def test_a_check_that_ends_its_process_is_named_and_the_others_go_on(rmqm, mine, name, how):
    done = rmqm("conformance", "--object", f"mine:{name}", *ONLY, "--jobs", 2, "--json", cwd=mine)
    checks = [check for check in done.document["checks"] if check["status"] != "not-claimed"]
    ended = [check for check in checks if how in check["message"]]
    assert ended
    assert all(check["status"] == "errored" for check in ended)
    assert {check["status"] for check in checks} == {"errored"}
    assert [check for check in checks if "not written yet" in check["message"]]


@pytest.mark.parametrize("name", ["Leaves", "EndsWithSystemExit"])
def test_a_single_check_that_ends_its_process_is_no_success(rmqm, mine, name):
    who = ["--object", f"mine:{name}", "--only", "RMQM-INP-002/annex-a"]
    done = rmqm("conformance", *who, "--json", cwd=mine)
    assert done.returncode == 1
    assert done.document["counts"]["errored"] == 1


def test_a_program_ends_with_the_processes_that_asked_it(rmqm, mine):
    (mine / "serves.py").write_text(
        "from mine import Hangs\nfrom rmqm_conformance import serve\nserve(Hangs())\n"
    )
    who = ["--cmd", f"{sys.executable} serves.py", *ONLY, "--jobs", 2]
    started = rmqm.start("conformance", *who, cwd=mine)
    pids = asked(mine)
    started.kill()
    started.communicate(timeout=30)
    assert wait_for_end(pids) == []


def test_ctrl_c_ends_every_process(rmqm, mine):
    started = rmqm.start("conformance", "--object", "mine:Hangs", *ONLY, "--jobs", 2, cwd=mine)
    pids = asked(mine)
    started.send_signal(signal.SIGINT)
    _, said = started.communicate(timeout=30)
    assert started.returncode == 5
    assert "the run was interrupted after" in said
    assert "Traceback" not in said
    assert wait_for_end(pids) == []


def test_processes_end_with_the_process_that_started_them(rmqm, mine):
    started = rmqm.start("conformance", "--object", "mine:Hangs", *ONLY, "--jobs", 2, cwd=mine)
    pids = asked(mine)
    started.kill()
    started.communicate(timeout=30)
    assert wait_for_end(pids) == []


def test_an_implementation_that_opens_only_once_is_refused_with_a_remedy(rmqm, mine):
    command = ["conformance", "--object", "mine:OpensOnce", *ONLY]
    done = rmqm(*command, "--jobs", 2, cwd=mine)
    assert done.returncode == 2
    assert "must start in every process" in done.stderr
    assert "FileExistsError" in done.stderr
    assert "Traceback" not in done.stderr
    assert "--jobs 1" in done.stderr
    (mine / "opened").unlink()
    assert rmqm(*command, "--jobs", 1, cwd=mine).returncode == 1


def test_jobs_need_a_way_to_make_the_implementation_again():
    from rmqm_conformance import run
    from rmqm_spec.errors import UsageError

    class Mine:
        def describe(self):
            return {"name": "m", "version": "1", "language": "Python", "capabilities": ["inputs"]}

        def content_id(self, **_):
            return {"id": ""}

        def name_inputs(self, ids):
            return {"ids": ids, "digest": ""}

    with pytest.raises(UsageError, match="jobs must be 1, or more together with make; got 2"):
        run(Mine(), jobs=2, only=["RMQM-INP-010"])
