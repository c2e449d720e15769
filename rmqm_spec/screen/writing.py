"""Text on streams that people read; nothing in it commands a terminal."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from typing import Any, TextIO

from rmqm_spec.errors import UsageError

__all__ = ["note", "print_json", "print_text", "visible"]

_COMMANDS = re.compile(r"[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]|\x1b(?!\[(?:0|3[123])m)")


def print_json(document: Mapping[str, Any]) -> None:
    """Print one document to stdout."""
    _write(sys.stdout, json.dumps(document, indent=2, allow_nan=False) + "\n")


def print_text(text: str = "") -> None:
    """Print a line of the result to stdout."""
    _write(sys.stdout, visible(text) + "\n")


def note(text: str) -> None:
    """Print a line that is not the result to stderr."""
    _write(sys.stderr, visible(text) + "\n")


def visible(text: str) -> str:
    r"""
    Escape what would command the terminal: names come from models and files of anyone.

    Examples
    --------
    >>> visible("a\x1b[2Jb")
    'a\\x1b[2Jb'
    """
    return _COMMANDS.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


def _write(stream: TextIO, text: str) -> None:
    """Write at once; where the reader has gone, as with ``| head``, the work still goes on."""
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        name = stream.name.strip("<>")
        raise UsageError(
            "ARG005", f"{name} must take what is written; got {error}", fix="Send it elsewhere."
        ) from error
