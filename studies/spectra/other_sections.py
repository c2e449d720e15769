"""Sections of the page on training, inputs that are no images, and other data sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from studies.spectra.cells import interval, mean, median, section
from studies.spectra.committed import Row, Tables
from studies.spectra.design import EPOCHS, VARIANTS
from studies.spectra.images import OTHERS
from studies.spectra.predictors import PREDICTORS, SIMPLER

__all__ = ["DATA_SETS", "in_training", "no_images", "prediction", "variants"]

DATA_SETS: Final = {"mnist": "MNIST test", "kmnist": "KMNIST", "fashion": "Fashion-MNIST"}

_TRAINING: Final = {
    "mse_train": "error, training",
    "mse_test": "error, test",
    "latent_arithmetic_mean_median": "arithmetic mean, J_L",
    "latent_geometric_mean_median": "geometric mean, J_L",
    "latent_small": "below 0.1, J_L",
    "latent_singular": "singular, J_L",
    "latent_complex": "complex, J_L",
    "latent_reversed_test": "reversed, J_L",
    "latent_slope_trace": "test slope, trace J_L",
    "latent_slope_absolute": "test slope, log volume J_L",
    "input_slope_trace": "test slope, trace J_I",
}
_VARIED_OF: Final = 3
"""Layers of the networks that have variants."""
_VARIED: Final = {
    "mse_test": "error, test",
    "latent_arithmetic_mean_median": "arithmetic mean, J_L",
    "latent_geometric_mean_median": "geometric mean, J_L",
    "latent_slope_trace": "test slope, trace J_L",
    "input_slope_trace": "test slope, trace J_I",
    "latent_slope_absolute": "test slope, log volume J_L",
}
_OUTSIDE: Final = {
    "distance": "distance / test",
    "error": "error / test",
    "trace": "trace of J_L / n",
    "trace_test": "test: trace / n",
    "log_volume": "log volume of J_L / n",
    "log_volume_test": "test: log volume / n",
    "reversed": "reversed",
    "auc_trace": "AUC, trace",
    "auc_log_volume": "AUC, log volume",
    "auc_distance": "AUC, distance",
}


def in_training(models: Sequence[Row]) -> list[str]:
    """Print means over the dimensions that have the checkpoint, seed 0."""
    if not any(row["epoch"] == 0 for row in models):
        return []
    found: dict[tuple[int, int], list[Row]] = {}
    for row in models:
        if row["seed"] == 0 and row["images"] == "drawn":
            found.setdefault((row["layers"], row["epoch"]), []).append(row)
    rows = [
        [
            *map(str, key),
            f"{len(several)}",
            *(mean(several, column) for column in _TRAINING),
        ]
        for key, several in sorted(found.items())
    ]
    heads = ["layers", "epochs", "models", *_TRAINING.values()]
    return section("In training: means over latent dimensions, drawn images", heads, rows)


def variants(tables: Tables) -> list[str]:
    """Print the variants beside the networks of which they are variants, at their ends."""
    if tables.variant:
        return []
    ends = [row for row in tables.others if row["epoch"] == EPOCHS and row["layers"] == _VARIED_OF]
    rows = []
    for row in sorted(ends, key=lambda row: (row["dimension"], row["variant"])):
        key = row["layers"], row["dimension"], row["seed"], row["epoch"], "drawn"
        (plain,) = (
            other
            for other in tables.models
            if tuple(other[name] for name in ("layers", "dimension", "seed", "epoch", "images"))
            == key
        )
        values = [f"{plain[column]:.3f}: {row[column]:.3f}" for column in _VARIED]
        rows.append([str(row["dimension"]), VARIANTS[row["variant"]], *values])
    heads = ["n", "variant", *_VARIED.values()]
    return section("Variants (as in the main runs: in the variant), 3 layers", heads, rows)


def no_images(rows: Sequence[Row]) -> list[str]:
    """Print medians over the main models for each distribution."""
    short = [row for row in rows if row["epoch"] <= EPOCHS]
    cells = []
    for name in dict.fromkeys(row["distribution"] for row in short):
        chosen = [row for row in short if row["distribution"] == name]
        values = [
            median(chosen, column, per_dimension=column.startswith(("trace", "log")))
            for column in _OUTSIDE
        ]
        cells.append([name, *values])
    heads = ["distribution", *_OUTSIDE.values()]
    return section("Inputs that are not images: medians over the main models", heads, cells)


def prediction(found: Mapping[str, Row]) -> list[str]:
    """Print rank correlations with the error, and differences to simpler predictors."""
    lines: list[str] = []
    for of in OTHERS:
        if of in found:
            rows = [
                [
                    PREDICTORS[name],
                    f"{entry['rho']:.2f}",
                    interval(entry["inputs"]),
                    interval(entry["models"]),
                    f"{entry['lowest']:.2f} to {entry['highest']:.2f}",
                    "-" if entry["partial"] is None else f"{entry['partial']:.2f}",
                ]
                for name, entry in found[of]["predictors"].items()
            ]
            heads = ["predictor", "mean rho", "interval, inputs", "interval, models"]
            heads += ["models from, to", "partial, given the norm of the input"]
            models = found[of]["models"]
            title = f"{DATA_SETS[of]}: rank correlation with the error, {models} models"
            lines += section(title, heads, rows)
    return [*lines, *_paired(found)]


def _paired(found: Mapping[str, Row]) -> list[str]:
    rows = [
        [
            DATA_SETS[of],
            PREDICTORS[pair.partition(" - ")[0]],
            SIMPLER[pair.partition(" - ")[2]],
            f"{entry['difference']:+.2f}",
            interval(entry["inputs"]),
            interval(entry["models"]),
        ]
        for of in OTHERS
        if of in found
        for pair, entry in found[of]["differences"].items()
    ]
    heads = ["data set", "spectrum", "simpler", "difference of rho", "interval, inputs"]
    return section("Spectra against simpler predictors", [*heads, "interval, models"], rows)
