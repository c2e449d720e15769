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
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from rmqm_spec.errors import UnreadableError, UsageError
from rmqm_spec.screen.writing import note

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
        raise _nothing(
            f"no run of {command!r} in this folder is known",
            "Run it without --failed, or give a file that --report wrote.",
        )
    known = [name for name in expected_ids() if name in failed]
    if failed and not known:
        raise _nothing(
            f"{where} names no check of this suite",
            "Run it without --failed: the report is from another version of the suite.",
        )
    if not known:
        raise _nothing(f"nothing failed in {where}", "Run it without --failed to judge it whole.")
    return known


def keep_failed(command: str, report: Report) -> None:
    """Keep which checks failed; where nothing can be written, say so."""
    ran = {outcome.id for outcome in report.outcomes}
    before = set(_last(command) or ()) - ran
    failed = before | {outcome.id for outcome in report.outcomes if outcome.status in _FAILED}
    try:
        place = _place(command)
        place.parent.mkdir(parents=True, exist_ok=True)
        whole = place.with_name(f"{place.name}.{os.getpid()}")
        whole.write_text(json.dumps({"failed": sorted(failed)}), encoding="utf-8")
        whole.replace(place)
    except (OSError, RuntimeError, ValueError) as error:
        if failed:
            note(
                f"  the ids of the failed checks could not be kept ({error}): --failed last will "
                "not know them; --report FILE and --failed FILE will"
            )


def _last(command: str) -> list[str] | None:
    try:
        return list(json.loads(_place(command).read_text(encoding="utf-8"))["failed"])
    except (OSError, RuntimeError, ValueError, KeyError, TypeError):
        return None


def _reported(path: Path) -> Collection[str]:
    try:
        checks = json.loads(path.read_text(encoding="utf-8"))["checks"]
        return {check["id"] for check in checks if check["status"] in _FAILED}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnreadableError(
            "CON008",
            f"--failed must be last, or a report of an earlier run; got {str(path)!r}, which is no "
            f"conformance report ({type(error).__name__})",
            fix="Give a file that --report wrote.",
        ) from error


def _nothing(got: str, fix: str) -> UsageError:
    message = f"--failed needs a check that failed; got none, since {got}"
    return UsageError("CON007", message, fix=fix)


def _place(command: str) -> Path:
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    name = sha256(f"{Path.cwd()}\n{command}".encode()).hexdigest()[:16]
    return state / "rmqm-spec" / "conformance" / f"{name}.json"
