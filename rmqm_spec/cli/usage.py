"""Mistyped commands as errors in the usual form: the option, the rule, the value."""

from __future__ import annotations

import sys
from typing import Any

from rmqm_spec.errors import UsageError

__all__ = ["is_usage_error", "usage_error"]

_RULE = "Input should be "


def is_usage_error(error: Exception) -> bool:
    """Whether an error comes from the parser; its classes moved from release to release."""
    return hasattr(error, "format_message")


def usage_error(error: Any) -> UsageError:
    """Turn an error of the parser into a usage error."""
    context = getattr(error, "ctx", None)
    command = "rmqm-spec"
    if context is not None and context.parent is not None:
        command += f" {context.info_name}"
    return UsageError("ARG001", _message(error), fix=f"See {command} --help.")


def _message(error: Any) -> str:
    message = str(error.format_message())
    rule = str(getattr(error, "message", ""))
    if rule.startswith(_RULE):
        for name in getattr(error.param, "opts", ()):
            value = _typed(name)
            if value is not None:
                return f"{name} must be {rule.removeprefix(_RULE).split(',')[0]}; got {value!r}"
    return message


def _typed(name: str) -> str | None:
    """Return the last value that was typed for an option."""
    value = None
    for word, following in zip(sys.argv, [*sys.argv[1:], ""], strict=True):
        if word == name:
            value = following
        elif word.startswith(f"{name}="):
            value = word.removeprefix(f"{name}=")
    return value
