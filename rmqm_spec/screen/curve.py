"""The curve of displacements over levels as a small drawing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["curve_svg"]

_WIDTH, _HEIGHT = 360, 150
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 10, 10, 32
_COLOUR = "#3b82c4"
_AXIS = 'stroke="currentColor" stroke-opacity=".5"'


def curve_svg(curves: Mapping[str, Any]) -> str:
    """
    Return mean displacements, in a band of a standard deviation, as SVG.

    Parameters
    ----------
    curves : mapping
        ``levels``, and ``displacement`` with ``mean`` and ``std``: sequences of one length, in
        which None stands for what is undefined.

    Returns
    -------
    str
        An ``svg`` element; empty where fewer than two levels have a displacement.

    Examples
    --------
    >>> curve_svg({"levels": []})
    ''
    >>> curves = {"levels": [1, 2], "displacement": {"mean": [0.1, 0.2], "std": [0.1, None]}}
    >>> curve_svg(curves).count("<path")
    2
    """
    points = _points(curves)
    if len(points) < 2:
        return ""
    lowest, highest = points[0][0], points[-1][0]
    top = max(mean + std for _, mean, std in points) or 1.0

    def x(level: float) -> float:
        share = (level - lowest) / (highest - lowest)
        return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)

    def y(value: float) -> float:
        return _HEIGHT - _BOTTOM - max(value, 0) / top * (_HEIGHT - _TOP - _BOTTOM)

    upper = [(x(level), y(mean + std)) for level, mean, std in points]
    lower = [(x(level), y(mean - std)) for level, mean, std in reversed(points)]
    line = [(x(level), y(mean)) for level, mean, _ in points]
    base = _HEIGHT - _BOTTOM
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" font-size="11" fill="currentColor">'
        "<title>Mean displacement over levels, plus and minus a standard deviation</title>"
        f'<path d="{_path(upper + lower)}Z" fill="{_COLOUR}" fill-opacity=".22"/>'
        f'<path d="{_path(line)}" fill="none" stroke="{_COLOUR}" stroke-width="2"/>'
        f'<line x1="{_LEFT}" y1="{base}" x2="{_WIDTH - _RIGHT}" y2="{base}" {_AXIS}/>'
        f'<line x1="{_LEFT}" y1="{_TOP}" x2="{_LEFT}" y2="{base}" {_AXIS}/>'
        f"{_label(_LEFT - 5, base, '0', 'end')}"
        f"{_label(_LEFT - 5, _TOP + 8, f'{top:.3g}', 'end')}"
        f"{_label(_LEFT, base + 14, f'{lowest:g}', 'middle')}"
        f"{_label(_WIDTH - _RIGHT, base + 14, f'{highest:g}', 'end')}"
        f"{_label((_LEFT + _WIDTH) / 2, base + 26, 'level; displacement, mean and std', 'middle')}"
        "</svg>"
    )


def _points(curves: Mapping[str, Any]) -> list[tuple[float, float, float]]:
    """Return level, mean and standard deviation wherever there is a mean."""
    curve = curves.get("displacement") or {}
    means = curve.get("mean") or []
    deviations = curve.get("std") or [None] * len(means)
    return sorted(
        (level, mean, std if _is_number(std) else 0.0)
        for level, mean, std in zip(curves.get("levels") or [], means, deviations, strict=True)
        if _is_number(mean)
    )


def _is_number(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _label(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'
