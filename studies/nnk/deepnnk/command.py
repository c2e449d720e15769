"""``python -m studies.nnk deepnnk --data FOLDER``: the 60 networks of DeepNNK, run again."""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from pathlib import Path
from typing import Any

from studies.measuring.table import ResultTable
from studies.natural.deepnnk import Checkpoint, checkpoints
from studies.nnk.deepnnk.analysis import analysed
from studies.nnk.deepnnk.figures import draw
from studies.nnk.deepnnk.measuring import Images, measured
from studies.nnk.deepnnk.page import page
from studies.nnk.deepnnk.stored import LAST, stored_errors
from studies.nnk.settings import common_parser, results_of

__all__ = ["main"]

_QUICK_STEPS = (0, LAST)


def main(arguments: list[str]) -> None:
    """Measure the checkpoints that are not in the table yet, and write the pages."""
    parser = common_parser("deepnnk", __doc__)
    parser.add_argument("--queries", type=int, default=1_000, help="images judged of each set")
    asked = parser.parse_args(arguments)
    quick = asked.quick
    images = Images.read(asked.data, 25 if quick else asked.queries, 300 if quick else None)
    table = ResultTable(results_of(asked) / "deepnnk.csv")
    wanted = [
        one for one in checkpoints(asked.data / "deepnnk") if not quick or one.step in _QUICK_STEPS
    ]
    # Of a stopped study all regimes are there, the last checkpoints first.
    wanted.sort(key=lambda one: (one.step != LAST, one.step % 4_000, one.step))
    missing = [one for one in wanted if f"{one.name}/lossless/50" not in table.rows]
    measure = partial(_rows, images=images, data=asked.data, work=asked.work)
    begun = time.monotonic()
    with ProcessPoolExecutor(asked.workers) as pool:
        running = [pool.submit(measure, one) for one in missing]
        for number, done in enumerate(as_completed(running), 1):
            for name, values in done.result():
                table.add(name, values)
            left = (time.monotonic() - begun) / number * (len(missing) - number) / 60
            print(
                f"  measured {number} of {len(missing)} checkpoints ({left:.0f} min left)",
                file=sys.stderr,
                flush=True,
            )
    write_results(results_of(asked), asked.data)


def _rows(
    checkpoint: Checkpoint, images: Images, data: Path, work: Path
) -> list[tuple[str, dict[str, Any]]]:
    return list(measured(checkpoint, images, data, work))


def write_results(folder: Path, data: Path) -> None:
    """Write ``deepnnk.json``, ``deepnnk.md`` and the figures beside ``deepnnk.csv``."""
    stored = stored_errors(data / "deepnnk" / "stored_results.json")
    document = analysed(ResultTable(folder / "deepnnk.csv").rows, stored)
    (folder / "deepnnk.json").write_text(json.dumps(document, indent=1) + "\n")
    (folder / "deepnnk.md").write_text(page(document))
    draw(document, folder)
