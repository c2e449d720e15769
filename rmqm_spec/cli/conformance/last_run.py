"""
What failed last, so that it alone can be run again: ``--failed``.

The ids of the checks that failed are kept for each implementation, by its command and the folder
it was judged in, below ``$XDG_STATE_HOME/rmqm-spec`` (``~/.local/state/rmqm-spec``). A run of some
checks changes what is known of these checks alone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from rmqm_spec.errors import UnreadableError, UsageError

if TYPE_CHECKING:
    from rmqm_conformance.report import Report

__all__ = ["failed_checks", "keep_failed"]

_LAST = "last"
_FAILED = {"failed", "errored", "unexpected-pass"}


def failed_checks(given: str, command: str) -> list[str]:
    """
    Return the checks that failed, which this suite still has.

    Parameters
    ----------
    given : str
        ``"last"``, or the path of a report.
    command : str
        The command that judges the implementation.

    Raises
    ------
    UsageError
        CON007 if nothing is known to have failed.
    UnreadableError
        CON008 if the report cannot be read.
    """
    from rmqm_conformance.catalogue import expected_ids

    failed = _last(command) if given == _LAST else _reported(Path(given))
    where = "the last run of this implementation in this folder" if given == _LAST else given
    if failed is None:
        raise _nothing(f"no run of {command!r} in this folder is known", "Run it without --failed.")
    known = [name for name in expected_ids() if name in failed]
    if failed and not known:
        raise _nothing(
            f"{where} names no check of this suite",
            "Run it without --failed: the suite is another.",
        )
    if not known:
        raise _nothing(f"nothing failed in {where}", "Run it without --failed to judge it whole.")
    return known


def keep_failed(command: str, report: Report) -> None:
    """Keep which checks failed; where nothing can be written, nothing is kept."""
    ran = {outcome.id for outcome in report.outcomes}
    before = set(_last(command) or ()) - ran
    failed = before | {outcome.id for outcome in report.outcomes if outcome.status in _FAILED}
    place = _place(command)
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps({"command": command, "failed": sorted(failed)}), "utf-8")


def _last(command: str) -> list[str] | None:
    try:
        return list(json.loads(_place(command).read_text(encoding="utf-8"))["failed"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _reported(path: Path) -> Collection[str]:
    try:
        checks = json.loads(path.read_text(encoding="utf-8"))["checks"]
        return {check["id"] for check in checks if check["status"] in _FAILED}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnreadableError(
            "CON008",
            f"--failed must be last, or a report of an earlier run; got {path}: "
            f"{type(error).__name__}: {error}",
            fix="Give a file that --report wrote.",
        ) from error


def _nothing(got: str, fix: str) -> UsageError:
    return UsageError("CON007", f"--failed needs a check that failed; got none: {got}", fix=fix)


def _place(command: str) -> Path:
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    name = sha256(f"{Path.cwd()}\n{command}".encode()).hexdigest()[:16]
    return state / "rmqm-spec" / "conformance" / f"{name}.json"
