"""Which measure would choose which encoder, and the page that says so."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

__all__ = ["SIGNS", "findings_of", "write_findings"]

SIGNS: Final = {
    "rmqm": 1, "D": 1, "1/D_RC": 1, "1/P_RC": 1, "neighbour-agreement": 1,
    "participation-ratio": 1, "relative-displacement": -1, "rankme": 1, "rankme@16": 1,
    "coding-rate": 1, "nesum": 1, "neighbour-ratio": 1, "lidar": 1, "alpha-req": -1,
    "mle-dimension": 1, "cluster-learnability": -1,
}  # fmt: skip
"""Measures by which the study of architectures orders encoders, and which values are good there."""

_TASKS: Final = ("kmnist", "fashion", "mnist")
_KINDS: Final = ("1nn", "probe")

_POOR: Final = (
    "they are worse than three quarters of the honest encoders by both accuracies. A measure is "
    "fooled if it puts a poor encoder before half of the honest encoders; the sign of each measure "
    "is that of the study of architectures."
)
_MEANS: Final = (
    "Accuracies are means over KMNIST, Fashion-MNIST and MNIST. After each number stands the place "
    "among the honest encoders."
)


def findings_of(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """
    Return, for each failure, its accuracies, its place among the honest encoders, and its codes.

    Parameters
    ----------
    rows : mapping
        Rows of the table of results, by name of the encoder; undefined values are ``""``.

    Returns
    -------
    dict
        ``honest`` (names) and ``failures``: ``accuracy``, ``accuracy_place``, ``places`` (measure
        to place, 1 is the best; None without a value), ``fooled`` (measures that would choose it)
        and ``codes``. An encoder fools a measure that puts it before more than half of the honest
        encoders, if by the same accuracy most of them are better.
    """
    honest = {name: row for name, row in rows.items() if row["kind"] == "honest"}
    failures = {}
    for name, row in rows.items():
        if row["kind"] == "honest":
            continue
        accuracy = {kind: _accuracy(row, kind) for kind in _KINDS}
        accuracy_place = {
            kind: 1 + sum(_accuracy(other, kind) > accuracy[kind] for other in honest.values())
            for kind in _KINDS
        }
        places = {measure: _place(measure, row, honest) for measure in SIGNS}
        # Worse than most honest encoders by both accuracies, and better than half by the measure.
        is_poor = min(accuracy_place.values()) > 1 + 3 * len(honest) / 4
        chosen = [
            measure
            for measure, place in places.items()
            if place is not None and place[0] <= place[1] / 2
        ]
        failures[name] = {
            "accuracy": accuracy,
            "accuracy_place": accuracy_place,
            "is_poor": is_poor,
            "places": places,
            "fooled": chosen if is_poor else [],
            "codes": str(row["codes"]).split(),
        }
    return {"honest": sorted(honest), "failures": failures}


def _accuracy(row: Mapping[str, Any], kind: str) -> float:
    return sum(float(row[f"{task}_{kind}"]) for task in _TASKS) / len(_TASKS)


def _place(
    measure: str, row: Mapping[str, Any], honest: Mapping[str, Mapping[str, Any]]
) -> tuple[int, int] | None:
    """Return the place among honest encoders with a value, and their number with this one."""
    own = _value(row, measure)
    if math.isnan(own):
        return None
    others = [_value(other, measure) for other in honest.values()]
    defined = [value for value in others if not math.isnan(value)]
    return 1 + sum(value > own for value in defined), len(defined) + 1


def _value(row: Mapping[str, Any], measure: str) -> float:
    text = row.get(measure, "")
    return math.nan if text in ("", None) else SIGNS[measure] * float(text)


def write_findings(rows: Mapping[str, Mapping[str, Any]], folder: Path) -> None:
    """Write ``findings.json`` and ``findings.md``."""
    found = findings_of(rows)
    (folder / "findings.json").write_text(json.dumps(found, indent=1) + "\n")
    (folder / "findings.md").write_text(_page(rows, found))


def _page(rows: Mapping[str, Mapping[str, Any]], found: Mapping[str, Any]) -> str:
    failures = found["failures"]
    poor = {name: failure for name, failure in failures.items() if failure["is_poor"]}
    chosen = {
        measure: [name for name, failure in poor.items() if measure in failure["fooled"]]
        for measure in SIGNS
    }
    silent = [name for name, one in poor.items() if one["fooled"] and not _doubts(one)]
    warned = [name for name, one in poor.items() if _doubts(one)]
    honest = _listed(found["honest"])
    counts = f"{len(failures)} encoders built to fool the measures"
    beside = f"{counts}, beside {len(found['honest'])} honest encoders"
    doubted = f"The scores of these poor encoders come with a code (`SCO`): {_listed(warned)}."
    fooled = [f"- `{measure}` is fooled by {_listed(names)}." for measure, names in chosen.items()]
    lines = [
        *("# What fools a measure", "", f"{beside}: {honest}.", ""),
        f"{len(poor)} of them are poor: {_POOR}",
        *(
            "",
            *fooled,
            "",
            f"{doubted} These fool a measure and have none: {_listed(silent)}.",
            "",
            _MEANS,
            "",
        ),
        "| encoder | 1-NN | place | probe | place | RMQM | place | fooled | codes |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    lines += [_row(name, rows[name], failures.get(name)) for name in rows]
    return "\n".join(lines) + "\n"


def _row(name: str, row: Mapping[str, Any], failure: Mapping[str, Any] | None) -> str:
    score = "-" if row["rmqm"] == "" else f"{float(row['rmqm']):.2f}"
    nearest, probe = (f"{_accuracy(row, kind):.2f}" for kind in _KINDS)
    codes = " ".join(code for code in str(row["codes"]).split() if code.startswith("SCO"))
    if failure is None:
        return f"| {name} (honest) | {nearest} |  | {probe} |  | {score} |  |  | {codes} |"
    place = failure["places"]["rmqm"]
    return (
        f"| {name} | {nearest} | {failure['accuracy_place']['1nn']} | {probe} "
        f"| {failure['accuracy_place']['probe']} | {score} | {place[0] if place else '-'} "
        f"| {', '.join(failure['fooled'])} | {codes} |"
    )


def _doubts(failure: Mapping[str, Any]) -> list[str]:
    return [code for code in failure["codes"] if code.startswith("SCO")]


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "none"
