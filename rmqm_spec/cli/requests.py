"""From the options of a command to the request of a run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import evolve

from rmqm_spec.errors import UsageError
from rmqm_spec.runs.fields import settings_of
from rmqm_spec.runs.flat import request_of
from rmqm_spec.runs.request import RunRequest

__all__ = ["request_for", "taken"]

_BESIDE = ("out", "force", "null", "save_encodings")
"""Options that may be given beside a request file."""


def request_for(model: Path, options: Mapping[str, Any]) -> RunRequest:
    """
    Return the request of a command: from its options, or from a TOML file.

    Raises
    ------
    UsageError
        ARG001 if an option breaks a rule, or is given beside a request file.
    """
    if model.suffix != ".toml":
        return request_of(model, options)
    from rmqm_spec.runs.request_files import read_request

    beside = {name: options[name] for name in _BESIDE if name in options}
    for name in options:
        if name not in beside:
            raise UsageError(
                "ARG001",
                f"a request must stand alone; got {model} and --{name.replace('_', '-')}",
                fix="Put everything but --out, --force, --null and --save-encodings into the file.",
            )
    return evolve(read_request(model), **beside)


def taken(record: type, options: dict[str, Any]) -> dict[str, Any]:
    """Take the settings of a record out of the options of a command."""
    return {name: options.pop(name) for name in settings_of(record) if name in options}
