"""``python -m studies.natural --data FOLDER``: train, measure, judge; results as tables."""

from __future__ import annotations

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from attrs import evolve

from studies.measuring.table import ResultTable
from studies.natural.design import design, quick_design
from studies.natural.encoder import row
from studies.natural.page import write_results
from studies.natural.parts import PARTS, Part, facts_of_training, part_named
from studies.natural.real import not_measured

_HERE = Path(__file__).parent


def main() -> None:
    """Run what is missing of the study, and write its pages."""
    parser = argparse.ArgumentParser(prog="python -m studies.natural", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the data sets")
    parser.add_argument("--models", type=Path, help="folder of ONNX files; else beside --data")
    parser.add_argument("--work", type=Path, default=Path("study-natural"), help="scratch")
    parser.add_argument("--results", type=Path, help="folder; by default that of the study")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    parser.add_argument("--part", choices=PARTS, action="append", help="by default all")
    parser.add_argument("--quick", action="store_true", help="ten small encoders, in minutes")
    asked = parser.parse_args()
    models = asked.models or asked.data.parent / "models"
    results = asked.results or (asked.work if asked.quick else _HERE) / "results"
    for name in asked.part or PARTS:
        part = part_named(name, data=asked.data, models=models, work=asked.work, quick=asked.quick)
        table = ResultTable(results / f"{name}.csv")
        missing = [one for one in part.encoders if one.name not in table.rows]
        if name == "trained" and missing:
            _train(
                asked.data, asked.work, {one.name for one in missing}, asked.workers, asked.quick
            )
            missing = [facts_of_training(one) for one in missing]
        _measure(evolve(part, encoders=missing), table, asked.work, asked.workers)
    write_results(results, not_measured(models))


def _train(data: Path, work: Path, names: set[str], workers: int, quick: bool) -> None:
    from studies.training.zoo import make_encoders

    recipes = [one for one in (quick_design() if quick else design()) if one.name in names]
    make_encoders(recipes, data / "cifar10_jpeg_train10000.npz", work / "encoders", workers=workers)


def _measure(part: Part, table: ResultTable, work: Path, workers: int) -> None:
    begun, n_encoders = time.monotonic(), len(part.encoders)
    # Files that several processes would write at once are written before.
    for side in {one.side for one in part.encoders}:
        part.images.source(side)
        part.images.tasks(side)
    with ProcessPoolExecutor(workers) as pool:
        running = [
            pool.submit(row, one, images=part.images, n_path=part.n_path, work=work)
            for one in part.encoders
        ]
        for number, done in enumerate(as_completed(running), 1):
            name, values = done.result()
            table.add(name, values)
            left = (time.monotonic() - begun) / number * (n_encoders - number) / 60
            print(
                f"  {part.name}: measured {number} of {n_encoders}: {name} ({left:.0f} min left)",
                file=sys.stderr,
                flush=True,
            )


if __name__ == "__main__":
    main()
