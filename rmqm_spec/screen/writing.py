"""What goes to stdout (the result alone) and to stderr (everything else)."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from typing import Any, TextIO

from rmqm_spec.errors import UsageError
from rmqm_spec.findings import Finding
from rmqm_spec.screen.wrapping import hanging, wrapped

__all__ = [
    "draw",
    "escaped",
    "finding_line",
    "note",
    "print_as_it_is",
    "print_json",
    "print_text",
    "terminal_columns",
]

_COLOURS = {"ok": "32", "warn": "33", "fail": "31"}
_MESSAGE = 16
"""Where the message of a finding begins."""

_COMMANDS = re.compile(r"[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]|\x1b(?!\[(?:0|3[123])m)")


def print_json(document: Mapping[str, Any]) -> None:
    """Print a document to stdout."""
    _write(sys.stdout, json.dumps(document, indent=2, allow_nan=False) + "\n")


def print_text(text: str = "") -> None:
    """Print a line of the result to stdout; a terminal gets it wrapped."""
    _write(sys.stdout, _fitting(_visible(text), sys.stdout) + "\n")


def print_as_it_is(text: str) -> None:
    """Print a text for programs to stdout: only a terminal gets commands escaped."""
    _write(sys.stdout, _visible(text) if sys.stdout.isatty() else text)


def note(text: str) -> None:
    """Print a line that is not the result to stderr; a terminal gets it wrapped."""
    _write(sys.stderr, _fitting(_visible(text), sys.stderr) + "\n")


def draw(text: str) -> None:
    """Draw on the terminal that stderr is."""
    _write(sys.stderr, text)


def escaped(text: str) -> str:
    """Return a text as a single line of visible characters: no line ends, tabs or colours."""
    return "".join(sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in text)


def terminal_columns(stream: TextIO) -> int:
    """Return the width of the terminal that a stream is; another stream may be a file."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def _visible(text: str) -> str:
    """Escape terminal commands: names come from models and files of unknown origin."""
    return _COMMANDS.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


def _fitting(text: str, stream: TextIO) -> str:
    return wrapped(text, terminal_columns(stream)) if stream.isatty() else text


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


def finding_line(finding: Finding, stream: TextIO) -> str:
    """Return a finding as a line for `stream`, with its fix below where it has one."""
    word = f"{finding.level.upper():<4}"
    if stream.isatty() and not os.environ.get("NO_COLOR"):
        word = f"\033[{_COLOURS[finding.level]}m{word}\033[0m"
    line = f"  {word}  {finding.code}  {finding.message}"
    if finding.level != "ok" and finding.fix:
        below = hanging(_MESSAGE, terminal_columns(stream)) if stream.isatty() else _MESSAGE
        line += f"\n{'':<{below}}{finding.fix}"
    return line
