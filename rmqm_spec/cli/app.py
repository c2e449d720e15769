"""The commands and their options; each imports what it needs when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from rmqm_spec.cli.conformance.app import app as conformance_app
from rmqm_spec.cli.correlate_options import CorrelateRequest
from rmqm_spec.cli.expanding import expanded
from rmqm_spec.cli.options import DataRequest, Json, Model, ModelRequest, Null, Report, Settings
from rmqm_spec.cli.probe_options import ProbeRequest
from rmqm_spec.cli.protocol_options import ProtocolRequest
from rmqm_spec.errors import UsageError

__all__ = ["app"]

app = typer.Typer(
    name="rmqm-spec",
    help="How good is the representation of an encoder? Score ONNX models without labels.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.command()
@expanded
def check(model: Model, options: ModelRequest, inputs: DataRequest, json: Json = False) -> int:
    """Look at a model from all sides: is it a usable encoder? Gives a first score."""
    from rmqm_spec.cli.check import run_check

    return run_check(model, options, inputs, as_json=json)


@app.command()
@expanded
def score(
    model: Model,
    options: ModelRequest,
    inputs: DataRequest,
    protocol: ProtocolRequest,
    out: Annotated[
        Optional[Path], typer.Option(help="Folder for result.json and the per-input table.")  # noqa: UP045
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace another result there.")] = False,
    null: Null = True,
    report: Report = None,
    json: Json = False,
) -> int:
    """Score an encoder by the full protocol; writes result.json and a per-input table."""
    from rmqm_spec.cli.score import run_score

    return run_score(
        model,
        options,
        inputs,
        protocol,
        out=out,
        force=force,
        null=null,
        report=report,
        as_json=json,
    )


@app.command()
@expanded
def rank(
    options: ModelRequest,
    inputs: DataRequest,
    protocol: ProtocolRequest,
    models: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(help="Models, folders or globs of models, results.", metavar="MODEL..."),
    ] = None,
    settings: Settings = None,
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Folder for rank.json and all results."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Compute again what is there.")] = False,
    null: Null = True,
    report: Report = None,
    json: Json = False,
) -> int:
    """Rank encoders on the same inputs: who is better, by how much, how sure."""
    from rmqm_spec.cli.rank import run_rank

    return run_rank(
        models or [],
        options,
        inputs,
        protocol,
        settings=settings,
        out=out,
        force=force,
        null=null,
        report=report,
        as_json=json,
    )


@app.command()
@expanded
def probe(
    options: ModelRequest,
    inputs: DataRequest,
    probes: ProbeRequest,
    models: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(help="Models, folders or globs of models.", metavar="MODEL..."),
    ] = None,
    settings: Settings = None,
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Folder for probe.json and the table of answers."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace other probes there.")] = False,
    json: Json = False,
) -> int:
    """Probe encoders with labels: nearest neighbours and a linear classifier."""
    from rmqm_spec.cli.probe import run_probe

    return run_probe(
        models or (),
        options,
        inputs,
        probes,
        settings=settings,
        out=out,
        force=force,
        as_json=json,
    )


@app.command()
@expanded
def correlate(
    results: Annotated[
        list[Path],
        typer.Argument(help="result.json, rank.json, probe.json, .csv, .tsv, or folders."),
    ],
    request: CorrelateRequest,
    json: Json = False,
) -> int:
    """Correlate scores with probes over encoders: did the score predict?"""
    from rmqm_spec.cli.correlate import run_correlate

    return run_correlate(results, request, as_json=json)


@app.command()
@expanded
def inspect(model: Model, options: ModelRequest, json: Json = False) -> int:
    """Show what goes in, what comes out, and which tensors could be the encodings."""
    from rmqm_spec.cli.inspect import run_inspect

    return run_inspect(model, options, as_json=json)


@app.command()
def doctor(json: Json = False) -> int:
    """Try runtimes, providers and threads for real."""
    from rmqm_spec.cli.doctor import run_doctor

    return run_doctor(as_json=json)


@app.command()
def explain(
    code: Annotated[
        str | None, typer.Argument(help="A code such as DET001; all without it.")
    ] = None,
    json: Json = False,
) -> int:
    """Say what a code means, why it matters and how to fix it."""
    from rmqm_spec.cli.explain import run_explain

    return run_explain(code, as_json=json)


@app.command()
def diff(
    first: Annotated[Path, typer.Argument(metavar="A", help="A result: its folder or file.")],
    second: Annotated[Path, typer.Argument(metavar="B", help="Another one.")],
    recompute: Annotated[
        bool,
        typer.Option(
            "--recompute",
            help="Results that differ in variant, resolution or some of the inputs: compute both "
            "again from their distances, as A was, over the shared inputs.",
        ),
    ] = False,
    top: Annotated[int, typer.Option(min=0, help="How many inputs to name.")] = 5,
    json: Json = False,
) -> int:
    """Say what differs between two results; exit code 0 for the same numbers, 1 for others."""
    from rmqm_spec.cli.diff import run_diff

    return run_diff(first, second, recompute=recompute, top=top, as_json=json)


@app.command()
def validate(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Documents, or folders of results.")
    ],
    json: Json = False,
) -> int:
    """Check documents of ours: schema, digests, and every number that can be made again."""
    from rmqm_spec.cli.validate import run_validate

    return run_validate(files, as_json=json)


@app.command()
def report(
    results: Annotated[
        list[Path],
        typer.Argument(help="Folders of results, result.json or the document of rank."),
    ],
    out: Annotated[Path, typer.Option(help="The page.")] = Path("report.html"),
    force: Annotated[bool, typer.Option("--force", help="Replace another file there.")] = False,
    json: Json = False,
) -> int:
    """Make a page for people from results on disk: one HTML file that needs nothing else."""
    from rmqm_spec.cli.reporting import run_report

    return run_report(results, out, force=force, as_json=json)


preprocess_app = typer.Typer(
    help="Look at what is done to inputs before the network.", rich_markup_mode=None
)
app.add_typer(preprocess_app, name="preprocess")


@preprocess_app.callback()
def preprocess() -> None:
    """Look at what is done to inputs before the network."""


@preprocess_app.command()
@expanded
def show(
    model: Model,
    options: ModelRequest,
    inputs: DataRequest,
    levels: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="Levels to show; 0,24,49,99 by default."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for the pictures.")] = Path("rmqm-preprocess"),
    json: Json = False,
) -> int:
    """Write the pictures that the network really sees, unaltered and at a few levels."""
    from rmqm_spec.cli.preprocess import run_show

    return run_show(model, options, inputs, levels=levels, out=out, as_json=json)


app.add_typer(conformance_app, name="conformance")


@app.callback(invoke_without_command=True)
def _version(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help="Print the versions and stop.")
    ] = False,
) -> None:
    if version:
        from importlib.metadata import version as installed

        from rmqm_spec.clauses import SPEC_VERSION
        from rmqm_spec.cli.output import print_text

        print_text(f"rmqm-spec {installed('rmqm-spec')}, specification {SPEC_VERSION}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        raise UsageError(
            "ARG001",
            "a command must be given; got none",
            fix="For example check, score or explain; rmqm-spec --help lists all of them.",
        )
