"""The commands below ``rmqm-spec conformance``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from rmqm_spec.cli.conformance.options import ConformanceRequest
from rmqm_spec.cli.expanding import with_settings
from rmqm_spec.cli.help import HelpfulCommand, HelpfulGroup

__all__ = ["app"]

Json = Annotated[bool, typer.Option("--json", help="Print exactly one JSON document to stdout.")]

app = typer.Typer(
    help="Judge an implementation of the specification; this installation by default.",
    cls=HelpfulGroup,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
@with_settings(ConformanceRequest)
def conformance(
    context: typer.Context,
    list_all: Annotated[bool, typer.Option("--list", help="Print all checks and stop.")] = False,
    json: Json = False,
    **options: Any,
) -> int:
    """Judge an implementation of the specification; this installation by default."""
    from rmqm_spec.cli.conformance.command import run_conformance
    from rmqm_spec.cli.conformance.kit import list_checks

    if context.invoked_subcommand is not None:
        return 0
    request = ConformanceRequest(**options)
    code = list_checks(as_json=json) if list_all else run_conformance(request, as_json=json)
    raise typer.Exit(code)


@app.command(cls=HelpfulCommand)
def init(
    lang: Annotated[str, typer.Option(help="python or javascript.")] = "python",
    out: Annotated[Path | None, typer.Option(help="File to write.")] = None,
    json: Json = False,
) -> int:
    """Write a harness to start from, which the kit can judge at once."""
    from rmqm_spec.cli.conformance.kit import write_starter

    return write_starter(lang, out, as_json=json)


@app.command(cls=HelpfulCommand)
def serve(
    object: Annotated[  # noqa: A002 - the name of the option
        str | None,
        typer.Option(help="A Python object or class, MODULE:NAME; by default this installation."),
    ] = None,
) -> int:
    """Run a Python implementation as a program that answers the JSON lines of the kit."""
    from rmqm_spec.cli.conformance.kit import serve_implementation

    return serve_implementation(object)
