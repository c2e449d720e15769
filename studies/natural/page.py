"""The results as one document and one page: plain sentences first, tables after."""

from __future__ import annotations

import json
import math
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studies.analysis.zoo_table import read_table
from studies.natural.analysis import PREDICTOR, TARGETS, checkpoints_summary, encoders_summary
from studies.natural.sentences import checkpoints_in_words, encoders_in_words, ladder_in_words

__all__ = ["page_of", "write_results"]

_HEADS = {"1nn": "1-NN", "probe": "probe", "recall": "recall at 1", "map": "mAP"}
_SHORT = {"caltech101": "Caltech-101", "cifar10": "CIFAR-10"}


def write_results(folder: Path, not_measured: Mapping[str, str]) -> None:
    """
    Write ``analysis.json`` and ``natural.md`` from the tables of a folder.

    Parameters
    ----------
    folder : Path
        With ``trained.csv``, ``deepnnk.csv`` and ``real.csv``, or those that there are.
    not_measured : mapping
        Real models that were left out, with the reason.
    """
    document: dict[str, Any] = {}
    for name, group in (("trained", "architecture"), ("real", None)):
        if (path := folder / f"{name}.csv").exists():
            document[name] = encoders_summary(read_table(path), group)
    if (path := folder / "deepnnk.csv").exists():
        document["deepnnk"] = checkpoints_summary(read_table(path))
    document["not_measured"] = dict(not_measured)
    (folder / "analysis.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    models = read_table(folder / "real.csv") if "real" in document else None
    accuracies = (
        {
            name: [float(models.columns[column][place]) for column in ("rmqm", "rankme", *TARGETS)]
            for place, name in enumerate(models.names)
        }
        if models
        else {}
    )
    (folder / "natural.md").write_text(page_of(document, accuracies), encoding="utf-8")


def page_of(document: Mapping[str, Any], models: Mapping[str, list[float]]) -> str:
    """Return the page of an analysis, and of the real models' own numbers."""
    lines = ["# Natural images", ""]
    lines += [
        "Written by `python -m studies.natural`; what was decided beforehand is in the",
        "[protocol](../protocol.md). Signs and predictor are those of the study on MNIST.",
        "",
    ]
    if "trained" in document:
        lines += ["## Trained encoders", "", *encoders_in_words(document["trained"], True), ""]
        lines += [*_encoders_table(document["trained"], True), ""]
    if "deepnnk" in document:
        lines += ["## Checkpoints of DeepNNK", "", *checkpoints_in_words(document["deepnnk"]), ""]
        lines += [*_checkpoints_table(document["deepnnk"]), "", *_last_table(document["deepnnk"])]
        lines += [""]
    if "real" in document:
        lines += ["## Real encoders", "", *encoders_in_words(document["real"], False)]
        lines += [*ladder_in_words(models), ""]
        lines += [*_encoders_table(document["real"], False), "", *_models_table(models), ""]
        lines += ["Not measured:", ""]
        lines += [f"- `{name}`: {why}" for name, why in document["not_measured"].items()]
    return "\n".join(_wrapped(line) for line in lines).rstrip("\n") + "\n"


def _wrapped(line: str) -> str:
    """Return a sentence of a list on lines of at most 120 characters; tables stay as they are."""
    if not line.startswith(("- ", "  ")):
        return line
    return textwrap.fill(
        line.strip(),
        120,
        initial_indent="" if line.startswith("- ") else "  ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _encoders_table(part: Mapping[str, Any], grouped: bool) -> list[str]:
    columns = [_head(target) for target in TARGETS]
    if grouped:
        columns += ["1-NN, one architecture", "probe, one architecture"]
    columns += ["1-NN minus RMQM", "probe minus RMQM", "undefined"]
    rows = []
    for entry in part["measures"]:
        targets = entry["targets"]
        cells = [
            _with_interval(targets[one]["rho"], targets[one]["interval"]) for one in TARGETS[:2]
        ]
        cells += [f"{targets[one]['rho']:.2f}" for one in TARGETS[2:]]
        if grouped:
            cells += [f"{targets[one]['within']:.2f}" for one in TARGETS[:2]]
        cells += [
            _with_interval(targets[one]["minus_rmqm"], targets[one]["minus_rmqm_interval"], "+.2f")
            for one in TARGETS[:2]
        ]
        rows.append([entry["measure"], *cells, str(entry["undefined"])])
    caption = (
        f"Spearman's rho, {part['encoders']} encoders; on Caltech-101 unless the head says CIFAR-10"
    )
    return [caption, "", *_table(["measure", *columns], rows)]


def _checkpoints_table(part: Mapping[str, Any]) -> list[str]:
    first = part["measures"][0]["targets"]
    heads = ["measure"]
    for target in first:
        heads += [
            f"{target.replace('_', ' ')}: {where}" for where in first[target] if where != "seen"
        ]
    rows = [
        [entry["measure"]]
        + [
            f"{value:.2f}"
            for target in entry["targets"].values()
            for where, value in target.items()
            if where != "seen"
        ]
        + [f"{entry['given_step']:.2f}"]
        for entry in part["measures"]
    ]
    heads.append("test accuracy given the step")
    return ["Spearman's rho over checkpoints", "", *_table(heads, rows)]


def _last_table(part: Mapping[str, Any]) -> list[str]:
    shown = ("rmqm", "rankme", "coding-rate", "relative-displacement:at-0.5")
    by_name = {entry["measure"]: entry for entry in part["measures"]}
    names = [name for name in shown if name in by_name]
    first = next(iter(part["last"].values()))
    rows = [
        [regime, *(f"{value:.3f}" for value in values.values())]
        + [_number(by_name[name]["last"][regime]) for name in names]
        for regime, values in part["last"].items()
    ]
    heads = ["regime", *(name.replace("_", " ") for name in first), *names]
    return ["The last checkpoints", "", *_table(heads, rows)]


def _models_table(models: Mapping[str, list[float]]) -> list[str]:
    ordered = sorted(models.items(), key=lambda item: -item[1][2])
    heads = ["encoder", "RMQM", "RankMe", *(_head(target) for target in TARGETS)]
    rows = [[name, *(_number(value) for value in values)] for name, values in ordered]
    return ["The models themselves", "", *_table(heads, rows)]


def _table(heads: list[str], rows: list[list[str]]) -> list[str]:
    rows = [[f"`{row[0]}`", *row[1:]] for row in rows if row[0] != PREDICTOR] + [
        [f"**{row[0]}**", *row[1:]] for row in rows if row[0] == PREDICTOR
    ]
    return [
        f"| {' | '.join(heads)} |",
        "|" + " --- |" * len(heads),
        *(f"| {' | '.join(row)} |" for row in rows),
    ]


def _head(target: str) -> str:
    task, kind = target.split("_")
    return _HEADS[kind] if task == "caltech101" else f"{_SHORT[task]}: {_HEADS[kind]}"


def _with_interval(value: float, interval: list[float], how: str = ".2f") -> str:
    return f"{value:{how}} [{interval[0]:{how}}, {interval[1]:{how}}]"


def _number(value: float | None) -> str:
    return "-" if value is None or math.isnan(value) else f"{value:.3g}"
