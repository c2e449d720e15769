"""``python -m studies.architectures --data FOLDER``: train, measure, judge; results as a table."""

from __future__ import annotations

import argparse
import json
import shutil
from functools import partial
from pathlib import Path
from typing import Any

from attrs import asdict

from studies.architectures.design import design, quick_design
from studies.measuring.between import add_between
from studies.measuring.filling import fill
from studies.measuring.jacobians import jacobian_values, without_jacobians
from studies.measuring.judging import accuracies
from studies.measuring.measuring import encodings_file, label_free
from studies.measuring.table import ResultTable
from studies.measuring.tasks import Task, mnist_source, mnist_tasks
from studies.training.recipe import Recipe
from studies.training.zoo import make_encoders

_HERE = Path(__file__).parent


def main() -> None:
    """Run what is missing of the study."""
    parser = argparse.ArgumentParser(prog="python -m studies.architectures", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the data sets")
    parser.add_argument("--work", type=Path, default=Path("study-architectures"), help="scratch")
    parser.add_argument("--results", type=Path, help="CSV; by default that of the study")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    parser.add_argument("--quick", action="store_true", help="eight small encoders, in minutes")
    asked = parser.parse_args()
    recipes = quick_design() if asked.quick else design()
    default = asked.work / "results.csv" if asked.quick else _HERE / "results" / "encoders.csv"
    table = ResultTable(asked.results or default)
    missing = without_jacobians(table, recipes)
    files = make_encoders(
        missing, asked.data / "mnist.npz", asked.work / "encoders", workers=asked.workers
    )
    source = mnist_source(asked.data, asked.work / "data", 200 if asked.quick else 500)
    tasks = mnist_tasks(asked.data, asked.work / "data", 400 if asked.quick else 2_000)
    row = partial(_row, files=files, source=source, tasks=tasks, work=asked.work)
    fill(table, recipes, row, workers=asked.workers)
    further = partial(_further, files=files, source=source, table=table, work=asked.work)
    fill(table, missing, further, workers=asked.workers, again=True)
    saved = {recipe.name: encodings_file(_folder(asked.work, recipe)) for recipe in recipes}
    add_between(table, saved)


def _row(
    recipe: Recipe, *, files: dict[str, Path], source: Path, tasks: list[Task], work: Path
) -> dict[str, Any]:
    encoder = files[recipe.name]
    folder = _folder(work, recipe)
    folder.mkdir(parents=True, exist_ok=True)
    values = {**asdict(recipe), **json.loads(encoder.with_suffix(".json").read_text())}
    values.pop("seconds")
    values |= label_free(encoder, source, folder)
    for task in tasks:
        values |= accuracies(encoder, task, folder)
    shutil.rmtree(folder / "short")
    shutil.rmtree(folder / "full")
    return values


def _further(
    recipe: Recipe, *, files: dict[str, Path], source: Path, table: ResultTable, work: Path
) -> dict[str, Any]:
    folder = _folder(work, recipe) / "jacobians"
    values = jacobian_values(files[recipe.name], source, folder)
    shutil.rmtree(folder)
    return {**table.rows[recipe.name], **values}


def _folder(work: Path, recipe: Recipe) -> Path:
    return work / "results" / recipe.name


if __name__ == "__main__":
    main()
