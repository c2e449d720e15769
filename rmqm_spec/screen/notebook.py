"""Records in a notebook: a number with its interval and curves, tables, findings."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from rmqm_spec.findings import Finding

if TYPE_CHECKING:
    from rmqm_spec.arrays import AnyArray

__all__ = ["html_of_findings", "html_of_result", "html_of_table"]

_WIDTH, _HEIGHT = 420, 130
_COLOURS = {"ok": "#2e7d32", "warn": "#b26a00", "fail": "#c62828"}


def html_of_result(
    title: str,
    rmqm: float,
    interval: tuple[float, float] | None,
    components: Mapping[str, float | None],
    curves: Mapping[str, Any],
    measures: Mapping[str, Mapping[str, Any]],
    doubts: Sequence[str],
) -> str:
    """
    Return a score as a small piece of HTML that needs nothing else.

    Parameters
    ----------
    title : str
        Name of the encoder.
    rmqm : float
        The score; NaN where it is undefined.
    interval : tuple of two floats, optional
        Its 95 % interval.
    components : mapping
        D, D_RC, P_RC and others by name.
    curves : mapping
        Means and standard deviations by level, as a result document holds them.
    measures : mapping
        Further measures, as a result document holds them.
    doubts : sequence of str
        What to know before quoting the number.
    """
    number = f"{rmqm:.3f}" if math.isfinite(rmqm) else "undefined"
    width = f" [{interval[0]:.3f}, {interval[1]:.3f}]" if interval else ""
    parts = [f"{escape(name)} {_number(value)}" for name, value in components.items()]
    parts += [f"{escape(str(one['title']))} {_number(one['value'])}" for one in measures.values()]
    notes = "".join(f"<li>{escape(doubt)}</li>" for doubt in doubts)
    return (
        '<div style="font-family:sans-serif;max-width:34em">'
        f"<div>{escape(title)}: <b>RMQM {number}</b>{escape(width)}</div>"
        f'<div style="opacity:.75;font-size:90%">{" · ".join(parts)}</div>'
        f"{_picture(curves)}"
        f'<ul style="font-size:85%;margin:.3em 0">{notes}</ul></div>'
    )


def html_of_table(table: AnyArray) -> str:
    """Return a structured array as an HTML table."""
    names = table.dtype.names or ()
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(_cell(row[name]))}</td>" for name in names) + "</tr>"
        for row in table
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def html_of_findings(title: str, findings: Iterable[Finding]) -> str:
    """Return findings as an HTML list, each with its code and what to do."""
    rows = "".join(
        f'<tr><td style="color:{_COLOURS[finding.level]}"><b>{finding.level.upper()}</b></td>'
        f"<td>{escape(finding.code)}</td>"
        f'<td style="text-align:left">{escape(finding.message)}'
        + (f"<br><i>{escape(finding.fix)}</i>" if finding.fix else "")
        + "</td></tr>"
        for finding in findings
    )
    return f"<div><b>{escape(title)}</b><table><tbody>{rows}</tbody></table></div>"


def _picture(curves: Mapping[str, Any]) -> str:
    """Draw the mean displacement by level, with a band of one standard deviation."""
    levels = curves.get("levels") or []
    curve = curves.get("displacement") or {}
    means, deviations = curve.get("mean") or [], curve.get("std") or []
    points = [
        (level, mean, deviation or 0.0)
        for level, mean, deviation in zip(levels, means, deviations, strict=False)
        if mean is not None
    ]
    if len(points) < 2:
        return ""
    top = max(mean + deviation for _, mean, deviation in points) or 1.0
    last = points[-1][0]

    def at(level: float, value: float) -> str:
        x = 40 + (_WIDTH - 50) * level / last
        return f"{x:.1f},{_HEIGHT - 22 - (_HEIGHT - 34) * max(value, 0.0) / top:.1f}"

    upper = [at(level, mean + deviation) for level, mean, deviation in points]
    lower = [at(level, mean - deviation) for level, mean, deviation in reversed(points)]
    line = [at(level, mean) for level, mean, _ in points]
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" role="img" '
        'aria-label="mean displacement by level">'
        f'<polygon points="{" ".join(upper + lower)}" fill="#4a7fb5" opacity=".25"/>'
        f'<polyline points="{" ".join(line)}" fill="none" stroke="#4a7fb5" stroke-width="2"/>'
        f'<g font-size="10" fill="currentColor"><text x="2" y="18">{top:.2f}</text>'
        f'<text x="2" y="{_HEIGHT - 22}">0</text>'
        f'<text x="40" y="{_HEIGHT - 6}">displacement by level, 1 to {last}; '
        "band: one standard deviation</text></g></svg>"
    )


def _number(value: float | None) -> str:
    return "-" if value is None or not math.isfinite(value) else f"{value:.3f}"


def _cell(value: Any) -> str:
    return (
        f"{float(value):.3f}" if hasattr(value, "dtype") and value.dtype.kind == "f" else str(value)
    )
