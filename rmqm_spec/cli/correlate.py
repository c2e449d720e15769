"""``rmqm-spec correlate``: did the scores predict the probes?"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve

from rmqm_spec.cli.correlate_options import CorrelateRequest
from rmqm_spec.cli.correlate_table import table_lines
from rmqm_spec.cli.output import finding_line, note, print_json, print_text
from rmqm_spec.cli.progress import ProgressReport
from rmqm_spec.errors import UsageError

if TYPE_CHECKING:
    from rmqm_spec.correlation.joining import Joined

__all__ = ["run_correlate"]


def run_correlate(results: Sequence[Path], request: CorrelateRequest, *, as_json: bool) -> int:
    """Correlate what is in some documents and tables."""
    from rmqm_spec.correlation.correlating import correlate
    from rmqm_spec.correlation.document import about_certainty, correlation_document
    from rmqm_spec.correlation.joining import join
    from rmqm_spec.correlation.reading import read_measured

    if request.plot is not None:
        _check_plot(request.plot)
    scores, probes = _listed(request.scores), _listed(request.probes)
    named = [one for one in scores if one != "all"]
    measured = read_measured(results, scores=named, probes=probes)
    joined = _with_tasks(join(measured), _listed(request.tasks))
    columns = (
        _chosen("--scores", scores, joined.score_columns, ("rmqm",)),
        _chosen("--probes", probes, joined.probe_columns, joined.probe_columns),
    )
    with ProgressReport("correlating", units=("columns", "columns")) as progress:
        found = correlate(joined, *columns, seed=request.seed, progress=progress)
    findings = [*joined.findings, *about_certainty(found)]
    for finding in findings:
        note(finding_line(finding, sys.stderr))
    if request.plot is not None:
        from rmqm_spec.correlation.figure import draw_correlations
        from rmqm_spec.results.files import write_atomically

        write_atomically(request.plot, draw_correlations(found))
        note(f"  -> {request.plot}")
    if as_json:
        sources = [one.source for one in measured]
        document = correlation_document(found, findings, sources=sources, seed=request.seed)
        print_json({"ok": True, **document})
    else:
        for line in table_lines(found):
            print_text(line)
    return 0


def _check_plot(path: Path) -> None:
    from rmqm_spec.correlation.figure import is_figure, require_matplotlib

    require_matplotlib()
    if path.suffix.lower() != ".svg":
        raise UsageError(
            "ARG001",
            f"--plot must name an .svg file; got {path}",
            fix="For example --plot out.svg.",
        )
    if path.exists() and not is_figure(path):
        raise UsageError(
            "ARG007",
            f"--plot must name a new file or an older figure; {path} is something else",
            fix="Choose another name.",
        )


def _listed(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def _chosen(
    option: str, asked: Sequence[str], there: Sequence[str], preferred: Sequence[str]
) -> list[str]:
    """Take what was asked for; else what is preferred of what is there; else all of it."""
    unknown = [one for one in asked if one not in there and one != "all"]
    if unknown:
        raise UsageError(
            "ARG001",
            f"{option} must be of the columns {', '.join(there) or '(none)'}; got {unknown[0]!r}",
            fix="Leave it out, or name columns that are there.",
        )
    if asked and "all" not in asked:
        return list(asked)
    some = [one for one in preferred if one in there]
    return list(there) if "all" in asked or not some else some


def _with_tasks(joined: Joined, asked: Sequence[str]) -> Joined:
    tasks = _chosen("--tasks", asked, joined.tasks, joined.tasks)
    return evolve(joined, tasks=tuple(tasks))
