"""The entry point: every way to end has its exit code, and its single document under ``--json``."""

from __future__ import annotations

import errno
import os
import signal
import sys
import traceback
from typing import NoReturn, TextIO

import typer

from rmqm_spec.cli.usage import is_usage_error, usage_error
from rmqm_spec.errors import IncompleteError, RmqmError, UsageError
from rmqm_spec.runs.bug import bug
from rmqm_spec.screen.writing import note, print_json

__all__ = ["main"]

INTERRUPTED = 130

_PATH_ERRORS = {errno.ENAMETOOLONG, errno.ELOOP}
"""Faults of a path that the user typed, wherever they show."""


def main() -> NoReturn:
    """Run the command line and exit."""
    sys.stdout, sys.stderr = _tolerant(sys.stdout), _tolerant(sys.stderr)
    _end_by_interrupt()
    wants_json = "--json" in sys.argv
    try:
        code = _run()
    except RmqmError as error:
        code = _report(error, wants_json)
    except OSError as error:
        if error.errno not in _PATH_ERRORS:
            code = _report_bug(error, wants_json)
        else:
            refused = UsageError(
                "ARG001",
                f"a path must be one that this system takes; got {error}",
                fix="Check the paths of the command.",
            )
            code = _report(refused, wants_json)
    except KeyboardInterrupt:
        stopped = IncompleteError(
            "RUN001",
            "the work must run to its end; it was interrupted",
            fix="Run the same command again: finished work is not repeated. Fewer inputs "
            "(--n) take less time.",
        )
        code = _report(stopped, wants_json)
    except Exception as error:  # the last line of defence against a bare traceback
        code = _report_bug(error, wants_json)
    if code == IncompleteError.exit_code:
        _discard_downloads()
        _end_nursery()
        os._exit(code)  # threads may be in the middle of a long batch: do not wait for them
    sys.exit(code)


def _end_by_interrupt() -> None:
    """Take a request to end, and a terminal that closes, like an interrupt from the keyboard."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # not every system has both
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            signal.signal(number, signal.default_int_handler)


def _discard_downloads() -> None:
    """Remove downloads, if there are any: an immediate exit skips the usual clean-up."""
    downloads = sys.modules.get("rmqm_spec.inputs.downloads")
    if downloads is not None:
        downloads.discard()


def _end_nursery() -> None:
    """End the processes in which models were tried, where there are any."""
    nursery = sys.modules.get("rmqm_spec.runs.isolation.nursery")
    if nursery is not None:
        nursery.end_nursery()


def _run() -> int:
    from rmqm_spec.cli.app import app

    try:
        outcome = app(standalone_mode=False)
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    except typer.Exit as error:
        outcome = error.exit_code
    except Exception as error:
        if is_usage_error(error):
            raise usage_error(error) from error
        raise
    if outcome == INTERRUPTED:  # how typer ends after an interrupt
        raise KeyboardInterrupt
    return outcome if isinstance(outcome, int) else 0


def _report_bug(error: Exception, wants_json: bool) -> int:
    message = f"{type(error).__name__}: {error}"
    return _report(bug(message, "".join(traceback.format_exception(error))), wants_json)


def _report(error: RmqmError, wants_json: bool) -> int:
    if wants_json:
        print_json(
            {
                "ok": False,
                "error": {"code": error.code, "message": error.message, "fix": error.fix},
                "rmqm": None,
                "interval": None,
            }
        )
    note(f"error {error.code}: {error.message}\n  fix: {error.fix}")
    return error.exit_code


def _tolerant(stream: TextIO | None) -> TextIO:
    """Return a stream that takes every text; in place of a closed stream, the null device."""
    if stream is None:
        return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="backslashreplace")
    return stream
