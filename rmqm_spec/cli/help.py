"""Help under headings, in plain text, without heavy imports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from shutil import get_terminal_size
from typing import Any

from typer.core import TyperCommand, TyperGroup

from rmqm_spec.screen.wrapping import filled

__all__ = ["HelpfulCommand", "HelpfulGroup"]

_FIRST = ("Arguments", "Model", "Probes", "Inputs", "Protocol")
_LAST = ("Output", "Options")
"""All other headings stand between these, in the order of their options."""

_WIDEST, _MARGIN = 80, 2
_INDENT, _GAP = 2, 2
_WIDEST_NAMES = 30
_LEAST_TEXT = 28


class _Fitting:
    """Help as wide as the terminal, and at most 80 columns; words and options stay whole."""

    help: str | None

    def get_help(self, ctx: Any) -> str:
        """Return the help as a text."""
        ctx.terminal_width = min(get_terminal_size().columns, _WIDEST) - _MARGIN
        shown: str = super().get_help(ctx)  # type: ignore[misc]  # of a command or a group
        return "\n".join(line.rstrip() for line in shown.splitlines())

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return what the usage line names, without braces around what must be given."""
        pieces: list[str] = super().collect_usage_pieces(ctx)  # type: ignore[misc]  # as above
        return [piece.replace("{", "").replace("}", "") for piece in pieces]

    def format_help_text(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        """Write what the command does."""
        if self.help:
            text = " ".join(self.help.split())
            _write_lines(formatter, ["", *filled(text, formatter.width, _INDENT)])


class HelpfulCommand(_Fitting, TyperCommand):
    """A command whose options stand under the headings that they name."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments and options, a section per heading."""
        _write_sections(self.get_params(ctx), ctx, formatter)


class HelpfulGroup(_Fitting, TyperGroup):
    """Commands with their whole summaries."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write options, a section per heading, and then the commands."""
        _write_sections(self.get_params(ctx), ctx, formatter)
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        shown = [
            (name, command.help or "")
            for name, command in commands
            if command is not None and not command.hidden
        ]
        if shown:
            _write_section("Commands", shown, formatter)


def _write_sections(parameters: Iterable[Any], ctx: Any, formatter: Any) -> None:
    sections: dict[str, list[tuple[str, str]]] = {}
    for parameter in parameters:
        record = parameter.get_help_record(ctx)
        if record is not None:
            sections.setdefault(_heading(parameter), []).append(_plainer(parameter, *record))
    others = [heading for heading in sections if heading not in (*_FIRST, *_LAST)]
    for heading in (*_FIRST, *others, *_LAST):
        if heading in sections:
            _write_section(heading, sections[heading], formatter)


def _write_section(heading: str, rows: Sequence[tuple[str, str]], formatter: Any) -> None:
    """Write names with their texts beside them, or below them where there is too little room."""
    longest = max(len(names) for names, _ in rows)
    column = _INDENT + min(longest, _WIDEST_NAMES) + _GAP
    if formatter.width - column < _LEAST_TEXT:
        column = 3 * _INDENT
    _write_lines(formatter, ["", *filled(f"{heading}:", formatter.width, 0)])
    for names, text in rows:
        lines = filled(text, formatter.width, column) if text else []
        head = " " * _INDENT + names
        if lines and len(head) + _GAP <= column:
            lines[0] = head.ljust(column) + lines[0].lstrip()
        else:
            lines.insert(0, head)
        _write_lines(formatter, lines)


def _write_lines(formatter: Any, lines: Iterable[str]) -> None:
    for line in lines:
        formatter.write(f"{line}\n")


def _heading(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return "Arguments"
    return getattr(parameter, "rich_help_panel", None) or "Options"


def _plainer(parameter: Any, names: str, text: str) -> tuple[str, str]:
    """Leave out the Python names of types: the text of an argument explains it."""
    if parameter.param_type_name == "argument":
        names = names.split(" <", maxsplit=1)[0]
    return names.replace("<int range>", "<int>").replace("<list[str]>", "<str>"), text
