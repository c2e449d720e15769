"""Programs over JSON lines: whatever they do, the judge keeps its head and says what happened."""

import json
import sys
import textwrap
import time

import numpy as np
import pytest

from rmqm_conformance import ProgramSubject
from rmqm_conformance.problems import DescriptionError, Errored, Refused
from rmqm_spec.errors import UsageError

WELL_BEHAVED = """
    import json, sys

    def answer(message):
        if message["cmd"] == "start":
            return {"protocol": 1, "implementation": DESCRIPTION}
        if message["cmd"] == "spec":
            return {"ok": True}
        return {"seq": message["seq"], "result": {"id": "a" * 64}}

    DESCRIPTION = {"name": "tiny", "version": "1", "language": "Python",
                   "capabilities": ["inputs"]}
    for line in sys.stdin:
        message = json.loads(line)
        if message["cmd"] == "stop":
            break
        MISBEHAVE
        print(json.dumps(answer(message)), flush=True)
"""


@pytest.fixture
def program(tmp_path):
    """Write a program that misbehaves by the given lines, and return its command."""

    def write(misbehave="pass", text=WELL_BEHAVED):
        path = tmp_path / "program.py"
        lines = textwrap.indent(textwrap.dedent(misbehave).strip(), " " * 4)
        path.write_text(textwrap.dedent(text).replace("    MISBEHAVE", lines), encoding="utf-8")
        return f"{sys.executable} {path}"

    return write


def ask(subject):
    return subject.perform("content_id", input=np.zeros(3, dtype=np.uint8))


def test_further_keys_of_a_reply_are_left_aside(program):
    more = (
        "answer = (lambda old: lambda m: {**old(m), 'result': {**old(m)['result'], 'n': 1}}"
        " if m['cmd'] == 'run' else old(m))(answer)"
    )
    with ProgramSubject(program(more)) as subject:
        assert set(ask(subject)) == {"id"}


def test_a_well_behaved_program_answers(program):
    with ProgramSubject(program()) as subject:
        assert subject.description.name == "tiny"
        assert ask(subject) == {"id": "a" * 64}
    assert subject.notes == []


@pytest.mark.parametrize(
    ("misbehave", "said"),
    [
        ("if message['cmd'] == 'run': sys.exit(3)", "exit code 3 instead of an answer"),
        ("if message['cmd'] == 'run': import os; os.kill(os.getpid(), 9)", "signal SIGKILL"),
        ("if message['cmd'] == 'run': import os, time; os.close(1); time.sleep(60)", "closed its"),
        ("print('reading', flush=True) if message['cmd'] == 'run' else None", "one JSON object"),
        ("message['seq'] = message.get('seq', 0) + 1", "must have seq 1; got 2"),
        (
            (
                "answer = (lambda old: lambda m: {'seq': m['seq'], 'result': {'id': 7}}"
                " if m['cmd'] == 'run' else old(m))(answer)"
            ),
            "7 is not of type 'string'",
        ),
        (
            (
                "answer = (lambda old: lambda m: {'seq': m['seq'], 'result': {}}"
                " if m['cmd'] == 'run' else old(m))(answer)"
            ),
            "'id' is a required property",
        ),
    ],
)
def test_a_program_that_misbehaves_fails_the_check_at_hand(program, misbehave, said):
    with ProgramSubject(program(misbehave)) as subject, pytest.raises(Errored) as caught:
        ask(subject)
    assert said in caught.value.message


def test_silence_ends_at_the_deadline(program):
    command = program("if message['cmd'] == 'run': import time; time.sleep(60)")
    with ProgramSubject(command, deadline_s=0.5) as subject:
        started = time.monotonic()
        with pytest.raises(Errored, match=r"no answer within 0\.5 s"):
            ask(subject)
        assert time.monotonic() - started < 5


def test_a_program_that_crashed_is_started_anew_for_the_next_check(program, tmp_path):
    flag = tmp_path / "crashed"
    command = program(
        f"""
        import pathlib
        flag = pathlib.Path({str(flag)!r})
        if message['cmd'] == 'run' and not flag.exists():
            flag.touch()
            print("out of cheese", file=sys.stderr, flush=True)
            raise RuntimeError("boom")
        """
    )
    with ProgramSubject(command) as subject:
        with pytest.raises(Errored) as caught:
            ask(subject)
        assert "out of cheese" in caught.value.context
        assert "RuntimeError: boom" in caught.value.context
        assert ask(subject)["id"] == "a" * 64


def test_refusals_and_errors_of_a_program_are_told_apart(program):
    refused = "answer = lambda m, old=answer: old(m) if m['cmd'] != 'run' else REPLY"
    for reply, kind in (
        ("{'seq': m['seq'], 'refused': {'message': 'no such bounds'}}", Refused),
        ("{'seq': m['seq'], 'errored': {'message': 'boom', 'traceback': 'here'}}", Errored),
    ):
        command = program(refused.replace("REPLY", reply))
        with ProgramSubject(command) as subject, pytest.raises(kind) as caught:
            ask(subject)
        assert caught.value.message in {"no such bounds", "boom"}


@pytest.mark.parametrize(
    ("misbehave", "said"),
    [
        ("sys.exit(1)", "exit code 1 instead of an answer"),
        ("DESCRIPTION['capabilities'] = ['noises']", "'noises' is not one of"),
        ("DESCRIPTION['capabilities'] = []", "should be non-empty"),
        ("DESCRIPTION['capabilities'] = ['pgd']", "encoder must be described"),
        ("DESCRIPTION['colour'] = 'red'", "'colour' was unexpected"),
        ("DESCRIPTION['document'] = {'K': '/K'}", "names under document must be among"),
        (
            (
                "answer = (lambda old: lambda m: {'ok': False} if m['cmd'] == 'spec' else old(m))"
                "(answer)"
            ),
            "must know specification 1.1, or 1.0",
        ),
    ],
)
def test_a_program_that_introduces_itself_badly_cannot_be_judged(program, misbehave, said):
    with pytest.raises(DescriptionError) as caught:
        ProgramSubject(program(misbehave))
    assert said in caught.value.message
    assert caught.value.code == "CON001"


@pytest.mark.parametrize("command", ["no-such-program-anywhere", "", "'unbalanced"])
def test_a_command_that_does_not_start_is_named(command):
    with pytest.raises(UsageError) as caught:
        ProgramSubject(command)
    assert caught.value.code == "CON003"
    assert repr(command) in caught.value.message


def test_a_program_that_does_not_stop_is_ended_and_noted(program):
    endless = WELL_BEHAVED + "\n    import time; time.sleep(60)"
    started = time.monotonic()
    with ProgramSubject(program(text=endless)) as subject:
        ask(subject)
    assert subject.notes == ["the program did not end within 2 s of stop"]
    assert time.monotonic() - started < 20


def test_a_bad_exit_code_after_stop_is_noted(program):
    with ProgramSubject(program(text=WELL_BEHAVED + "\n    sys.exit(4)")) as subject:
        ask(subject)
    assert subject.notes == ["the program ended with exit code 4 after stop"]


def test_requests_keep_to_the_schema_and_name_the_case(program, tmp_path):
    log = tmp_path / "requests"
    with ProgramSubject(program(f"open({str(log)!r}, 'a').write(line)")) as subject:
        subject.case = "RMQM-INP-002/here"
        ask(subject)
    from rmqm_conformance.messages import complaint

    requests = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    names = ["request.start", "request.spec", "request.run.content_id"]
    assert [complaint(n, r) for n, r in zip(names, requests, strict=True)] == ["", "", ""]
    assert requests[-1]["case"] == "RMQM-INP-002/here"
