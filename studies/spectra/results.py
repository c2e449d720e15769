"""The results that are committed: tables, and a document of what follows from them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rmqm_spec.spectra import arguments_of
from studies.spectra.comparing import JACOBIANS, compared
from studies.spectra.images import OTHERS
from studies.spectra.no_images import no_image_rows
from studies.spectra.predicting import predicted, prediction_of
from studies.spectra.tables import class_rows, model_row, regression_rows, test_slopes
from studies.spectra.work import Kept, Model

__all__ = ["best_set", "write_results"]

Row = dict[str, Any]


def write_results(models: Sequence[Model], kept: Kept, folder: Path) -> None:
    """Write every table and ``spectra.json`` of what is measured so far."""
    folder.mkdir(parents=True, exist_ok=True)
    known = [model for model in models if kept.has(model, "drawn")]
    main = [model for model in known if model.is_main]
    ends = [model for model in known if model.is_end]
    _write_table(folder / "models.csv", _model_rows(known, kept))
    regressions = [row for model in ends for row in _regressions(model, kept)]
    _write_table(folder / "regressions.csv", regressions)
    _write_table(
        folder / "classes.csv",
        (
            row
            for model in main
            for of in [best_set(model, kept)]
            for row in class_rows(model, of, kept.spectra(model, of), kept.images[of])
        ),
    )
    outside = [model for model in ends if kept.has(model, "no-images")]
    _write_table(
        folder / "no-images.csv", (row for model in outside for row in no_image_rows(model, kept))
    )
    predictions = {
        of: [prediction_of(model, of, kept) for model in main if kept.has(model, of)]
        for of in OTHERS
    }
    _write_table(
        folder / "predictions.csv", (one.row(of) for of in OTHERS for one in predictions[of])
    )
    names = {model.name for model in main}
    document = {
        "models": len(known),
        "main": len(main),
        "all_images": sum(kept.has(model, "all") for model in main),
        "comparison": compared([row for row in regressions if row["model"] in names]),
        "arguments": [_arguments(layers, main, kept) for layers in _layers(main)],
        "prediction": {of: predicted(several) for of, several in predictions.items() if several},
    }
    (folder / "spectra.json").write_text(json.dumps(document, indent=1) + "\n")


def best_set(model: Model, kept: Kept) -> str:
    """Return ``all`` if the spectra at all images are there, else ``drawn``."""
    return "all" if "all" in model.sets and kept.has(model, "all") else "drawn"


def _model_rows(models: Sequence[Model], kept: Kept) -> Iterable[Row]:
    for model in models:
        for of in dict.fromkeys(["drawn", best_set(model, kept)]):
            found, images = kept.spectra(model, of), kept.images[of]
            slopes = {
                f"{name}_{key}": value
                for name in JACOBIANS
                for key, value in test_slopes(found, images, name).items()
            }
            yield model_row(model, of, found, images) | slopes


def _regressions(model: Model, kept: Kept) -> Iterable[Row]:
    of = best_set(model, kept)
    return regression_rows(model, of, kept.spectra(model, of), kept.images[of])


def _layers(models: Sequence[Model]) -> list[int]:
    return sorted({model.run.layers for model in models})


def _arguments(layers: int, models: Sequence[Model], kept: Kept) -> Row:
    """Count the arguments of all eigenvalues, over the latent dimensions."""
    row: Row = {"layers": layers}
    for name in JACOBIANS:
        counted = [
            arguments_of(kept.spectra(model, "drawn").spectra[name])
            for model in models
            if model.run.layers == layers
        ]
        row[name] = {
            "counts": np.sum([one.counts for one in counted], axis=0).tolist(),
            **{
                kind: sum(getattr(one, kind) for one in counted)
                for kind in ("real_positive", "real_negative", "complex", "zero")
            },
        }
    return row


def _write_table(path: Path, rows: Iterable[Row]) -> None:
    known = list(rows)
    columns = dict.fromkeys(name for row in known for name in row)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(columns), restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(known)
