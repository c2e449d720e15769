"""The page: the published table, ours in its form, and which rule follows the linear probe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from studies.nnk.imagenet.following import followed
from studies.nnk.imagenet.published import PUBLISHED, SOURCE
from studies.nnk.writing import share, table

__all__ = ["RULES", "analysed", "page"]

RULES: Final = {
    "knn": "k-NN",
    "kernel_knn": "k-NN, by 1/2 + 1/2 cos",
    "weighted_knn": "k-NN, by exp(cos / 0.07)",
    "nnk": "NNK",
}
_MOST_ROWS: Final = 12
_TITLES: Final = {
    "published": "Published: ImageNet, ResNet-50, k = 50",
    "cifar10": "CIFAR-10, k = 50",
    "kmnist": "KMNIST, encoders trained on MNIST, k = 50",
    "features": "The features that were given",
}

Document = dict[str, Any]


def analysed(tables: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Document:
    """Return the accuracies of each table, and how the rules follow the probe in it."""
    document: Document = {"published": _entry(PUBLISHED, {name: name for name in PUBLISHED})}
    for name, rows in tables.items():
        usable = {one: row for one, row in rows.items() if not int(row["zero_rows"])}
        values = {
            one: {rule: float(row[rule]) for rule in ("linear", *RULES)}
            for one, row in usable.items()
        }
        families = {one: str(row["family"]) for one, row in usable.items()}
        document[name] = _entry(values, families) | {
            "left_out": sorted(set(rows) - set(usable)),
            "queries": max(int(row["queries"]) for row in usable.values()),
        }
    return document


def _entry(values: Mapping[str, Mapping[str, float]], families: Mapping[str, str]) -> Document:
    rules = next(iter(values.values()))
    columns = {rule: np.array([row[rule] for row in values.values()]) for rule in rules}
    return {
        "encoders": [{"name": name, "family": families[name], **values[name]} for name in values],
        "followed": followed(columns),
    }


def page(document: Document, figure: str) -> str:
    """Return the page of a document, as Markdown."""
    lead = (
        "In our own tables the linear probe is a ridge classifier on standardised unit "
        "encodings; the published table has the authors' own. All rules use the same candidates; "
        "k-NN weights them equally, by 1/2 + 1/2 cos, or by exp(cos / 0.07)."
    )
    lines = [
        "# Does NNK follow the linear probe?",
        "",
        lead,
        "",
        f"![Accuracy by each rule against the linear probe]({figure})",
        "",
    ]
    for name, entry in document.items():
        lines += [f"## {_TITLES[name]}", "", *_accuracies(name, entry), "", *_follows(entry), ""]
    return "\n".join(lines).rstrip() + "\n"


def _accuracies(name: str, entry: Document) -> list[str]:
    encoders = entry["encoders"]
    rules = [rule for rule in ("linear", *RULES) if rule in encoders[0]]
    heads = ["linear" if rule == "linear" else RULES[rule] for rule in rules]
    if len(encoders) <= _MOST_ROWS:
        rows = [[one["name"], *(share(one[rule]) for rule in rules)] for one in encoders]
        lines = table(["encoder", *heads], rows)
    else:
        rows = []
        for family in dict.fromkeys(one["family"] for one in encoders):
            members = [one for one in encoders if one["family"] == family]
            means = (share(float(np.mean([one[rule] for one in members]))) for rule in rules)
            rows.append([family, str(len(members)), *means])
        lines = [
            "Mean accuracies by training method.",
            "",
            *table(["training", "encoders", *heads], rows),
        ]
    if name == "published":
        return [*lines, "", f"Source: [Shekkizhar 2021]({SOURCE})."]
    left_out = entry["left_out"]
    said = f"{len(encoders)} encoders, judged on {entry['queries']:,} images."
    if left_out:
        said += f" Left out, because they have encodings of length 0: {', '.join(left_out)}."
    return [said, "", *lines]


def _follows(entry: Document) -> list[str]:
    heads = ["rule", "mean distance to the probe", "tau", "NNK nearer by", "NNK's tau higher by"]
    rows = []
    for rule, found in entry["followed"].items():
        names = ("distance", "tau", "nnk_nearer", "nnk_tau_higher")
        rows.append([RULES[rule], *(_with_interval(found.get(name)) for name in names)])
    return [
        "Mean absolute difference from the probe, and Kendall's tau; 95 % intervals over encoders.",
        "",
        *table(heads, rows),
    ]


def _with_interval(found: Document | None) -> str:
    if found is None:
        return "-"
    ends = found["interval"]
    return share(found["value"]) + ("" if ends is None else f" [{ends[0]:.3f}, {ends[1]:.3f}]")
