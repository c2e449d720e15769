"""Help under headings, in plain text, without heavy imports."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from typer.core import TyperCommand, TyperGroup

__all__ = ["HelpfulCommand", "HelpfulGroup"]

_FIRST = ("Arguments", "Model", "Probes", "Inputs", "Protocol")
_LAST = ("Output", "Options")
"""All other headings stand between these, in the order of their options."""


class HelpfulCommand(TyperCommand):
    """A command whose options stand under the headings that they name."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments and options, a section per heading."""
        _write_sections(self.get_params(ctx), ctx, formatter)


class HelpfulGroup(TyperGroup):
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
            with formatter.section("Commands"):
                formatter.write_dl(shown)


def _write_sections(parameters: Iterable[Any], ctx: Any, formatter: Any) -> None:
    sections: dict[str, list[tuple[str, str]]] = {}
    for parameter in parameters:
        record = parameter.get_help_record(ctx)
        if record is not None:
            sections.setdefault(_heading(parameter), []).append(_plainer(parameter, *record))
    others = [heading for heading in sections if heading not in (*_FIRST, *_LAST)]
    for heading in (*_FIRST, *others, *_LAST):
        if heading in sections:
            with formatter.section(heading):
                formatter.write_dl(sections[heading])


def _heading(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return "Arguments"
    return getattr(parameter, "rich_help_panel", None) or "Options"


def _plainer(parameter: Any, names: str, text: str) -> tuple[str, str]:
    """Leave out the Python names of types: the text of an argument explains it."""
    if parameter.param_type_name == "argument":
        names = names.split(" <", maxsplit=1)[0]
    return names.replace("<int range>", "<int>").replace("<list[str]>", "<str>"), text
