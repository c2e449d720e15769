"""``rmqm-spec report``, and ``--report`` of the commands that score."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rmqm_spec.screen.writing import note, print_json, print_text

if TYPE_CHECKING:
    from rmqm_spec.reports import ReportContent
    from rmqm_spec.results.stored import StoredResult

__all__ = ["check_report", "report_on", "run_report"]


def run_report(results: Sequence[Path], out: Path, *, force: bool, as_json: bool) -> int:
    """Make a report from results on disk."""
    from rmqm_spec.reports import read_report_content
    from rmqm_spec.reports.verdict import verdict_of

    check_report(out, force=force)
    content = read_report_content(results)
    _write(out, content, force=force)
    headline = verdict_of(content).headline
    if as_json:
        first = content.encoders[0].document
        print_json(
            {
                "schema": "rmqm-report/1",
                "ok": True,
                "rmqm": first["rmqm"],
                "interval": first["interval"],
                "report": str(out),
                "headline": headline,
                "encoders": [
                    {"key": encoder.key, "name": encoder.name} for encoder in content.encoders
                ],
            }
        )
    else:
        print_text(f"  {headline}")
        print_text(f"  -> {out}")
    return 0


def check_report(path: Path | None, *, force: bool = False) -> None:
    """
    Refuse, before any long work, a report that could not be made; None asks for none.

    Raises
    ------
    UnavailableError
        ENV009 without the extra.
    UsageError
        ARG005 or ARG007 where the page cannot be written.
    """
    if path is None:
        return
    from rmqm_spec.reports import check_report_path, require_report

    require_report()
    check_report_path(path, force=force)


def report_on(
    path: Path | None,
    results: Mapping[str, StoredResult],
    *,
    failed: Iterable[Mapping[str, str]] = (),
    on_common_inputs: bool = False,
    ranked_by: Mapping[str, Any] | None = None,
) -> None:
    """
    Write a report about results that were just made; None asks for none.

    Parameters
    ----------
    path : Path, optional
        The page.
    results : mapping of str to StoredResult
        Results by the name of their encoder.
    failed : iterable of mapping, optional
        Models that could not be scored: ``name``, ``code``, ``message``, ``fix``.
    on_common_inputs : bool
        See `rmqm_spec.ranking.rank_results`.
    ranked_by : mapping, optional
        The ranking's document, where another measure may order it.
    """
    if path is None:
        return
    from rmqm_spec.reports import report_content

    content = report_content(
        results, failed=failed, on_common_inputs=on_common_inputs, ranked_by=ranked_by
    )
    _write(path, content)
    note(f"  report -> {path}")


def _write(path: Path, content: ReportContent, *, force: bool = False) -> None:
    from rmqm_spec.reports import report_page, write_report

    write_report(path, report_page(content), force=force)
