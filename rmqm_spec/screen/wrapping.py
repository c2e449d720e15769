"""Lines that fit a terminal: broken between words, never inside a command, path or interval."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

__all__ = ["cells", "filled", "hanging", "wrapped"]

_SHORT = 25
"""Texts between wide gaps that are shorter stay whole, like ``D_RC 0.345``."""

_STEP = 2
_DEEP = 5
"""Lines that begin so far right hang below something already: they go on where they begin."""

_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_GAP = re.compile(r"( {2,})")
_IS_COMMAND = re.compile(r"\s*rmqm-spec .*(?<![a-z)]\.)$")

_WHOLE = r"""
    ->\ (?:.*[/\\].*|.*\.\w{{1,5}})$                        # a path at the end of a line
  | (?<![\w-])rmqm-spec\ (?:preprocess\ show|[a-z]+)(?:\ (?:{option}|{quoted}|{path}))*
  | (?<![\w-])(?:python\ -m\ )?pip\ (?:un)?install(?:\ --?\w[\w-]*)*\ \S+(?:\ (?=\S*[-\[])\S+)*
  | (?<![\w-]){option}
  | [\[(][-+\d.e?]+(?:,\ [-+\d.e?]+){{1,5}}[\])]          # an interval, a shape
  | \bp\ [<\d][.\d]*                                    # a p value
  | \d\ (?:%|s|[kMG]B)(?!\w)                            # a number with its unit
""".format(
    option=r"--?[a-zA-Z][\w-]*(?:[ =](?:'[^']*'|[^\s-]\S*))?",
    quoted=r"'[^']*'",
    path=r"(?=\S*(?:[./\\*]\w|[/*]))\S*[\w/*]",
)
_UNIT = re.compile(rf"(?:{_WHOLE}|\S)+", re.VERBOSE)


def wrapped(text: str, width: int) -> str:
    """
    Break the lines of a text between words where they are wider than a terminal.

    What follows hangs below what begins the line. Commands to type and paths stay whole, so that
    they can be copied, even where the terminal is narrower.

    Examples
    --------
    >>> print(wrapped("  WARN  SCO007  The interval rests on few inputs; take more.", 48))
      WARN  SCO007  The interval rests on few
                    inputs; take more.
    >>> print(wrapped("  Then type rmqm-spec score model.onnx --size 224 again.", 40))
      Then type
        rmqm-spec score model.onnx --size 224
        again.
    """
    return "\n".join(piece for line in text.split("\n") for piece in _pieces(line, width))


def filled(text: str, width: int, indent: int = 0) -> list[str]:
    """Return a paragraph as lines that fit, all of them indented."""
    return list(_lines(_units([" ".join(text.split())]), width, indent, indent))


def hanging(column: int, width: int, otherwise: int = 2 * _STEP) -> int:
    """Return where a text goes on that begins at a column; less far right on narrow terminals."""
    return column if column <= width // 3 else otherwise


def cells(text: str) -> int:
    """Return the columns of a terminal that a text takes; colours take none."""
    plain = _COLOUR.sub("", text)
    if plain.isascii():
        return len(plain)
    from rich.cells import cell_len

    return cell_len(plain)


def _pieces(line: str, width: int) -> Iterator[str]:
    if cells(line) <= width or _IS_COMMAND.match(line):
        yield line
        return
    indent = len(line) - len(line.lstrip(" "))
    parts = _GAP.split(line[indent:])
    yield from _lines(_units(parts), width, *_margins(indent, parts, width))


def _lines(units: Iterable[tuple[str, str]], width: int, begin: int, on: int) -> Iterator[str]:
    """Put as much on each line as it holds: the first is indented by `begin`, others by `on`."""
    so_far, is_empty = " " * begin, True
    for gap, unit in units:
        if not is_empty and cells(so_far) + len(gap) + cells(unit) > width:
            yield so_far
            so_far, is_empty = " " * on, True
        so_far += unit if is_empty else gap + unit
        is_empty = False
    yield so_far


def _margins(indent: int, parts: Sequence[str], width: int) -> tuple[int, int]:
    """Return where a line begins, and where it goes on: at its first long text, if it has one."""
    begin = hanging(indent, width)
    column = indent
    for part in parts:
        if not part.isspace() and cells(part) >= _SHORT:
            break
        column += cells(part)
    else:
        column = indent
    if column > indent:
        return begin, hanging(column, width, begin + _STEP)
    return begin, begin if indent >= _DEEP else begin + _STEP


def _units(parts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield what stays whole, with the gap before it."""
    gap = ""
    for part in parts:
        if part.isspace():
            gap = part
        elif cells(part) < _SHORT:
            yield gap, part
        else:
            for match in _UNIT.finditer(part):
                yield gap, match[0]
                gap = " "
