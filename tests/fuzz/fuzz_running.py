"""Cases, run and judged: many in one process, and those that end it again by the command line."""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import select
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from attrs import field, frozen, mutable

ALLOWED = {0, 1, 2, 3, 4, 5}
"""Exit codes that say what is wrong; 70 is an error of our own."""

SECONDS = 60
"""A command must end within so long; models get a few seconds by --timeout."""

BATCH = 25


@frozen
class Case:
    """A command to run: its words, and where it came from."""

    name: str
    words: tuple[str, ...]
    folder: Path


@mutable
class Tally:
    """What became of the cases."""

    cases: int = 0
    codes: Counter[int] = field(factory=Counter)
    refusals: Counter[str] = field(factory=Counter)
    faults: list[tuple[str, str]] = field(factory=list)
    """Name of a case, and what was wrong: exit 70, a traceback, a hang, a survivor."""

    def add(self, case: Case, code: int, text: str) -> None:
        """Count a case, and keep what is wrong with how it ended."""
        self.cases += 1
        self.codes[code] += 1
        self.refusals.update({word for word in text.split() if _is_code(word)})
        if code not in ALLOWED:
            lines = [line for line in text.splitlines() if line.strip()]
            reason = next((line for line in lines if "BUG001" in line), lines[-1] if lines else "")
            self.faults.append((case.name, f"exit {code}: {reason.strip()[:300]}"))
        elif "Traceback (most recent call last)" in text:
            self.faults.append((case.name, f"traceback: {text.strip().splitlines()[-1][:300]}"))


def _is_code(word: str) -> bool:
    word = word.rstrip(":")
    return len(word) == 6 and word[:3].isupper() and word[:3].isalpha() and word[3:].isdigit()


def run_all(cases: Iterable[Case], tally: Tally) -> None:
    """Run cases, many to a process; each that does not end there runs again by itself."""
    batch: list[Case] = []
    for case in cases:
        batch.append(case)
        if len(batch) == BATCH:
            _run_batch(batch, tally)
            batch = []
    if batch:
        _run_batch(batch, tally)


def _run_batch(batch: Sequence[Case], tally: Tally) -> None:
    pending = list(batch)
    while pending:
        answers = _forked(pending)
        for case, (code, text) in zip(pending, answers, strict=False):
            tally.add(case, code, text)
        pending = pending[len(answers) :]
        if pending:  # the first of these ended the process, or hangs
            code, text = run_command(pending[0].words, pending[0].folder)
            tally.add(pending[0], code, text)
            pending = pending[1:]


def _forked(cases: Sequence[Case]) -> list[tuple[int, str]]:
    """Run cases one after the other in a fork, without trials; return the answers that came."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        _answer(cases, reading, writing)
    os.close(writing)
    answers: list[tuple[int, str]] = []
    with os.fdopen(reading, "rb") as stream:
        while len(answers) < len(cases) and select.select([stream], [], [], 15)[0]:
            try:
                answers.append(pickle.load(stream))
            except (EOFError, pickle.UnpicklingError):
                break
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return answers


def _answer(cases: Sequence[Case], reading: int, writing: int) -> Any:
    os.close(reading)
    try:
        import resource

        from rmqm_spec.runs.isolation.worker import trust_models

        resource.setrlimit(resource.RLIMIT_DATA, (6 * 10**9, 6 * 10**9))
        trust_models()
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        for case in cases:
            answer = _in_process(case)
            data = pickle.dumps(answer)
            while data:
                data = data[os.write(writing, data) :]
    finally:
        os._exit(0)


def _in_process(case: Case) -> tuple[int, str]:
    """Do what the command does, with checks and descriptions in this process."""
    from rmqm_spec.cli import main as command_line

    os.chdir(case.folder)
    shown = io.StringIO()
    sys.argv = ["rmqm-spec", *case.words]
    run = {"check": _checked, "inspect": _inspected}.get(case.words[0])
    with contextlib.redirect_stdout(shown), contextlib.redirect_stderr(shown):
        try:
            code = run(case.words) if run else _main(command_line)
        except MemoryError:
            code = 1
            shown.write("MOD010 out of memory\n")
        except Exception:
            code = 70
            shown.write(traceback.format_exc())
    return code, shown.getvalue()


def _main(command_line: Callable[[], Any]) -> int:
    try:
        command_line()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    return 0


def _request(words: Sequence[str]) -> Any:
    from rmqm_spec.runs.flat import request_of

    options = dict(zip([word[2:] for word in words[2::2]], words[3::2], strict=True))
    return request_of(words[1], options)


def _checked(words: Sequence[str]) -> int:
    from rmqm_spec.runs.checking import check_model

    events: list[Any] = []
    check_model(_request(words), lambda event: events.append(dict(event)))
    for event in events:
        for name in ("finding", "error"):
            if name in event:
                sys.stdout.write(f"{event[name]['code']} {event[name]['message']}\n")
    return next((event["exit_code"] for event in events if "error" in event), 0)


def _inspected(words: Sequence[str]) -> int:
    from rmqm_spec.runs.inspecting import inspect_in_worker

    events: dict[str, Any] = {}
    inspect_in_worker(_request(words), events.update)
    if "raised" in events:
        sys.stdout.write(f"{events['raised']['code']} {events['raised']['message']}\n")
        return 1
    return 0


def run_command(words: Sequence[str], folder: Path) -> tuple[int, str]:
    """Run the command line in a process of its own; -1 stands for a hang, -2 for survivors."""
    with tempfile.TemporaryFile() as output:
        pid = _start(words, folder, output.fileno())
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                break
            time.sleep(0.01)
        else:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            _end(survivors(pid))
            return -1, f"did not end within {SECONDS} s"
        output.seek(0)
        text = output.read().decode("utf-8", "replace")
    left = survivors(pid)
    if left:
        _end(left)
        return -2, f"left behind: {left}"
    code = os.waitstatus_to_exitcode(status)
    return code, text


def kill_command(words: Sequence[str], folder: Path, after: float) -> list[int]:
    """Kill the command line after some seconds; return the processes that survive it."""
    with open(os.devnull, "wb") as nothing:  # noqa: PTH123
        pid = _start(words, folder, nothing.fileno())
        time.sleep(after)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    left = survivors(pid)
    _end(left)
    return left


def _start(words: Sequence[str], folder: Path, output: int) -> int:
    """Fork a session of its own for the command line, as a new Python would run it."""
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        os.chdir(folder)
        for stream in (1, 2):
            os.dup2(output, stream)
        os.closerange(3, 1 << 16)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.default_int_handler)
        sys.argv = ["rmqm-spec", *words]
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        from rmqm_spec.cli import main as command_line

        code = _main(command_line)
        import atexit

        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    finally:
        os._exit(1)


def survivors(session: int, seconds: float = 3.0) -> list[int]:
    """Return the processes of a session that are still there after some seconds."""
    end = time.monotonic() + seconds
    while True:
        left = [pid for pid in _processes() if _session_of(pid) == session]
        if not left or time.monotonic() > end:
            return left
        time.sleep(0.02)


def _processes() -> Iterable[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdecimal()]


def _session_of(pid: int) -> int | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return None
    return None if fields[0] in "ZX" else int(fields[3])


def _end(pids: Iterable[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
