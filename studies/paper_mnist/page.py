"""``python -m studies.paper_mnist.page FOLDER``: statistics as JSON and Markdown, and figures."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from studies.analysis.zoo_table import read_table
from studies.paper_mnist.figures import FIGURES, draw_figures
from studies.paper_mnist.judging import judged
from studies.paper_mnist.paper import ABLATION, CORRELATIONS

__all__ = ["page_of", "write_page"]

_CAPTIONS = {
    "figure-2": "Figure 2: displacement by level of noise; mean and its standard error.",
    "figure-3": "Figure 3 (the paper's is of CIFAR-10): displacement by PGD step.",
    "figure-4": "Figure 4: relative change of the displacement by PGD step.",
    "figure-5": "Figure 5: RMQM by embedding size; untrained networks: mean of three seeds.",
    "figure-6": "Figure 6: RMQM against 1-NN accuracy over that of the best encoder of the task.",
}


def main() -> None:
    """Write ``analysis.json``, ``analysis.md`` and the figures beside the table."""
    parser = argparse.ArgumentParser(prog="python -m studies.paper_mnist.page", description=__doc__)
    parser.add_argument("folder", type=Path, help="results of python -m studies.paper_mnist")
    asked = parser.parse_args()
    table = asked.folder / "encoders.csv"
    if not table.exists():
        parser.error(f"{asked.folder} has no encoders.csv; run python -m studies.paper_mnist first")
    write_page(asked.folder)


def write_page(folder: Path) -> None:
    """Write the statistics, the page and the figures of a folder with results."""
    table = read_table(folder / "encoders.csv")
    document = judged(table)
    (folder / "analysis.json").write_text(json.dumps(document, indent=1) + "\n")
    (folder / "analysis.md").write_text(page_of(document))
    draw_figures(table, folder)


def page_of(document: dict[str, Any]) -> str:
    """Return the page of what `judged` found, as Markdown."""
    n_trained, n_untrained = document["trained"], document["untrained"]
    return "\n".join(
        [
            "# The paper's encoders of MNIST: tables and figures",
            "",
            f"{n_trained} trained and {n_untrained} untrained; [protocol](../protocol.md).",
            "",
            *_characteristics(document["characteristics"]),
            *_pooled(document["pooled"]),
            *_ablation(document["ablation"]),
            *_weights(document["weights"]),
            *_rank_sums(document["rank_sums"]),
            *_within(document["within_task"], "trained encoders"),
            *_within(document["within_task_with_untrained"], "with the untrained"),
            *_figures(),
        ]
    )


def _table(title: str, heads: Sequence[str], rows: Iterator[Sequence[str]]) -> Iterator[str]:
    yield from (f"## {title}", "", f"| {' | '.join(heads)} |", "|" + " --- |" * len(heads))
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def _characteristics(entries: list[dict[str, Any]]) -> Iterator[str]:
    def rows() -> Iterator[Sequence[str]]:
        for entry in entries:
            paper = entry.get("paper_D")
            yield (
                entry["method"],
                entry["alteration"],
                entry["variant"],
                _spread(entry["D"]),
                f"{_spread(paper)} ({'agrees' if entry['agrees'] else 'differs'})"
                if paper
                else "-",
                *(_spread(entry[name]) for name in ("D_RC", "P_RC", "rmqm")),
            )

    heads = ("method", "alteration", "variant", "D", "D, Table 1", "D_RC", "P_RC", "RMQM")
    return _table("Characteristics (Table 1): mean ± standard deviation", heads, rows())


def _pooled(entries: list[dict[str, Any]]) -> Iterator[str]:
    rows = (
        (
            entry["encoders"],
            entry["variant"],
            entry["kind"],
            entry["tasks"],
            f"{entry['r']:.2f} [{entry['interval'][0]:.2f}, {entry['interval'][1]:.2f}]",
            f"{CORRELATIONS[entry['kind']]:.2f}" if entry["tasks"] == "paper" else "-",
        )
        for entry in entries
    )
    heads = ("encoders", "variant", "target", "tasks", "Pearson's r", "paper")
    return _table("RMQM and accuracy, pooled as in the paper", heads, rows)


def _ablation(found: dict[str, float]) -> Iterator[str]:
    rows = (
        (name, f"{r:.2f}", f"{ABLATION[name]:.2f}" if name in ABLATION else "-")
        for name, r in found.items()
    )
    heads = ("ln(1 + ...)", "Pearson's r", "paper")
    return _table("Ablation: trained encoders, neighbours, pooled", heads, rows)


def _weights(entries: list[dict[str, Any]]) -> Iterator[str]:
    rows = (
        (
            entry["fitted_on"],
            ", ".join(f"{weight:.2g}" for weight in entry["weights"]),
            f"{entry['r_fitted_on']:.2f}",
            *(f"{entry['r_judged'][kind]:.2f}" for kind in ("fitted", "unweighted", "equation 6")),
        )
        for entry in entries
    )
    heads = (
        "weights fitted on",
        "of D, 1/D_RC, 1/P_RC",
        "r there",
        "r, other half",
        "unweighted there",
        "Equation 6 there",
    )
    return _table("Equation 6, fitted on one half and judged on the other", heads, rows)


def _rank_sums(entries: list[dict[str, Any]]) -> Iterator[str]:
    def rows() -> Iterator[Sequence[str]]:
        for entry in entries:
            cells = [" + ".join(f"`{name}`" for name in entry["measures"])]
            for kind in ("1nn", "probe"):
                low, high = entry[kind]["interval"]
                cells += [f"{entry[kind]['mean']:.2f} [{low:.2f}, {high:.2f}]"]
                cells += [f"{entry[kind]['within_size']:.2f}"]
            yield cells

    heads = ("ranks added", "1-NN", "1-NN, one size", "probe", "probe, one size")
    return _table("Sums of ranks: Spearman's rho within a task, trained encoders", heads, rows())


def _within(entries: list[dict[str, Any]], encoders: str) -> Iterator[str]:
    def rows() -> Iterator[Sequence[str]]:
        for entry in entries:
            cells = [f"`{entry['measure']}`"]
            for kind in ("1nn", "probe"):
                found = entry[kind]
                low, high = found["interval"]
                cells += [f"{rho:.2f}" for rho in found["tasks"].values()]
                cells += [f"{found['mean']:.2f} [{low:.2f}, {high:.2f}]"]
                cells += [f"{found['within_size']:.2f}", f"{found['own_domain']:.2f}"]
            yield cells

    names = ("K", "F", "O", "mean", "one size", "MNIST")
    heads = ("measure", *(f"{kind}: {name}" for kind in ("1-NN", "probe") for name in names))
    return _table(f"Spearman's rho within a task, {encoders}", heads, rows())


def _figures() -> Iterator[str]:
    yield from ("## Figures", "")
    for name in FIGURES:
        yield from (f"![{_CAPTIONS[name]}]({name}.svg)", "", _CAPTIONS[name], "")


def _spread(mean_and_deviation: Sequence[float]) -> str:
    mean, deviation = mean_and_deviation
    return f"{mean:.2f} ± {deviation:.2f}"


if __name__ == "__main__":
    main()
