"""
A process that forks workers: each is there in no time, and has nothing of a runtime in it.

Most of the time of a short task would go into starting Python. The nursery is a fork of this
process where that is clean (a single thread, no runtime imported), else a new Python; it waits at
a socket and forks for every task. It ends with this process.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import warnings
from contextlib import suppress
from typing import Any, NoReturn, TextIO

__all__ = ["Worker", "end_nursery", "main", "start_worker"]

_MAX_REQUEST = 1 << 20
_MANY = 1 << 16
"""More descriptors than a process has open."""

_NOT_SHARED = ("onnxruntime", "torch", "jax", "tensorflow")
"""Start threads when they are imported: a fork would have their locks, but not their threads."""

_PATIENCE = 2.0
"""Seconds that a nursery may take to end."""

_PATIENCE_AT_START = 60.0
"""Seconds that it may take to fork a worker, which are those of the imports before it."""

_lock = threading.Lock()
_nurseries: dict[int, _Nursery] = {}
"""The nursery, by the number of the process that started it: a fork of that has none yet."""


class Worker:
    """
    A worker that was forked: its number, and how it ended.

    Parameters
    ----------
    status : int
        Descriptor on which the nursery writes the number, and at the end the exit code.
    """

    def __init__(self, status: int) -> None:
        self._status = status
        if not select.select([status], [], [], _PATIENCE_AT_START)[0]:
            raise BrokenPipeError("the nursery does not answer")
        self.pid = int(self._line())
        self.returncode: int | None = None

    def _line(self) -> bytes:
        line = b""
        while not line.endswith(b"\n"):
            piece = os.read(self._status, 1)
            if not piece:
                raise BrokenPipeError("the nursery has ended")
            line += piece
        return line

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end; returns the exit code, or minus the signal."""
        if self.returncode is None:
            if not select.select([self._status], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
            try:
                self.returncode = os.waitstatus_to_exitcode(int(self._line()))
            except BrokenPipeError:
                self.returncode = -9
            os.close(self._status)
        return self.returncode

    def kill(self) -> None:
        """End it now, where it has not ended."""
        if self.returncode is None and not select.select([self._status], [], [], 0)[0]:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)


def start_worker(
    stdin: int, stdout: int, stderr: int, preload: tuple[str, ...] = ()
) -> Worker | subprocess.Popen[bytes]:
    """
    Start a worker with these streams: forked where the system can, else a new Python.

    The modules `preload` are imported before the fork, once for all workers.

    The caller keeps its own ends of the streams, and closes these.
    """
    if hasattr(os, "fork") and hasattr(socket, "send_fds"):
        with suppress(OSError):
            return _forked(stdin, stdout, stderr, preload)
    return subprocess.Popen(_command("worker"), stdin=stdin, stdout=stdout, stderr=stderr)  # noqa: S603


def _command(module: str, *words: str) -> list[str]:
    # -P: a file of the user's, say random.py, must not stand in for a module of that name.
    return [sys.executable, "-P", "-m", f"rmqm_spec.runs.isolation.{module}", *words]


def _forked(stdin: int, stdout: int, stderr: int, preload: tuple[str, ...]) -> Worker:
    wanted = {"cwd": os.getcwd(), "env": dict(os.environ), "preload": preload}  # noqa: PTH109
    request = json.dumps(wanted).encode("ascii")
    if len(request) > _MAX_REQUEST // 2:
        raise OSError("the environment is too large")
    with _lock:
        nursery = _nurseries.get(os.getpid()) or _start_nursery()
        status, written = os.pipe()
        try:
            socket.send_fds(nursery.asking, [request], [stdin, stdout, stderr, written])
        except OSError:
            _nurseries.pop(os.getpid()).end()
            os.close(status)
            raise
        finally:
            os.close(written)
    try:
        return Worker(status)
    except OSError:
        os.close(status)
        end_nursery()
        raise


def end_nursery() -> None:
    """End the nursery of this process, and whatever it started, before this process ends."""
    nursery = _nurseries.pop(os.getpid(), None)
    if nursery is not None:
        nursery.end()


