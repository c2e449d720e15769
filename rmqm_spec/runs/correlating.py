"""``correlate``: did the scores predict the probes?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from rmqm_spec.contracts.listener import Listener
from rmqm_spec.errors import UsageError
from rmqm_spec.findings import Finding
from rmqm_spec.runs.correlate_request import CorrelateRequest
from rmqm_spec.runs.tables import frame, structured

if TYPE_CHECKING:
    from rmqm_spec.arrays import AnyArray
    from rmqm_spec.correlation.correlating import Correlation
    from rmqm_spec.correlation.joining import Joined

__all__ = ["Correlated", "correlate"]

_COEFFICIENTS = ("pearson", "spearman", "kendall")


@frozen(kw_only=True, eq=False, repr=False)
class Correlated:
    """
    Correlations of scores with probes over encoders.

    Parameters
    ----------
    correlations : tuple of Correlation
        One for each score, probe and task, and pooled.
    findings : tuple of Finding
        What is worth knowing about them.
    document : dict
        All of it as plain data (``rmqm-correlation/1``).
    """

    correlations: tuple[Correlation, ...]
    findings: tuple[Finding, ...]
    document: dict[str, Any]

    @property
    def table(self) -> AnyArray:
        """A row per score, probe and task: three coefficients with intervals."""
        columns: dict[str, list[Any]] = {
            "score": [one.score for one in self.correlations],
            "probe": [one.probe for one in self.correlations],
            "task": [one.task or "pooled" for one in self.correlations],
            "n": [one.n_encoders for one in self.correlations],
        }
        for name in _COEFFICIENTS:
            estimates = [one.estimates[name] for one in self.correlations]
            intervals = [estimate.interval for estimate in estimates]
            columns[name] = [estimate.value for estimate in estimates]
            columns[f"{name}_low"] = [interval and interval.low for interval in intervals]
            columns[f"{name}_high"] = [interval and interval.high for interval in intervals]
        return structured(columns)

    def to_pandas(self) -> Any:
        """Return `table` as a data frame; needs pandas."""
        return frame(self.table)

    def __repr__(self) -> str:
        return f"<{len(self.correlations)} correlations of scores with probes>"

    def _repr_html_(self) -> str:
        """Show the table in a notebook."""
        from rmqm_spec.screen.notebook import html_of_table

        return html_of_table(self.table)


def correlate(request: CorrelateRequest, listener: Listener | None = None) -> Correlated:
    """
    Correlate scores with probes over encoders.

    Parameters
    ----------
    request : CorrelateRequest
        The documents, and which of their columns.
    listener : Listener, optional
        Hears of progress and steps.

    Raises
    ------
    UsageError
        ARG001 for a column that is not there, ARG007 for a figure that is another file.
    UnreadableError
        If a document cannot be read, by place and reason.
    """
    from rmqm_spec.correlation.correlating import correlate as correlated
    from rmqm_spec.correlation.document import about_certainty, correlation_document
    from rmqm_spec.correlation.joining import join
    from rmqm_spec.correlation.reading import read_measurements

    listener = listener or Listener()
    if request.plot is not None:
        _check_plot(request.plot)
    named = [name for name in request.scores if name != "all"]
    measured = read_measurements(request.results, scores=named, probes=list(request.probes))
    joined = _with_tasks(join(measured), request.tasks)
    columns = (
        _chosen("--scores", request.scores, joined.score_columns, ("rmqm",)),
        _chosen("--probes", request.probes, joined.probe_columns, joined.probe_columns),
    )
    with listener.work("correlating", units=("columns", "columns")) as progress:
        correlations = correlated(joined, *columns, seed=request.seed, progress=progress)
    findings = [*joined.findings, *_lacking(joined, columns[0]), *about_certainty(correlations)]
    if request.plot is not None:
        _draw(request.plot, correlations, listener)
    sources = [source.source for source in measured]
    document = correlation_document(correlations, findings, sources=sources, seed=request.seed)
    return Correlated(correlations=tuple(correlations), findings=tuple(findings), document=document)


def _lacking(joined: Joined, scores: Sequence[str]) -> Iterator[Finding]:
    """Warn of probed encoders that drop out of the correlations of one of the scores."""
    known = {finding.message.partition(" (")[0] for finding in joined.findings}
    for score in scores:
        names = [name for name in joined.lacking(score) if name not in known]
        if names:
            yield Finding(
                code="COR006",
                level="warn",
                message=f"{', '.join(names)} must have {score} to be correlated; it is undefined "
                "there, or was not measured",
                fix="Its document says which: status. Measure it like the others.",
            )


def _draw(path: Path, correlations: Sequence[Correlation], listener: Listener) -> None:
    from rmqm_spec.correlation.figure import draw_correlations
    from rmqm_spec.documents.writing import write_atomically

    write_atomically(path, draw_correlations(correlations))
    listener.note(f"  -> {path}")


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


def _chosen(
    option: str, asked: Sequence[str], there: Sequence[str], preferred: Sequence[str]
) -> list[str]:
    """Take what was asked for; else what is preferred of what is there; else all of it."""
    unknown = [name for name in asked if name not in there and name != "all"]
    if unknown:
        raise UsageError(
            "ARG001",
            f"{option} must be of the columns {', '.join(there) or '(none)'}; got {unknown[0]!r}",
            fix="Leave it out, or name columns that are there.",
        )
    if asked and "all" not in asked:
        return list(dict.fromkeys(asked))
    some = [name for name in preferred if name in there]
    return list(there) if "all" in asked or not some else some


def _with_tasks(joined: Joined, asked: Sequence[str]) -> Joined:
    tasks = _chosen("--tasks", asked, joined.tasks, joined.tasks)
    return evolve(joined, tasks=tuple(tasks))
