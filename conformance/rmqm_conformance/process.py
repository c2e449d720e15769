"""A child process that answers line by line, with a deadline for each answer."""

from __future__ import annotations

import os
import queue
import shlex
import signal
import subprocess
import threading
from collections import deque
from contextlib import suppress
from typing import IO
from weakref import WeakSet

from rmqm_conformance.endings import ending_of
from rmqm_conformance.problems import Errored
from rmqm_spec.errors import UsageError

__all__ = ["LineProcess", "kill_programs"]

_RUNNING: WeakSet[LineProcess] = WeakSet()
"""The programs that this process has started."""

_LINES_KEPT = 40
_TIME_TO_END_S = 2.0


class LineProcess:
    """
    A program that reads lines on stdin and writes lines on stdout.

    Parameters
    ----------
    command : str
        As typed in a shell, but no shell is involved.

    Raises
    ------
    UsageError
        CON003 if it cannot be started.

    Examples
    --------
    >>> program = LineProcess("cat")
    >>> program.ask("hello", deadline_s=10)
    'hello'
    >>> program.end()
    ''
    """

    def __init__(self, command: str) -> None:
        self.command = command
        try:
            self._process = subprocess.Popen(  # noqa: S603 - to run it is what was asked for
                shlex.split(command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="backslashreplace",
                bufsize=1,
                start_new_session=True,  # so that its children can be ended with it
            )
        except (OSError, ValueError, IndexError) as error:
            raise UsageError(
                "CON003",
                f"the program must start; got {error} from {command!r}",
                fix='Give the command as in a shell, for example --cmd "node my_impl.js".',
            ) from error
        stdin, stdout, stderr = self._process.stdin, self._process.stdout, self._process.stderr
        if stdin is None or stdout is None or stderr is None:
            raise RuntimeError("pipes were asked for")
        self._stdin = stdin
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._stderr_lines: deque[str] = deque(maxlen=_LINES_KEPT)
        self._readers = [
            threading.Thread(target=self._read_stdout, args=(stdout,), daemon=True),
            threading.Thread(target=self._read_stderr, args=(stderr,), daemon=True),
        ]
        for reader in self._readers:
            reader.start()
        _RUNNING.add(self)

    def ask(self, line: str, *, deadline_s: float) -> str:
        """
        Send a line and return the next line that comes back.

        Raises
        ------
        Errored
            If the program ends instead, or misses the deadline and is killed.
        """
        try:
            self._stdin.write(line + "\n")
            self._stdin.flush()
            answer = self._lines.get(timeout=deadline_s)
        except queue.Empty:
            self.kill()
            problem = f"no answer within {deadline_s:g} s; the program was stopped"
            raise Errored(problem, context=self._last_lines()) from None
        except OSError:
            answer = None
        if answer is None:
            raise Errored(self._how_it_ended(), context=self._last_lines())
        return answer.rstrip("\n")

    def end(self, last_line: str = "") -> str:
        """Let the program end; return a note if it did not end well, else an empty text."""
        with suppress(OSError):
            self._stdin.write(f"{last_line}\n" if last_line else "")
            self._stdin.close()
        try:
            code = self._process.wait(timeout=_TIME_TO_END_S)
        except subprocess.TimeoutExpired:
            self.kill()
            return f"the program did not end within {_TIME_TO_END_S:g} s of stop"
        self.kill()  # for children that it left behind
        return f"the program ended with exit code {code} after stop" if code else ""

    @property
    def pid(self) -> int:
        """The number of the program, which is that of its group."""
        return self._process.pid

    def kill(self) -> None:
        """End the program and its children now."""
        with suppress(OSError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        _RUNNING.discard(self)
        with suppress(OSError):
            self._stdin.close()
        for reader in self._readers:
            reader.join(timeout=_TIME_TO_END_S)

    def _how_it_ended(self) -> str:
        try:
            code = self._process.wait(timeout=_TIME_TO_END_S)
        except subprocess.TimeoutExpired:
            self.kill()
            return "the program closed its stdout"
        return f"the program ended with {ending_of(code)} instead of an answer"

    def _last_lines(self) -> str:
        self._readers[1].join(timeout=0.5)
        return "".join(self._stderr_lines)

    def _read_stdout(self, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                self._lines.put(line)
        self._lines.put(None)

    def _read_stderr(self, stream: IO[str]) -> None:
        with stream:
            self._stderr_lines.extend(stream)


def kill_programs() -> None:
    """End every program that this process has started, with its children."""
    for program in list(_RUNNING):
        with suppress(OSError):
            os.killpg(program.pid, signal.SIGKILL)
