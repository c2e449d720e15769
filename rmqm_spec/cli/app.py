"""The commands and their options; each imports what it needs when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from rmqm_spec.cli.conformance.app import app as conformance_app
from rmqm_spec.cli.expanding import with_settings
from rmqm_spec.cli.help import HelpfulCommand, HelpfulGroup
from rmqm_spec.cli.score_table import ScoreTable
from rmqm_spec.cli.table_files import TableFiles
from rmqm_spec.errors import UsageError
from rmqm_spec.runs.correlate_request import CorrelateRequest
from rmqm_spec.runs.geometry_request import AlterationChoice, GeometrySettings
from rmqm_spec.runs.probe_request import ProbeSettings, RankProbes
from rmqm_spec.runs.race_request import RaceSettings
from rmqm_spec.runs.request import DataSettings, ModelSettings, ProtocolSettings, RunRequest
from rmqm_spec.runs.spectrum_request import SpectrumSettings

__all__ = ["app"]

app = typer.Typer(
    name="rmqm-spec",
    help="How good is the representation of an encoder? Score models without labels.",
    cls=HelpfulGroup,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Model = Annotated[
    Path,
    typer.Argument(
        help="A model file, a folder with one, hf://OWNER/NAME, or a request (.toml).",
        metavar="MODEL",
    ),
]
Models = Annotated[
    list[str] | None,
    typer.Argument(help="Model files, folders or patterns, or hf://OWNER/NAME.", metavar="MODEL"),
]
ModelsOrResults = Annotated[
    list[str] | None,
    typer.Argument(
        help="Model files, folders or patterns, hf://OWNER/NAME, or results.", metavar="MODEL"
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print exactly one JSON document to stdout.")]
Report = Annotated[
    Path | None,
    typer.Option(
        help="Also write a report: one HTML file that needs nothing else.",
        rich_help_panel="Output",
    ),
]
Settings = Annotated[
    Path | None,
    typer.Option("--models", help="TOML file with a table for each model: its path and options."),
]

_OF_A_RUN = (ModelSettings, DataSettings, ProtocolSettings, RunRequest)


@app.command(cls=HelpfulCommand)
@with_settings(ModelSettings, DataSettings)
def check(
    model: Model,
    budget: Annotated[
        str | None,
        typer.Option(
            help="Time for the first score: fewer inputs are taken where the model is slow, and "
            "that is said. --n alone takes its own time. [default: 30s]",
            rich_help_panel="Inputs",
        ),
    ] = None,
    reference: Annotated[
        Path | None,
        typer.Option(
            help="What the framework gives for a few inputs, to compare the export with: an .npz "
            "file with encodings, and inputs or network_inputs.",
            rich_help_panel="Inputs",
        ),
    ] = None,
    json: Json = False,
    **options: Any,
) -> int:
    """Check whether a model is a usable encoder, and give a first score."""
    from rmqm_spec.cli.check import run_check

    own = {"budget": budget, "reference": reference}
    return run_check(model, options, own, as_json=json)


@app.command(cls=HelpfulCommand)
@with_settings(*_OF_A_RUN, TableFiles, ScoreTable, plugs=("alteration", "executor"))
def score(model: Model, report: Report = None, json: Json = False, **options: Any) -> int:
    """Score an encoder by the full protocol; write result.json and a per-input table."""
    from rmqm_spec.cli.score import run_score

    return run_score(model, options, report=report, as_json=json)


@app.command(cls=HelpfulCommand)
@with_settings(*_OF_A_RUN, RaceSettings, RankProbes, TableFiles, plugs=("alteration", "executor"))
def rank(
    models: ModelsOrResults = None,
    settings: Settings = None,
    by: Annotated[
        str | None,
        typer.Option(
            help="Order by another measure: NAME, NAME@SIZE or NAME@smallest, the smallest "
            "embedding size of all; NAME:high or NAME:low says which values are first. "
            "[default: rmqm]",
            rich_help_panel="Protocol",
        ),
    ] = None,
    report: Report = None,
    json: Json = False,
    **options: Any,
) -> int:
    """Rank encoders on the same inputs: which is better, by how much, with what certainty."""
    from rmqm_spec.cli.rank import run_rank

    return run_rank(
        models or [],
        options,
        settings=settings,
        by="rmqm" if by is None else by,
        report=report,
        as_json=json,
    )


@app.command(cls=HelpfulCommand)
@with_settings(
    ModelSettings,
    DataSettings,
    ProbeSettings,
    TableFiles,
    RunRequest,
    only=("out", "force", "save_encodings"),
)
def probe(
    models: Models = None, settings: Settings = None, json: Json = False, **options: Any
) -> int:
    """Probe encoders with labels: nearest neighbours and a linear classifier."""
    from rmqm_spec.cli.probe import run_probe

    return run_probe(models or [], options, settings=settings, as_json=json)


@app.command(cls=HelpfulCommand)
@with_settings(
    ModelSettings,
    DataSettings,
    GeometrySettings,
    AlterationChoice,
    TableFiles,
    RunRequest,
    only=("out", "force", "null"),
    plugs=("alteration",),
)
def geometry(
    models: Models = None,
    settings: Settings = None,
    report: Report = None,
    json: Json = False,
    **options: Any,
) -> int:
    """Measure neighbourhoods of encodings (NNK): size, labels, and invariance."""
    from rmqm_spec.cli.geometry import run_geometry

    return run_geometry(models or [], options, settings=settings, report=report, as_json=json)


@app.command(cls=HelpfulCommand)
@with_settings(
    ModelSettings,
    DataSettings,
    SpectrumSettings,
    TableFiles,
    RunRequest,
    only=("out", "force", "null"),
)
def spectrum(
    models: Models = None,
    settings: Settings = None,
    report: Report = None,
    json: Json = False,
    **options: Any,
) -> int:
    """Measure spectra of Jacobians: eigenvalues of autoencoders, singular values of encoders."""
    from rmqm_spec.cli.spectrum import run_spectrum

    return run_spectrum(models or [], options, settings=settings, report=report, as_json=json)


@app.command(cls=HelpfulCommand)
@with_settings(CorrelateRequest, TableFiles)
def correlate(
    results: Annotated[
        list[Path],
        typer.Argument(
            help="result.json, rank.json, probe.json, .csv, .tsv, or folders.", metavar="RESULT"
        ),
    ],
    json: Json = False,
    **options: Any,
) -> int:
    """Correlate scores with probes over encoders: did the score predict the accuracy?"""
    from rmqm_spec.cli.correlate import run_correlate

    return run_correlate(results, options, as_json=json)


@app.command(cls=HelpfulCommand)
@with_settings(ModelSettings)
def inspect(model: Model, json: Json = False, **options: Any) -> int:
    """Show what goes in, what comes out, and which tensors could be the encodings."""
    from rmqm_spec.cli.inspect import run_inspect

    return run_inspect(model, options, as_json=json)


@app.command(cls=HelpfulCommand)
@with_settings(ModelSettings)
def gradient(
    model: Model,
    out: Annotated[Path, typer.Option(help="The model file to write.")] = Path("gradient.onnx"),
    kind: Annotated[
        Literal["vjp", "jvp", "displacement"],
        typer.Option(
            help="vjp: from a cotangent of the encodings to the gradient of the input. jvp: from "
            "a direction of the input to the derivative of the encodings. displacement: the "
            "squared distance to reference encodings, and its gradient."
        ),
    ] = "vjp",
    force: Annotated[
        bool, typer.Option("--force", help="Replace a file that is no gradient.")
    ] = False,
    json: Json = False,
    **options: Any,
) -> int:
    """Write the gradient of an encoder as an ONNX model that runs in any language."""
    from rmqm_spec.cli.gradient import run_gradient

    return run_gradient(model, options, out=out, kind=kind, force=force, as_json=json)


@app.command(cls=HelpfulCommand)
@with_settings(TableFiles)
def measures(json: Json = False, **options: Any) -> int:
    """List the measures of encodings, with their needs, units, direction and source."""
    from rmqm_spec.cli.measures import run_measures

    return run_measures(options, as_json=json)


@app.command(cls=HelpfulCommand)
def doctor(json: Json = False) -> int:
    """Show which runtimes, providers and plugs work on this machine, by trying them."""
    from rmqm_spec.cli.doctor import run_doctor

    return run_doctor(as_json=json)


@app.command(cls=HelpfulCommand)
def explain(
    code: Annotated[
        str | None,
        typer.Argument(help="A code such as DET001. Without it, all are listed.", metavar="CODE"),
    ] = None,
    json: Json = False,
) -> int:
    """Say what a code means, why it matters and how to fix it."""
    from rmqm_spec.cli.explain import run_explain

    return run_explain(code, as_json=json)


@app.command(cls=HelpfulCommand)
@with_settings(TableFiles)
def diff(
    first: Annotated[Path, typer.Argument(metavar="A", help="A result: its folder or file.")],
    second: Annotated[Path, typer.Argument(metavar="B", help="The other result.")],
    recompute: Annotated[
        bool,
        typer.Option(
            "--recompute",
            help="Where variant, resolution or some of the inputs differ: compute both scores "
            "again from their distances, in the way of A, over the shared inputs.",
        ),
    ] = False,
    top: Annotated[int, typer.Option(min=0, help="Number of inputs to list.")] = 5,
    json: Json = False,
    **options: Any,
) -> int:
    """Show what differs between two results; the exit code is 0 if their numbers are equal."""
    from rmqm_spec.cli.diff import run_diff

    return run_diff(first, second, options, recompute=recompute, top=top, as_json=json)


@app.command(cls=HelpfulCommand)
def validate(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE", help="Documents, or folders of results.")
    ],
    json: Json = False,
) -> int:
    """Check documents of rmqm-spec: schema, digests, and all numbers that can be recomputed."""
    from rmqm_spec.cli.validate import run_validate

    return run_validate(files, as_json=json)


@app.command(cls=HelpfulCommand)
def report(
    results: Annotated[
        list[Path],
        typer.Argument(
            help="Folders of results, or result.json or rank.json files.", metavar="RESULT"
        ),
    ],
    out: Annotated[Path, typer.Option(help="The HTML file to write.")] = Path("report.html"),
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    json: Json = False,
) -> int:
    """Make a report from results on disk: one HTML file that needs nothing else."""
    from rmqm_spec.cli.reporting import run_report

    return run_report(results, out, force=force, as_json=json)


preprocess_app = typer.Typer(
    help="Show what is done to inputs before they reach the network.",
    cls=HelpfulGroup,
    rich_markup_mode=None,
)
app.add_typer(preprocess_app, name="preprocess")


@preprocess_app.callback()
def preprocess() -> None:
    """Show what is done to inputs before they reach the network."""


@preprocess_app.command(cls=HelpfulCommand)
@with_settings(ModelSettings, DataSettings)
def show(
    model: Model,
    levels: Annotated[
        str | None, typer.Option(help="Levels to show; 0,24,49,99 by default.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for the pictures.")] = Path("rmqm-preprocess"),
    json: Json = False,
    **options: Any,
) -> int:
    """Write the pictures that the network really sees, unaltered and at a few levels."""
    from rmqm_spec.cli.preprocess import run_show

    return run_show(model, options, levels=levels, out=out, as_json=json)


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
        from rmqm_spec.screen.writing import print_text

        print_text(f"rmqm-spec {installed('rmqm-spec')}, specification {SPEC_VERSION}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        raise UsageError(
            "ARG001",
            "a command must be given; got none",
            fix="For example check, score or explain; rmqm-spec --help lists all of them.",
        )
