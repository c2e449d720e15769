"""The entry point: every way to end has its exit code, and its one document under ``--json``."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import typer
from typer.exceptions import TyperException

from rmqm_spec.errors import IncompleteError, RmqmError, UsageError

__all__ = ["main"]

BUG = 70
"""Exit code of an error that is ours; the traceback goes to a file."""

INTERRUPTED = 130


def main() -> NoReturn:
    """Run the command line and exit."""
    wants_json = "--json" in sys.argv
    try:
        code = _run()
    except RmqmError as error:
        code = _report(error, wants_json)
    except KeyboardInterrupt:
        stopped = IncompleteError(
            "RUN001",
            "the work must run to its end; it was interrupted, and no result was written",
            fix="Run the same command again; fewer inputs (--n) or --precision end sooner.",
        )
        code = _report(stopped, wants_json)
    except BrokenPipeError:
        # The reader of stdout has gone, as with `| head`; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except Exception as error:  # the last line of defence against a bare traceback
        code = _report_bug(error, wants_json)
    sys.exit(code)


def _run() -> int:
    from rmqm_spec.cli.app import app

    try:
        outcome = app(standalone_mode=False)
        sys.stdout.flush()
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    except typer.Exit as error:
        outcome = error.exit_code
    except TyperException as error:
        message = error.format_message() if hasattr(error, "format_message") else str(error)
        message = message or "a command must be given; got none"
        raise UsageError("ARG001", message, fix="See rmqm-spec --help.") from error
    if outcome == INTERRUPTED:  # how typer ends after an interrupt
        raise KeyboardInterrupt
    return outcome if isinstance(outcome, int) else 0


def _report(error: RmqmError, wants_json: bool) -> int:
    from rmqm_spec.cli.output import print_json

    if wants_json:
        print_json(
            {
                "ok": False,
                "error": {"code": error.code, "message": error.message, "fix": error.fix},
                "rmqm": None,
                "interval": None,
            }
        )
    sys.stderr.write(f"error {error.code}: {error.message}\n  fix: {error.fix}\n")
    return error.exit_code


def _report_bug(error: Exception, wants_json: bool) -> int:
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile(
        "w", prefix="rmqm-spec-bug-", suffix=".txt", delete=False, encoding="utf-8"
    ) as stream:
        traceback.print_exception(error, file=stream)
    bug = RmqmError(
        "BUG001",
        f"rmqm-spec met an error of its own: {type(error).__name__}: {error}",
        fix=f"Please report it with the file {stream.name}.",
    )
    return _report(bug, wants_json)
