"""Options of correlate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer
from attrs import frozen

__all__ = ["CorrelateRequest"]

Text = Optional[str]  # noqa: UP045 - typer reads the annotation at run time


@frozen(kw_only=True)
class CorrelateRequest:
    """What to correlate, as it was typed."""

    scores: Annotated[
        Text, typer.Option(help="Score columns with commas, or all; rmqm by default.")
    ] = None
    probes: Annotated[Text, typer.Option(help="Probe columns; all by default.")] = None
    tasks: Annotated[Text, typer.Option(help="Tasks; all by default.")] = None
    plot: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="Draw a figure into this .svg file."),
    ] = None
    seed: Annotated[int, typer.Option(help="Seed of resamples and permutations.", min=0)] = 0
