"""Results, tables and findings as HTML for notebooks: self-contained, for light and dark themes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from rmqm_spec.arrays import AnyArray
from rmqm_spec.findings import Finding
from rmqm_spec.screen.curve import curve_svg

__all__ = ["html_of_findings", "html_of_result", "html_of_table"]

_MOST_ROWS = 60
_NUMBER = "text-align:right;padding:1px 10px;font-variant-numeric:tabular-nums"
_TEXT = "text-align:left;padding:1px 10px"
_FAINT = "opacity:.7"
_LEVELS = {"ok": "#2f9e55", "warn": "#c98a00", "fail": "#d9453d"}


def html_of_result(
    title: str,
    rmqm: float | None,
    interval: Sequence[float] | None,
    components: Mapping[str, float | None],
    curves: Mapping[str, Any],
    measures: Mapping[str, Mapping[str, Any]],
    doubts: Sequence[str],
) -> str:
    """
    Return a score with its interval, components, curve, further measures and doubts.

    Parameters
    ----------
    title : str
        The encoder.
    rmqm : float, optional
        The score; None or NaN where it is undefined.
    interval : tuple of two float, optional
        Its 95 % confidence interval.
    components : mapping of str to float
        D, D_RC, P_RC and S; None where undefined.
    curves : mapping
        The section ``curves`` of a result: levels, and ``displacement`` with mean and std.
    measures : mapping of str to mapping
        The section ``measures`` of a result.
    doubts : sequence of str
        Warnings, each as a line.

    Examples
    --------
    >>> page = html_of_result("a <b>", 2.5, None, {"D": 0.5}, {"levels": []}, {}, [])
    >>> "a &lt;b&gt;" in page, "2.500" in page
    (True, True)
    """
    width = f" [{_number(interval[0])}, {_number(interval[1])}] 95 % CI" if interval else ""
    score = "undefined" if rmqm is None or math.isnan(rmqm) else _number(rmqm)
    head = (
        f"<div><b>{escape(title)}</b></div>"
        f'<div>RMQM <b style="font-size:1.5em">{score}</b>'
        f'<span style="{_FAINT}">{width}</span></div>'
    )
    parts = "".join(
        f'<span style="margin-right:1.2em">{escape(name)} {_number(value)}</span>'
        for name, value in components.items()
    )
    further = "".join(f"<div>{_measure(measured)}</div>" for measured in measures.values())
    return _framed(
        head,
        f"<div>{parts}</div>",
        curve_svg(curves),
        further,
        *(f'<div style="color:{_LEVELS["warn"]}">{escape(doubt)}</div>' for doubt in doubts),
    )


def html_of_table(table: AnyArray) -> str:
    """
    Return a structured array as a table; rows in the middle of a long table are left out.

    Parameters
    ----------
    table : structured array, shape (n_rows,)

    Examples
    --------
    >>> import numpy as np
    >>> page = html_of_table(np.array([("a", 0.5)], dtype=[("name", "U1"), ("rmqm", "f8")]))
    >>> page.count("<tr>"), ">0.500<" in page
    (2, True)
    """
    names = table.dtype.names or ()
    styles = [_NUMBER if table.dtype[name].kind in "iuf" else _TEXT for name in names]
    heads = "".join(
        f'<th style="{style}">{escape(name)}</th>'
        for name, style in zip(names, styles, strict=True)
    )
    rows = "".join(_rows(table, styles))
    return _framed(
        f'<table style="border-collapse:collapse;color:inherit"><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def html_of_findings(title: str, findings: Sequence[Finding]) -> str:
    """
    Return the findings of a check, each with its fix where there is one.

    Examples
    --------
    >>> finding = Finding(code="DET001", level="fail", message="others", fix="Use one thread.")
    >>> "Use one thread." in html_of_findings("a.onnx", [finding])
    True
    """
    return _framed(
        f"<div><b>{escape(str(title))}</b></div>",
        *map(_finding, findings),
        "" if findings else "<div>no findings</div>",
    )


def _finding(finding: Finding) -> str:
    fix = ""
    if finding.level != "ok" and finding.fix:
        fix = f'<div style="margin-left:4em;{_FAINT}">{escape(finding.fix)}</div>'
    return (
        f'<div><span style="color:{_LEVELS[finding.level]};display:inline-block;width:4em">'
        f"<b>{finding.level.upper()}</b></span>"
        f"{escape(finding.code)} {escape(finding.message)}{fix}</div>"
    )


def _measure(measured: Mapping[str, Any]) -> str:
    title, value = escape(str(measured["title"])), measured.get("value")
    if value is None:
        return f"{title} undefined ({escape(str(measured.get('status')))})"
    units = "" if measured.get("units") in {None, "1"} else f" {escape(str(measured['units']))}"
    interval = measured.get("interval")
    width = f" [{interval[0]:.4g}, {interval[1]:.4g}] 95 % CI" if interval else ""
    return f'{title} {value:.4g}{units}<span style="{_FAINT}">{width}</span>'


def _rows(table: AnyArray, styles: Sequence[str]) -> Iterator[str]:
    n_left_out = max(len(table) - _MOST_ROWS, 0)
    for number, row in enumerate(table):
        if n_left_out and number == _MOST_ROWS // 2:
            yield f'<tr><td colspan="{len(styles)}">{n_left_out:,} more rows</td></tr>'
        if n_left_out and _MOST_ROWS // 2 <= number < _MOST_ROWS // 2 + n_left_out:
            continue
        cells = zip(row.tolist(), styles, strict=True)
        shown = "".join(f'<td style="{style}">{_cell(value)}</td>' for value, style in cells)
        yield f"<tr>{shown}</tr>"


def _cell(value: Any) -> str:
    if value is None or isinstance(value, float):
        return _number(value)
    return escape(str(value))


def _number(value: float | None) -> str:
    if value is None or math.isnan(value):
        return "-"
    return f"{value:.3f}" if value == 0 or 0.001 <= abs(value) < 1e5 else f"{value:.3g}"


def _framed(*pieces: str) -> str:
    style = "font-family:system-ui,sans-serif;line-height:1.5;color:inherit"
    return f'<div style="{style}">{"".join(pieces)}</div>'
