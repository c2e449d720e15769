"""Errors of our own: told in one sentence, with everything else in a file."""

from __future__ import annotations

from rmqm_spec.errors import RmqmError

__all__ = ["bug"]


def bug(said: str, details: str) -> RmqmError:
    """Return the error that tells of a bug, after its `details` went to a file."""
    import tempfile

    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="rmqm-spec-bug-", suffix=".txt", delete=False, encoding="utf-8",
            errors="backslashreplace",
        ) as stream:  # fmt: skip
            stream.write(details)
        fix = f"Please report it with the file {stream.name}."
    except OSError:
        fix = "Please report it with this message."
    return RmqmError("BUG001", f"rmqm-spec met an error of its own: {said}", fix=fix)
