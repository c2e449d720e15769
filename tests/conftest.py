"""
The command line for all tests: ``rmqm``.

``rmqm("score", MODEL, "--n", 4, cwd=folder)`` runs a command to its end and returns ``returncode``,
``stdout``, ``stderr``, and ``document``, the JSON of its stdout. ``rmqm.start(...)`` starts one and
returns what `subprocess.Popen` returns. Both take

- ``cwd``, the folder of the command (needed: nothing may be written into the project),
- ``env``, variables beside those of the tests,
- ``before``, lines of Python that run first in its process, for example
  ``"import sys; sys.modules['jinja2'] = None"``, or a changed constant,

and ``rmqm.python(...)`` and ``rmqm.start_python(...)`` do the same for ``python ARGUMENTS``.

Every command is a process with streams, signals, threads, caches and an exit code of its own, but
it does not pay for its imports: it is forked from a Python that has them (see warm_python.py), and
so are the processes that it starts in turn. A command that takes 1.3 s of processor time from a
cold start takes 0.2 s. The few tests that are about the start itself (its time, its flags, a bare
environment, closed streams) use `subprocess`. ``RMQM_COLD=1 pytest`` starts all of them cold.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import pytest

IS_COLD = bool(os.environ.get("RMQM_COLD")) or not sys.platform.startswith("linux")
MAIN = "from rmqm_spec.cli import main; main()"


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts work in the background deaf to Ctrl-C; tests and their programs must hear it.
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Done:
    """A command that has ended: its exit code and what it wrote."""

    def __init__(self, returncode: int, stdout: bytes, stderr: bytes) -> None:
        self.returncode = returncode
        self.stdout, self.stderr = stdout.decode(), stderr.decode()

    @cached_property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.stdout)


class Forked:
    """A running process of the warm Python, with what tests use of `subprocess.Popen`."""

    def __init__(self, status: int, stdout: int | None, stderr: int | None) -> None:
        self._status = open(status, "rb", buffering=0)  # noqa: SIM115
        self.pid = int(self._status_line())
        self.returncode: int | None = None
        self.stdout, self.stderr = (
            None if one is None else open(one, encoding="utf-8")  # noqa: PTH123, SIM115
            for one in (stdout, stderr)
        )

    def _status_line(self) -> bytes:
        line = b""
        while not line.endswith(b"\n"):
            piece = self._status.read(1)
            assert piece, "the warm Python has ended"
            line += piece
        return line

    def poll(self) -> int | None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(timeout=0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            if not select.select([self._status], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
            self.returncode = os.waitstatus_to_exitcode(int(self._status_line()))
            self._status.close()
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str | None, str | None]:
        """Read both streams to their ends, and wait."""
        read: dict[str, str] = {}
        streams = {"out": self.stdout, "err": self.stderr}
        open_ones = {name: one for name, one in streams.items() if one and not one.closed}
        readers = [
            threading.Thread(target=lambda n=name, s=one: read.update({n: s.read()}), daemon=True)
            for name, one in open_ones.items()
        ]
        end = None if timeout is None else time.monotonic() + timeout
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join(None if end is None else max(end - time.monotonic(), 0))
            if reader.is_alive():
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
        self.wait(None if end is None else max(end - time.monotonic(), 0))
        for one in open_ones.values():
            one.close()
        return read.get("out"), read.get("err")

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.wait()
        for one in (self.stdout, self.stderr):
            if one is not None:
                one.close()


class WarmPython:
    """Starts Python programs from a process that has their imports done."""

    def __init__(self) -> None:
        self._asking, serving = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        program = Path(__file__).with_name("warm_python.py")
        self._process = subprocess.Popen(
            [sys.executable, "-P", program, str(serving.fileno())], pass_fds=[serving.fileno()]
        )
        serving.close()

    def start(
        self,
        arguments: list[str],
        *,
        cwd: Path,
        env: Mapping[str, str],
        stdin: int,
        stdout: int,
        stderr: int,
        start_new_session: bool,
    ) -> Forked:
        pipes = [os.pipe() if one == subprocess.PIPE else None for one in (stdout, stderr)]
        given = [
            pipe[1] if pipe else one for pipe, one in zip(pipes, (stdout, stderr), strict=True)
        ]
        status, told = os.pipe()
        request = {
            "arguments": arguments,
            "cwd": str(cwd),
            "env": dict(env),
            "start_new_session": start_new_session,
        }
        socket.send_fds(self._asking, [json.dumps(request).encode()], [stdin, *given, told])
        for one in (told, *(pipe[1] for pipe in pipes if pipe)):
            os.close(one)
        return Forked(status, *(pipe[0] if pipe else None for pipe in pipes))

    def close(self) -> None:
        self._asking.close()
        self._process.wait()


class CommandLine:
    """Runs the command line, and Python, as the docstring of this module says."""

    def __init__(self) -> None:
        self._warm: WarmPython | None = None

    def __call__(self, *arguments: object, cwd: Path, **settings: Any) -> Done:
        return self._ended(self._command(arguments, settings), cwd, settings)

    def start(self, *arguments: object, cwd: Path, **settings: Any) -> Any:
        return self.start_python(*self._command(arguments, settings), cwd=cwd, **settings)

    def python(self, *arguments: object, cwd: Path, **settings: Any) -> Done:
        return self._ended(arguments, cwd, settings)

    def start_python(
        self,
        *arguments: object,
        cwd: Path,
        env: Mapping[str, str] | None = None,
        stdin: int = subprocess.DEVNULL,
        stdout: int = subprocess.PIPE,
        stderr: int = subprocess.PIPE,
        start_new_session: bool = False,
    ) -> Any:
        words, variables = [str(one) for one in arguments], {**os.environ, **(env or {})}
        is_about_start = any(name.startswith(("PYTHON", "LC_", "LANG")) for name in env or {})
        with open(os.devnull, "r+b") as nothing:  # noqa: PTH123
            null = nothing.fileno()
            stdin, stdout, stderr = (
                null if one == subprocess.DEVNULL else one for one in (stdin, stdout, stderr)
            )
            if IS_COLD or is_about_start:
                return subprocess.Popen(
                    [sys.executable, *words], cwd=cwd, env=variables, text=True, stdin=stdin,
                    stdout=stdout, stderr=stderr, start_new_session=start_new_session,
                )  # fmt: skip
            self._warm = self._warm or WarmPython()
            return self._warm.start(
                words, cwd=cwd, env=variables, stdin=stdin, stdout=stdout, stderr=stderr,
                start_new_session=start_new_session,
            )  # fmt: skip

    def close(self) -> None:
        if self._warm is not None:
            self._warm.close()

    @staticmethod
    def _command(arguments: tuple[object, ...], settings: dict[str, Any]) -> list[object]:
        before = settings.pop("before", None)
        program = ["-m", "rmqm_spec"] if before is None else ["-c", f"{before}\n{MAIN}"]
        return [*program, *arguments]

    def _ended(self, arguments: Any, cwd: Path, settings: dict[str, Any]) -> Done:
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            streams = {"stdout": out.fileno(), "stderr": err.fileno()}
            code = self.start_python(*arguments, cwd=cwd, **streams, **settings).wait()
            out.seek(0)
            err.seek(0)
            return Done(code, out.read(), err.read())


@pytest.fixture(scope="session")
def rmqm() -> Iterator[CommandLine]:
    """The command line; see the head of this module."""
    found = CommandLine()
    yield found
    found.close()
