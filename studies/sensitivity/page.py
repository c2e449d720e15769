"""The page of results: sentences first, then tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from studies.sensitivity.analysis import MEASURES
from studies.sensitivity.sentences import sentences

__all__ = ["page"]

Document = dict[str, Any]

_CHANGES: Final = """\
Changes are in standard deviations between encoders; the last column but one gives the
median change without sign in units of half the 95 % interval."""
_SHARES: Final = """\
Share of intervals that contain the value of another draw, and the mean of all other draws; in
brackets the share that exact 95 % intervals would contain."""
_WITHIN: Final = """\
Spearman's rho with the accuracy of one nearest neighbour on KMNIST within each network or training:
the mean, and the smallest and largest."""


def page(document: Document) -> str:
    """Return the page of a document of `analysed`, as Markdown."""
    parts = [
        ["# Sensitivity", "", *sentences(document)],
        _settings_of_rmqm(document),
        _orders(document),
        _shifts(document),
        _coverage(document),
        _within(document),
    ]
    return "\n".join(line for part in parts for line in (*part, "")).rstrip() + "\n"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [
        f"| {' | '.join(heads)} |",
        "|" + " --- |" * len(heads),
        *(f"| {' | '.join(row)} |" for row in rows),
    ]


def _settings_of_rmqm(document: Document) -> list[str]:
    rows = [
        [
            _name(entry),
            f"{entry['rho']:.2f} [{entry['interval'][0]:.2f}, {entry['interval'][1]:.2f}]",
            f"{entry['shift']:+.2f}",
            f"{entry['change']:.2f}",
            f"{entry['largest']:.2f}",
            f"{entry['in_half_widths']:.1f}",
            str(entry["encoders"]),
        ]
        for entry in document["settings"]
        if entry["measure"] == "rmqm"
    ]
    heads = ["setting", "rho with the base", "median change", "without sign", "largest"]
    return [
        "## RMQM",
        "",
        _CHANGES,
        "",
        *_table([*heads, "in half intervals", "encoders"], rows),
        "",
        "![Order and value of RMQM by setting](orders.svg)",
    ]


def _orders(document: Document) -> list[str]:
    return [
        "## Orders by all measures",
        "",
        "Spearman's rho with the order at the base; empty where the setting changes nothing.",
        "",
        *_by_setting(document, "rho", ".2f"),
    ]


def _shifts(document: Document) -> list[str]:
    return [
        "## Values of all measures",
        "",
        "Median change in standard deviations between encoders.",
        "",
        *_by_setting(document, "shift", "+.2f"),
    ]


def _by_setting(document: Document, key: str, form: str) -> list[str]:
    by_place: dict[str, dict[str, float]] = {}
    for entry in document["settings"]:
        by_place.setdefault(_name(entry), {})[entry["measure"]] = entry[key]
    rows = [
        [name, *(format(found[one], form) if one in found else "" for one in MEASURES)]
        for name, found in by_place.items()
    ]
    return _table(["setting", *(f"`{name}`" for name in MEASURES)], rows)


def _coverage(document: Document) -> list[str]:
    rows = [
        [
            f"`{entry['measure']}`" if entry["measure"] != "rmqm_short" else "`rmqm`, J = 10",
            str(entry["inputs"]),
            f"{entry['other']:.0%} ({entry['other_expected']:.0%})",
            f"{entry['mean']:.0%} ({entry['mean_expected']:.0%})",
            f"{entry['encoders']} x {entry['draws']}",
        ]
        for entry in document["coverage"]
    ]
    return [
        "## What the interval contains",
        "",
        _SHARES,
        "",
        *_table(["measure", "inputs", "another draw", "mean of the others", "intervals"], rows),
    ]


def _within(document: Document) -> list[str]:
    names = ("layers", "pooled_layers", "lengths", "trained_lengths")
    by_measure = [{entry["measure"]: entry for entry in document[name]} for name in names]
    rows = [
        [f"`{measure}`", *(_range(found.get(measure)) for found in by_measure)]
        for measure in dict.fromkeys(one for found in by_measure for one in found)
    ]
    return [
        "## Layers and lengths of training",
        "",
        _WITHIN,
        "",
        *_table(
            [
                "measure",
                "layers, flattened",
                "layers, mean over positions",
                "lengths of training",
                "the same, trained alone",
            ],
            rows,
        ),
        "",
        "![Accuracy against RMQM, over layers and over training](within.svg)",
    ]


def _range(entry: Document | None) -> str:
    if entry is None:
        return ""
    return f"{entry['mean']:+.2f} ({entry['least']:+.2f} to {entry['most']:+.2f})"


def _name(entry: Document) -> str:
    return f"{entry['factor']} {entry['level']}"
