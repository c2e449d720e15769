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
from studies.spectra.design import SERIES
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
    series = [model for model in known if model.is_end and model.run.variant == SERIES]
    ends = [model for model in known if model.is_end]
    _write_table(folder / "models.csv", _model_rows(known, kept))
    regressions = [row for model in ends for row in _regressions(model, kept)]
    _write_table(folder / "regressions.csv", regressions)
    _write_table(
        folder / "classes.csv",
        (
            row
            for model in main + series
            for of in [best_set(model, kept)]
            for row in class_rows(model, of, kept.spectra(model, of), kept.images[of])
        ),
    )
    outside = [model for model in ends if kept.has(model, "no-images")]
    _write_table(
        folder / "no-images.csv", (row for model in outside for row in no_image_rows(model, kept))
    )
    documents, rows = {}, []
    for name, several in (("main", main), (SERIES, series)):
        if several:
            document, found = _judged(several, regressions, kept)
            documents[name] = document
            rows += found
    _write_table(folder / "predictions.csv", rows)
    (folder / "spectra.json").write_text(json.dumps(documents) + "\n")


def _judged(
    models: Sequence[Model], regressions: Sequence[Row], kept: Kept
) -> tuple[Row, list[Row]]:
    """Return what follows from the ends of the networks of a variant, and their predictions."""
    predictions = {
        of: [prediction_of(model, of, kept) for model in models if kept.has(model, of)]
        for of in OTHERS
    }
    names = {model.name for model in models}
    layers = sorted({model.run.layers for model in models})
    document = {
        "comparison": compared([row for row in regressions if row["model"] in names]),
        "arguments": [_arguments(each, models, kept) for each in layers],
        "prediction": {of: predicted(several) for of, several in predictions.items() if several},
    }
    return document, [one.row(of) for of in OTHERS for one in predictions[of]]


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
