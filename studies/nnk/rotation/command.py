"""Train, measure and judge encoders that differ in what they do with rotation."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from studies.measuring.filling import fill
from studies.measuring.table import ResultTable
from studies.nnk.rotation.design import design, quick_design
from studies.nnk.rotation.encoder import row
from studies.nnk.rotation.images import RotationImages
from studies.nnk.rotation.page import write_results
from studies.nnk.settings import common_parser, results_of
from studies.training.recipe import Recipe

__all__ = ["main"]


def main(arguments: list[str]) -> None:
    """Run what is missing of the part."""
    asked = common_parser("rotation", __doc__).parse_args(arguments)
    folder = results_of(asked)
    table = ResultTable(folder / "rotation.csv")
    recipes = quick_design() if asked.quick else design()
    images = RotationImages(asked.data)
    if asked.quick:
        images = RotationImages(asked.data, n_measured=25, n_trained=200, n_judged=200)
    missing = [recipe for recipe in recipes if recipe.name not in table.rows]
    files = {}
    if missing:
        from studies.training.zoo import make_encoders

        training = images.training_file(asked.work / "data")
        files = make_encoders(missing, training, asked.work / "encoders", workers=asked.workers)
    fill(table, missing, partial(_row, files=files, images=images), workers=asked.workers)
    write_results(folder)


def _row(recipe: Recipe, *, files: dict[str, Path], images: RotationImages) -> dict[str, Any]:
    return row(recipe, file=files[recipe.name], images=images)
