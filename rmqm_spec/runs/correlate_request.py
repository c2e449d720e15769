"""What to correlate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from attrs import frozen

from rmqm_spec.errors import UsageError
from rmqm_spec.runs.fields import setting
from rmqm_spec.runs.values import at_least, words

__all__ = ["CorrelateRequest"]


def _figure(flag: str, given: Any) -> Path:
    if not isinstance(given, str | Path):
        raise UsageError("ARG001", f"{flag} must be a path; got {given!r}", fix="Correct it.")
    return Path(given)


@frozen(kw_only=True)
class CorrelateRequest:
    """What to correlate."""

    results: tuple[Path, ...] = ()
    """Documents of scores, rankings and probes, tables, or folders of them."""

    scores: tuple[str, ...] = setting(
        "Score columns, separated by commas, or all; rmqm by default.", default=(), read=words
    )
    probes: tuple[str, ...] = setting("Probe columns; all by default.", default=(), read=words)
    tasks: tuple[str, ...] = setting("Tasks; all by default.", default=(), read=words)
    plot: Path | None = setting("Draw a figure into this .svg file.", read=_figure, typed=Path)
    seed: int = setting(
        "Seed of resamples and permutations.", default=0, read=at_least(0), typed=int, min=0
    )
