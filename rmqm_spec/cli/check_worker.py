"""The process in which ``check`` runs a model: a request on stdin, events as lines on stdout."""

from __future__ import annotations

import json
import os
import sys
from typing import Any, TextIO

from rmqm_spec.cli.checking import CheckRequest, check_model
from rmqm_spec.cli.options import DataRequest, ModelRequest

__all__ = ["main"]


def main() -> None:
    """Read the request, check, and write events."""
    request = json.load(sys.stdin)
    events = _claim_stdout()

    def emit(event: dict[str, Any]) -> None:
        events.write(json.dumps(event) + "\n")
        events.flush()

    check_model(
        CheckRequest(
            model=request["model"],
            options=ModelRequest(**request["options"]),
            inputs=DataRequest(**request["inputs"]),
        ),
        emit,
    )


def _claim_stdout() -> TextIO:
    """Keep stdout for events: what native code prints there goes to stderr instead."""
    events = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return events


if __name__ == "__main__":
    main()
