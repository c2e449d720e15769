"""The process in which ``check`` runs a model: a request on stdin, events as lines on stdout."""

from __future__ import annotations

import json
import os
import pickle
import sys
from typing import Any, TextIO

from rmqm_spec.runs.checking import check_model

__all__ = ["main"]


def main() -> None:
    """Read the request, check, and write events."""
    request = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the process that started this one
    events = _claim_stdout()

    def emit(event: dict[str, Any]) -> None:
        events.write(json.dumps(event) + "\n")
        events.flush()

    check_model(request, emit)


def _claim_stdout() -> TextIO:
    """Keep stdout for events: what native code prints there goes to stderr instead."""
    events = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return events


if __name__ == "__main__":
    main()
