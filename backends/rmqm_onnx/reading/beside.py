"""Files that may lie beside a model: looked for by name, and read only where they are files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rmqm_spec.errors import UnreadableError
from rmqm_spec.regular_files import check_regular

__all__ = ["is_beside", "json_beside"]


def is_beside(path: Path) -> bool:
    """
    Tell whether a file is there; a folder of that name counts as none.

    Raises
    ------
    UnreadableError
        MOD012 if it is a pipe, a device or a socket: reading it would wait for a writer.
    """
    try:
        check_regular(path)
    except FileNotFoundError:
        return False
    except OSError as error:
        if not path.exists():  # a folder that may not be searched, links that lead in a circle
            return False
        raise UnreadableError(
            "MOD012",
            f"{path.name} beside the model must be a regular file; got {error.strerror}",
            fix=f"Move {path} away, or put the file itself there.",
        ) from error
    return path.is_file()


def json_beside(path: Path) -> Any:
    """
    Read a file that only helps; None where it is missing or is no JSON.

    Raises
    ------
    UnreadableError
        MOD012 as `is_beside`.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8")) if is_beside(path) else None
    except (OSError, ValueError, RecursionError):
        return None
