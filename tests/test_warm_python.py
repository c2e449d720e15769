"""A forked program does what it does in a process that was started for it."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

ABOUT_ITSELF = """
import os, signal, sys, tempfile, threading
print(sys.argv, __name__, os.getcwd(), tempfile.gettempdir(), os.environ.get("MINE"))
print([one.isatty() for one in (sys.stdin, sys.stdout, sys.stderr)], sys.stdin.read() == "")
print([(one.name, one.encoding, one.errors) for one in (sys.stdout, sys.stderr)])
print([signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD)])
print(threading.active_count(), threading.current_thread() is threading.main_thread())
"""
IN_TURN = """
import subprocess, sys
code = "import sys; print(sys.stdin.read(), sys.argv); sys.stderr.write('said'); sys.exit(3)"
settings = {"input": "asked", "capture_output": True, "text": True, "env": {"A": "b"}}
print(subprocess.run([sys.executable, "-P", "-c", code, "one", "two"], **settings))
"""
PROGRAMS = {
    "about itself": ABOUT_ITSELF,
    "a program in turn": IN_TURN,
    "an exit code": "import sys; sys.exit(7)",
    "a last word": "import sys; sys.exit('no')",
    "a short way out": "import os; os._exit(5)",
    "a signal": "import os; os.kill(os.getpid(), 9)",
    "an interrupt": "import os, signal; os.kill(os.getpid(), signal.SIGINT)",
    "what is done at the end": "import atexit; atexit.register(print, 'bye'); print('go')",
    "a thread that goes on": (
        "import threading, time; threading.Thread("
        "target=lambda: (time.sleep(0.2), print('late'))).start(); print('early')"
    ),
    "bytes": "import sys; sys.stdout.buffer.write(bytes(range(65, 91))); print('ü')",
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_a_program_cannot_tell_that_it_was_forked(rmqm, tmp_path, monkeypatch, program):
    monkeypatch.setenv("MINE", "yes")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    command = [sys.executable, "-c", program, "a", "b c"]
    cold = subprocess.run(
        command, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    warm = rmqm.python(*command[1:], cwd=tmp_path)
    assert (warm.returncode, warm.stdout) == (cold.returncode, cold.stdout.decode())
    assert warm.stderr.splitlines()[-1:] == cold.stderr.decode().splitlines()[-1:]


def test_files_and_modules_are_run_from_where_they_lie(rmqm, tmp_path):
    (tmp_path / "below").mkdir()
    (tmp_path / "below/beside.py").write_text("print('beside')")
    (tmp_path / "below/mine.py").write_text("import sys, beside; print(__name__, sys.argv[1:])")
    by_file = rmqm.python("below/mine.py", "x", cwd=tmp_path)
    by_name = rmqm.python("-m", "mine", "x", cwd=tmp_path / "below")
    assert by_file.stdout == by_name.stdout == "beside\n__main__ ['x']\n"
    assert "No module named" in rmqm.python("-P", "-m", "mine", cwd=tmp_path / "below").stderr


def test_nothing_of_a_program_stays_behind(rmqm, tmp_path):
    (tmp_path / "mine.py").write_text("")
    change = "import json, mine, os; json.dumps = None; os.environ['LEFT'] = 'x'; os.chdir('/')"
    look = "import json, os, sys; print(json.dumps, os.environ.get('LEFT'), 'mine' in sys.modules)"
    assert rmqm.python("-c", change, cwd=tmp_path).returncode == 0
    assert rmqm.python("-c", look, cwd=tmp_path).stdout.endswith("None False\n")
    assert "function" in rmqm.python("-c", look, cwd=tmp_path).stdout


def test_a_running_program_takes_signals(rmqm, tmp_path):
    wait = "import time; print('here', flush=True); time.sleep(60)"
    for number in (signal.SIGTERM, signal.SIGKILL):
        running = rmqm.start_python("-c", wait, cwd=tmp_path)
        assert (running.stdout.readline(), running.poll()) == ("here\n", None)
        with pytest.raises(subprocess.TimeoutExpired):
            running.wait(timeout=0.01)
        running.send_signal(number)
        assert (running.communicate(timeout=20), running.returncode) == (("", ""), -number)


def test_the_command_runs_after_what_stands_before_it(rmqm, tmp_path):
    done = rmqm("explain", "DET001", "--json", cwd=tmp_path, before="print('first')")
    assert done.stdout.startswith("first\n{")
    assert rmqm("explain", "DET001", "--json", cwd=tmp_path).document["ok"] is True
