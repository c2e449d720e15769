"""``python -m studies.paper_mnist --data FOLDER``: train, measure, judge; results as a table."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

from studies.measuring.between import add_between, save_encodings
from studies.measuring.filling import fill
from studies.measuring.table import ResultTable
from studies.measuring.tasks import mnist_source, mnist_tasks
from studies.paper_mnist.curves import write_curves
from studies.paper_mnist.design import design, quick_design
from studies.paper_mnist.measuring import Inputs, measure
from studies.training.recipe import Recipe
from studies.training.zoo import make_encoders

_HERE = Path(__file__).parent


def main() -> None:
    """Run what is missing of the study."""
    parser = argparse.ArgumentParser(prog="python -m studies.paper_mnist", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the data sets")
    parser.add_argument("--work", type=Path, default=Path("study-paper-mnist"), help="scratch")
    parser.add_argument("--results", type=Path, help="folder; by default that of the study")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    parser.add_argument("--quick", action="store_true", help="six small encoders, in minutes")
    asked = parser.parse_args()
    quick = asked.quick
    recipes = quick_design() if quick else design()
    results = asked.results or (asked.work / "tables" if quick else _HERE / "results")
    table = ResultTable(results / "encoders.csv")
    missing = [recipe for recipe in recipes if recipe.name not in table.rows]
    encoders = asked.work / "encoders"
    make_encoders(missing, asked.data / "mnist.npz", encoders, workers=asked.workers)
    data = asked.work / "data"
    inputs = Inputs(
        source=mnist_source(asked.data, data, 100 if quick else 500),
        attacked=mnist_source(asked.data, data, 20 if quick else 100),
        tasks=mnist_tasks(asked.data, data, 400 if quick else 2_000),
        n_path=20 if quick else 200,
    )
    row = partial(measure, encoders=encoders, inputs=inputs, work=asked.work)
    fill(table, missing, row, workers=asked.workers)
    _compare(recipes, table, encoders, inputs.source, asked.work)
    write_curves(recipes, asked.work, results)


def _compare(
    recipes: list[Recipe], table: ResultTable, encoders: Path, source: Path, work: Path
) -> None:
    """Add the measures between encoders, from the encodings of all that are in the folder."""
    saved = {recipe.name: work / "encodings" / f"{recipe.name}.npz" for recipe in recipes}
    for name, file in saved.items():
        encoder = encoders / f"{name}.onnx"
        if encoder.exists() and not file.exists():
            save_encodings(encoder, source, file, work / "results" / "encodings")
    add_between(table, saved)


if __name__ == "__main__":
    main()
