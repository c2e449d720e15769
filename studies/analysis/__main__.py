"""``python -m studies.analysis TABLE.csv``: the protocol's statistics, as JSON, page, pictures."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from studies.analysis.figures import draw_measures, draw_scatter
from studies.analysis.judging import KINDS, require_both_halves, summary
from studies.analysis.predictor import chosen_predictor
from studies.analysis.zoo_table import read_table

_HEADS = (
    ("mean", "transfer"),
    ("within_architecture", "one architecture"),
    ("within_size", "one size"),
    ("within_both", "one architecture and size"),
    ("least_with_one_left_out", "least, one left out"),
    ("unseen_architectures", "unseen"),
    ("own_domain", "trained on"),
    ("gap_fidelity", "gaps"),
)


def main() -> None:
    """Write ``analysis.json``, ``analysis.md`` and the pictures beside the table."""
    parser = argparse.ArgumentParser(prog="python -m studies.analysis", description=__doc__)
    parser.add_argument("table", type=Path)
    parser.add_argument("--own-domain", default="mnist", help="task of the training images")
    asked = parser.parse_args()
    table = read_table(asked.table)
    try:
        require_both_halves(table)
    except ValueError as error:
        parser.error(f"{asked.table}: {error}")
    entries = summary(table, asked.own_domain)
    predictor = chosen_predictor(table, asked.own_domain)
    folder = asked.table.parent
    document = {"encoders": len(table.names), "measures": entries, "predictor": predictor}
    (folder / "analysis.json").write_text(json.dumps(document, indent=1) + "\n")
    page = "\n".join(
        line for kind in KINDS for line in (*_table(entries, kind, len(table.names)), "")
    )
    (folder / "analysis.md").write_text(page)
    draw_measures(entries, folder / "measures.svg")
    target = next(name for name in table.targets if name != f"{asked.own_domain}_1nn")
    draw_scatter(table, "rmqm", target, folder / "rmqm.svg")
    print(page)
    print(json.dumps(predictor, indent=1))


def _table(entries: list[dict[str, Any]], kind: str, n_encoders: int) -> list[str]:
    ordered = sorted(entries, key=lambda entry: -entry[kind]["mean"])
    tasks = list(ordered[0][kind]["tasks"])
    heads = ["measure", "sign", *tasks, *(head for _, head in _HEADS), "minus RMQM"]
    lines = [
        f"Spearman's rho with {kind}, {n_encoders} encoders",
        "",
        f"| {' | '.join(heads)} |",
        "|" + " --- |" * len(heads),
    ]
    for entry in ordered:
        values = entry[kind]
        low, high = values["interval"]
        cells = [entry["measure"], "+" if entry["sign"] > 0 else "-"]
        cells += [_rho(value) for value in values["tasks"].values()]
        cells += [f"{_rho(values['mean'])} [{_rho(low)}, {_rho(high)}]"]
        cells += [_rho(values[key]) for key, _ in _HEADS[1:]]
        least, most = values["minus_rmqm_interval"]
        cells += [f"{values['minus_rmqm']:+.2f} [{least:+.2f}, {most:+.2f}]"]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _rho(value: float) -> str:
    return f"{value:.2f}"


if __name__ == "__main__":
    main()
