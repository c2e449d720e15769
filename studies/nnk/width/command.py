"""``python -m studies.nnk width --data FOLDER``: interpolation against the width of networks."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

from studies.measuring.table import ResultTable
from studies.nnk.encoding import read_labelled
from studies.nnk.settings import common_parser, results_of
from studies.nnk.width.measuring import measured
from studies.nnk.width.networks import Trained, make
from studies.nnk.width.page import analysed, draw, page

__all__ = ["main"]

_EPOCHS: Final = 12
_DESIGN: Final = tuple(
    Trained(width, seed, _EPOCHS) for seed in (0, 1) for width in (2, 4, 8, 16, 32)
)
_QUICK: Final = tuple(Trained(width, 0, 2) for width in (2, 8))


def main(arguments: list[str]) -> None:
    """Train and measure the networks that are not in the table yet, and write the page."""
    parser = common_parser("width", __doc__)
    parser.add_argument("--queries", type=int, default=2_000, help="images judged of each set")
    asked = parser.parse_args(arguments)
    results = results_of(asked)
    train, test = (
        read_labelled(asked.data / f"cifar10_jpeg_{part}10000.npz") for part in ("train", "test")
    )
    if asked.quick:
        train, test = train.drawn(400), test.drawn(200)
    table = ResultTable(results / "width.csv")
    for network in _QUICK if asked.quick else _DESIGN:
        if network.name in table.rows:
            continue
        model = make(network, train, asked.work / "models")
        facts = {"width": network.width, "seed": network.seed, "epochs": network.epochs}
        table.add(network.name, facts | measured(model, train, test, asked.queries))
        print(f"  measured {network.name}", file=sys.stderr, flush=True)
    write_results(results)


def write_results(folder: Path) -> None:
    """Write ``width.json``, ``width.md`` and ``width.svg`` beside ``width.csv``."""
    document = analysed(ResultTable(folder / "width.csv").rows)
    (folder / "width.json").write_text(json.dumps(document, indent=1) + "\n")
    (folder / "width.md").write_text(page(document))
    draw(document, folder / "width.svg")
