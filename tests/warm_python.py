"""
A Python whose imports are done. It forks for every program that it is asked to run.

Most of the time of a short command goes into its imports. This process does them once and waits at
a socket; each request makes a child that takes the place of ``python [-P] (-m NAME | -c CODE |
FILE) ...``. The child is a real process: it has its own number, folder, environment, streams,
signals, threads and caches, and nothing of it stays behind. Where it starts another Python in turn,
as ``rmqm-spec check`` does, that one is forked as well. When a child ends, it names the modules
that it had to import, and this process imports them for the next.

A request is one JSON object with four descriptors: stdin, stdout, stderr, and a pipe for two lines,
the number of the child and, when it has ended, its status as ``os.waitpid`` gives it.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import io
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import threading
import traceback
import warnings
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parents[1]
MAX_REQUEST = 1 << 18
NOT_SHARED = "onnxruntime"
"""Opens a database and starts a thread when it is imported: neither may be shared by a fork."""

NOT_LEARNED = (
    *(NOT_SHARED, "huggingface_hub", "ray", "rmqm_ray"),
    *("numba", "llvmlite", "rmqm_spec.alterations.noise.compiled", "rmqm_spec.nnk.compiled"),
)
"""
The hub and Ray read variables of the environment when they are imported, and tests look whether
the compiled loops were loaded.
"""

REPORTS = 1000
"""The descriptor on which children name what they imported."""

MANY = 1 << 16
"""More descriptors than a process has open."""

INSTALLED = tuple(
    f"{folder}{os.sep}"
    for folder in {*map(sysconfig.get_path, ("stdlib", "platlib", "purelib")), str(ROOT)}
)
KNOWN = set(sys.modules)
OLD_STREAMS: list[Any] = []
"""Kept, so that nobody flushes what their owner has yet to write."""


class ForkingPopen(subprocess.Popen):  # type: ignore[type-arg]
    """Starts another Python by a fork, and everything else as ever."""

    def __init__(self, args: Any, *others: Any, **settings: Any) -> None:
        is_ours = _is_python(args) and not settings.get("shell")
        if is_ours and NOT_SHARED not in sys.modules:
            settings["preexec_fn"] = lambda: _instead_of_exec(args[1:], settings.get("env"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            super().__init__(args, *others, **settings)


def _is_python(command: Any) -> bool:
    """Tell whether a command starts this Python with no other flag than -P."""
    if isinstance(command, str | bytes) or len(command) < 2 or command[0] != sys.executable:
        return False
    first = next((str(one) for one in command[1:] if one != "-P"), "-")
    return first in {"-m", "-c"} or not first.startswith("-")


def _instead_of_exec(arguments: Any, environment: Any) -> NoReturn:
    _close_others()  # whoever started this waits until the pipe for errors is closed
    if environment is not None:
        os.environ.clear()
        os.environ.update(environment)
    run_python([str(one) for one in arguments])


def run_python(arguments: list[str]) -> NoReturn:
    """Do in this process what ``python ARGUMENTS`` does in a new one, and end it."""
    code = 1
    try:
        _renew()
        _run(arguments)
        code = 0
    except SystemExit as end:
        code = _exit_code(end)
    except KeyboardInterrupt:
        traceback.print_exc()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    except BaseException:
        traceback.print_exc()
    finally:
        _end(code)


def _run(arguments: list[str]) -> None:
    is_safe = arguments[0] == "-P"
    program, *words = arguments[is_safe:]
    if program == "-m":
        name, *words = words
        _take_place(["-m", *words], None if is_safe else str(Path.cwd()))
        # What others have imported from this module must stay the same; runpy would warn of that.
        warnings.filterwarnings("ignore", ".*found in sys.modules", RuntimeWarning)
        runpy.run_module(name, run_name="__main__", alter_sys=True)
    elif program == "-c":
        text, *words = words
        _take_place(["-c", *words], None if is_safe else "")
        exec(compile(text, "<string>", "exec"), {"__name__": "__main__"})
    else:
        _take_place([program, *words], None if is_safe else str(Path(program).resolve().parent))
        runpy.run_path(program, run_name="__main__")


def _take_place(arguments: list[str], folder: str | None) -> None:
    sys.argv = arguments
    if folder is not None:
        sys.path.insert(0, folder)


def _exit_code(end: SystemExit) -> int:
    if end.code is None or isinstance(end.code, int):
        return end.code or 0
    sys.stderr.write(f"{end.code}\n")
    return 1


def _renew() -> None:
    """Forget what a new process does not know, and open its three streams."""
    tempfile.tempdir = None
    importlib.invalidate_caches()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    subprocess.Popen = ForkingPopen  # type: ignore[misc]
    OLD_STREAMS.extend([sys.stdin, sys.stdout, sys.stderr])
    sys.stdin = sys.__stdin__ = _stream(0, sys.stdin)
    sys.stdout = sys.__stdout__ = _stream(1, sys.stdout)
    sys.stderr = sys.__stderr__ = _stream(2, sys.stderr)


def _stream(number: int, old: Any) -> Any:
    raw = io.FileIO(number, "r" if number == 0 else "w", closefd=False)
    raw.name = old.name
    buffered = io.BufferedReader(raw) if number == 0 else io.BufferedWriter(raw)
    at_once = number == 2 or raw.isatty()
    return io.TextIOWrapper(buffered, old.encoding, old.errors, line_buffering=at_once)


def _end(code: int) -> NoReturn:
    try:
        threading._shutdown()
        atexit._run_exitfuncs()
        _report()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _report() -> None:
    """Name the modules that were imported here, other than those of the program itself."""
    new = [name for name in sorted(set(sys.modules) - KNOWN) if _is_installed(sys.modules[name])]
    with contextlib.suppress(OSError):
        os.write(REPORTS, "\n".join(new).encode())


def _is_installed(module: Any) -> bool:
    origin = getattr(getattr(module, "__spec__", None), "origin", None) or ""
    name = getattr(module, "__name__", "")
    if name in NOT_LEARNED or name.partition(".")[0] in NOT_LEARNED:
        return False
    return origin == "built-in" or origin.startswith(INSTALLED)


def _learn(names: list[str]) -> None:
    """Import what a child had to import; what keeps a file open must not be shared."""
    before = set(map(str, Path("/proc/self/fd").iterdir()))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in names:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
    if set(map(str, Path("/proc/self/fd").iterdir())) != before:
        raise RuntimeError(f"one of these keeps a file open and must not be shared: {names}")
    KNOWN.update(sys.modules)
    gc.collect()
    gc.freeze()  # no child walks through all this to find garbage


def _close_others() -> None:
    """Close all descriptors but the three streams, and that for reports."""
    os.closerange(3, REPORTS)
    os.closerange(REPORTS + 1, MANY)


def serve(server: socket.socket) -> None:
    """Fork for every request, until nobody asks any more."""
    reports, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    os.dup2(theirs.fileno(), REPORTS, inheritable=False)
    awake, wake = os.pipe()
    for one in (awake, wake):
        os.set_blocking(one, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    running: dict[int, int] = {}
    while True:
        ready, _, _ = select.select([server, awake, reports], [], [])
        if reports in ready:
            _learn(reports.recv(MAX_REQUEST).decode().split())
        if awake in ready:
            os.read(awake, 4096)
            _bury(running)
        if server in ready:
            text, descriptors, _, _ = socket.recv_fds(server, MAX_REQUEST, 4)
            if not text:
                return
            pid = _fork()
            if pid == 0:
                signal.set_wakeup_fd(-1)
                _become(json.loads(text), descriptors)
            running[pid] = descriptors[3]
            os.write(descriptors[3], f"{pid}\n".encode())
            for one in descriptors[:3]:
                os.close(one)


def _fork() -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads of a BLAS survive no fork
        return os.fork()


def _become(request: dict[str, Any], descriptors: list[int]) -> NoReturn:
    for number, one in enumerate(descriptors[:3]):
        os.dup2(one, number)
    _close_others()
    if request["start_new_session"]:
        os.setsid()
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    run_python(request["arguments"])


def _bury(running: dict[int, int]) -> None:
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        os.write(running[pid], f"{status}\n".encode())
        os.close(running.pop(pid))


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
