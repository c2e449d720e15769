"""Where a report may be written: over an older report, and over another file only if asked."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from rmqm_spec.documents.writing import check_writable, write_atomically
from rmqm_spec.errors import UsageError

__all__ = ["MARK", "check_report_path", "write_report"]

MARK: Final = "<!-- rmqm-report/1 -->"
"""Stands near the beginning of every report, and tells it from other files."""

_WHERE = 200


def check_report_path(path: Path, *, force: bool = False) -> None:
    """
    Refuse a path that cannot be written to, or that holds anything but a report.

    Parameters
    ----------
    path : Path
        Where the report is to be written.
    force : bool
        Whether another file may be replaced.

    Raises
    ------
    UsageError
        ARG005 if it cannot be written, ARG007 if another file is there.
    """
    if path.is_dir():
        raise UsageError(
            "ARG005",
            f"a report must be written to a file; got the folder {path}",
            fix=f"For example {path / 'report.html'}.",
        )
    if path.exists() and not force and MARK.encode() not in _beginning(path):
        raise UsageError(
            "ARG007",
            f"a report must be a new file or replace an older report; {path} is something else",
            fix="Choose another name; rmqm-spec report --force replaces it.",
        )
    try:
        check_writable(path.parent)
    except UsageError as error:
        raise UsageError(
            "ARG005",
            f"--report must be in a folder that can be written to; got {path}",
            fix="Choose another folder.",
        ) from error


def write_report(path: Path, page: str, *, force: bool = False) -> None:
    """
    Write a page, all of it or nothing.

    Raises
    ------
    UsageError
        As `check_report_path`.
    """
    check_report_path(path, force=force)
    write_atomically(path, page.encode("utf-8", "backslashreplace"))


def _beginning(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(_WHERE)
    except OSError as error:
        raise UsageError(
            "ARG005", f"{path} must be readable to be replaced; got {error}", fix="Choose another."
        ) from error