class _Nursery:
    """The nursery as its parent sees it: a socket, and its number or its process."""

    def __init__(self, asking: socket.socket, process: int | subprocess.Popen[bytes]) -> None:
        self.asking = asking
        self._process = process

    def end(self) -> None:
        """Say that nothing more will be asked, and wait until it has ended."""
        self.asking.close()
        end = time.monotonic() + _PATIENCE
        with suppress(ChildProcessError):
            while not self._has_ended() and time.monotonic() < end:
                time.sleep(0.002)
            if time.monotonic() >= end:
                number = self._process if isinstance(self._process, int) else self._process.pid
                os.kill(number, signal.SIGKILL)
                self._wait()

    def _wait(self) -> None:
        if isinstance(self._process, int):
            os.waitpid(self._process, 0)
        else:
            self._process.wait()

    def _has_ended(self) -> bool:
        if isinstance(self._process, int):
            return os.waitpid(self._process, os.WNOHANG)[0] != 0
        return self._process.poll() is not None


def _start_nursery() -> _Nursery:
    asking, serving = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    for end in (asking, serving):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _MAX_REQUEST)
    parent = os.getpid()
    process: int | subprocess.Popen[bytes]
    if threading.active_count() == 1 and not any(name in sys.modules for name in _NOT_SHARED):
        process = _fork()
        if process == 0:
            _be_nursery(serving.detach(), parent)
    else:
        command = _command("nursery", str(serving.fileno()), str(parent))
        nothing = subprocess.DEVNULL
        process = subprocess.Popen(  # noqa: S603 - our own module
            command, stdin=nothing, stdout=nothing, stderr=nothing, pass_fds=[serving.fileno()]
        )
    serving.close()
    atexit.unregister(end_nursery)  # once, however often one is started
    atexit.register(end_nursery)
    _nurseries[parent] = _Nursery(asking, process)
    return _nurseries[parent]


def _fork() -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads of a BLAS survive no fork
        return os.fork()


def _be_nursery(server: int, parent: int) -> NoReturn:
    """Turn a fork of the caller into a nursery."""
    try:
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        os.closerange(3, server)
        os.closerange(server + 1, _MANY)
        _serve(server, parent)
    finally:
        os._exit(1)


def main() -> None:
    """Serve as a new Python; the arguments are the socket and the number of the parent."""
    importlib.import_module("rmqm_spec.runs.checking")  # once, for all workers
    _serve(int(sys.argv[1]), int(sys.argv[2]))


def _serve(server: int, parent: int) -> None:
    """Fork for every request; end when the parent does."""
    awake, wake = os.pipe()
    os.set_blocking(awake, False)
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the parent decides what they mean
    running: dict[int, int] = {}
    requests = socket.socket(fileno=server)
    while os.getppid() == parent:
        ready, _, _ = select.select([server, awake], [], [], 1.0)
        if awake in ready:
            with suppress(BlockingIOError):
                os.read(awake, 4096)
        _bury(running)
        if server in ready:
            text, streams, _, _ = socket.recv_fds(requests, _MAX_REQUEST, 4)
            if not text:
                break
            request = json.loads(text)
            _import(request["preload"])
            pid = _fork()
            if pid == 0:
                signal.set_wakeup_fd(-1)
                _be_worker(request, streams)
            running[pid] = streams[3]
            os.write(streams[3], f"{pid}\n".encode())
            for stream in streams[:3]:
                os.close(stream)
    for pid in running:
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    os._exit(0)


def _import(names: list[str]) -> None:
    """Import modules for all workers; what goes wrong with that, a worker says."""
    for name in names:
        if name not in sys.modules:
            with suppress(Exception):
                importlib.import_module(name)


def _bury(running: dict[int, int]) -> None:
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        with suppress(OSError):
            os.write(running[pid], f"{status}\n".encode())
        os.close(running.pop(pid))


def _be_worker(request: dict[str, Any], streams: list[int]) -> NoReturn:
    """Turn a fork of the nursery into a worker."""
    try:
        for stream, given in enumerate(streams[:3]):
            os.dup2(given, stream)
        os.closerange(3, _MANY)
        for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        os.environ.clear()
        os.environ.update(request["env"])
        os.chdir(request["cwd"])
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stdout, sys.stderr = _text_stream(1), _text_stream(2)
        from rmqm_spec.runs.isolation.worker import main as work

        work()
    finally:
        os._exit(1)


def _text_stream(number: int) -> TextIO:
    return open(number, "w", encoding="utf-8", errors="backslashreplace", closefd=False)


if __name__ == "__main__":
    main()
