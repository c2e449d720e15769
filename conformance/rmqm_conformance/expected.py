"""Known failures: a file with the id of each check and the reason, which is required."""

from __future__ import annotations

import tomllib
from pathlib import Path

from rmqm_spec.errors import UnreadableError

__all__ = ["read_expected_failures"]

_EXAMPLE = '["RMQM-DRC-001/current-denominator"]\nreason = "..."'


def read_expected_failures(path: Path) -> dict[str, str]:
    """
    Read a file of expected failures.

    Parameters
    ----------
    path : Path
        TOML: a table per check, named by its id, with a ``reason``, and an ``issue`` if there
        is one.

    Returns
    -------
    dict of str to str
        Reasons by id.

    Raises
    ------
    UnreadableError
        CON004 if it cannot be read, or an entry has no reason.
    """
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UnreadableError(
            "CON004",
            f"expected failures must be a readable TOML file; got {error} for {path}",
            fix=f"Write a table for each check:\n{_EXAMPLE}",
        ) from error
    reasons = {}
    for name, entry in entries.items():
        reason = entry.get("reason") if isinstance(entry, dict) else None
        unknown = set(entry) - {"reason", "issue"} if isinstance(entry, dict) else set()
        if not isinstance(reason, str) or not reason.strip() or unknown:
            raise UnreadableError(
                "CON004",
                f"an expected failure must have a reason, and nothing else but an issue; got "
                f"{name} = {entry!r} in {path}",
                fix=f"Write a table for each check:\n{_EXAMPLE}",
            )
        reasons[name] = f"{reason.strip()} ({entry['issue']})" if entry.get("issue") else reason
    return reasons
