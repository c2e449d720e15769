"""The page of the study, as Markdown, from the tables that are committed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from studies.nnk.writing import table
from studies.spectra.comparing import JACOBIANS, PRINTED
from studies.spectra.design import EPOCHS, LONG, MIDDLE
from studies.spectra.figures import Tables, draw_figures
from studies.spectra.images import OTHERS
from studies.spectra.paper import TRACE
from studies.spectra.predictors import PREDICTORS, SIMPLER
from studies.spectra.results import read_table
from studies.spectra.sentences import sentences

__all__ = ["page_of", "tables_of", "write_page"]

Row = Mapping[str, Any]

_SYMBOLS: Final = {"latent": "J_L", "input": "J_I"}
_DATA_SETS: Final = {"mnist": "MNIST test", "kmnist": "KMNIST", "fashion": "Fashion-MNIST"}
_CAPTIONS: Final = {
    "figure-2": "Difference between the eigenvalues of J_L and J_I (optimal assignment), over the "
    "latent dimension: median and quartiles over images.",
    "figure-3": "Arguments of the eigenvalues, all latent dimensions together: J_L (left), angle of "
    "rotation of J_I (right). Logarithmic: most are real and positive.",
    "figure-4": "Arithmetic mean of the eigenvalues.",
    "figure-5": "Geometric mean of the moduli of the eigenvalues.",
    "figure-6": "Number of eigenvalues below 0.1 in modulus, of n.",
    "figure-7": "Share of images at which the Jacobian reverses the orientation.",
    "figure-8": "Test slope of equation (6), log volume: standard deviations of the error per standard "
    "deviation of the regressor. Crosses: Table 1.",
    "figure-9": "Test slope of equation (7), trace. Crosses: Table 2.",
    "training": "Spectra in training, 4 layers, seed 0; darker is later.",
}


def write_page(folder: Path) -> None:
    """Write ``spectra.md`` and the figures beside the tables."""
    tables = tables_of(folder)
    draw_figures(tables, folder)
    (folder / "spectra.md").write_text(page_of(tables, folder))


def tables_of(folder: Path) -> Tables:
    """Return what the figures are drawn from."""
    models = read_table(folder / "models.csv")
    last = min(EPOCHS, max(int(row["epoch"]) for row in models))
    classes = [row for row in read_table(folder / "classes.csv")]
    main = {row["model"] for row in classes}
    ends = {row["model"]: row for row in models if row["model"] in main}  # the last set: all images
    return Tables(
        ends=list(ends.values()),
        training=[
            row
            for row in models
            if row["layers"] == MIDDLE and row["seed"] == 0 and row["images"] == "drawn"
        ],
        regressions=[
            row
            for row in read_table(folder / "regressions.csv")
            if row["epoch"] == last and row["seed"] == 0
        ],
        classes=classes,
        document=json.loads((folder / "spectra.json").read_text()),
    )


def page_of(tables: Tables, folder: Path) -> str:
    """Return the page."""
    models = read_table(folder / "models.csv")
    everything = read_table(folder / "regressions.csv")
    return "\n".join(
        [
            "# Spectra of autoencoders",
            "",
            *sentences(tables, models, everything),
            "",
            *_slopes("dropped", tables, "Table 1: equation (6), log volume"),
            *_slopes("trace", tables, "Table 2: equation (7), trace"),
            *_identity(tables),
            *_comparison(tables.document["comparison"]),
            *_figures(),
            *_in_training(models),
            *_longer(everything),
            *_seeds(everything),
            *_no_images(read_table(folder / "no-images.csv")),
            *_prediction(tables.document["prediction"]),
        ]
    )


def _section(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    known = list(rows)
    return [f"## {title}", "", *table(heads, known), ""] if known else []


def _slopes(regressor: str, tables: Tables, title: str) -> list[str]:
    """Set the test slopes of all dimensions beside the printed ones; (6) in both readings."""
    found = {
        (row["dimension"], row["jacobian"], row["regressor"]): row
        for row in tables.regressions
        if row["layers"] == MIDDLE
    }
    readings = ("dropped", "absolute") if regressor == "dropped" else (regressor,)
    heads = ["n"]
    for jacobian in JACOBIANS:
        name = _SYMBOLS[jacobian]
        heads += [f"{name}, printed", *(f"{name}, {reading}" for reading in readings)]
        heads += [f"{name}, left out"] if regressor == "dropped" else []
    rows = []
    for dimension in sorted({key[0] for key in found}):
        cells = [str(dimension)]
        for jacobian in JACOBIANS:
            several = [found[dimension, jacobian, reading] for reading in readings]
            printed = PRINTED[regressor][dimension]
            cells += [f"{getattr(printed, jacobian).test_slope:.3f}", *map(_slope, several)]
            if regressor == "dropped":
                cells.append(_share(several[0].get("left_out")))
        rows.append(cells)
    return _section(f"{title}: test slopes, 4 layers", heads, rows)


def _identity(tables: Tables) -> list[str]:
    """Set b0 beside what the normal equations say of it, for the trace of J_L."""
    rows = [
        [
            str(row["dimension"]),
            f"{row['intercept']:.4f}",
            f"{row['identity']:.4f}",
            f"{-row['test_shift'] / 7:.4f}",
            f"{TRACE[row['dimension']].latent.intercept:.4f}",
            f"{-TRACE[row['dimension']].latent.test_shift / 7:.4f}",
        ]
        for row in tables.regressions
        if (row["layers"], row["jacobian"], row["regressor"]) == (MIDDLE, "latent", "trace")
    ]
    heads = ["n", "b0", "-(b2 + b3 mean)/7", "-b2/7", "b0, printed", "-b2/7, printed"]
    return _section("The intercept of equation (7), J_L, 4 layers", heads, rows)


def _comparison(entries: Sequence[Row]) -> list[str]:
    rows = [
        [
            str(entry["layers"]),
            entry["regressor"],
            _SYMBOLS[entry["jacobian"]],
            f"{entry['same_sign']} of {entry['dimensions']}",
            f"{entry['rho_dimension']:.2f} ({entry['rho_dimension_paper']:.2f})",
            f"{entry['pearson']:.2f}",
            f"{entry['mean_absolute_difference']:.2f}",
            f"{entry['first']:.2f} to {entry['last']:.2f}",
            "yes" if entry["grows"] else "no",
            "yes" if entry["near"] else "no",
        ]
        for entry in entries
    ]
    heads = ["layers", "regressor", "Jacobian", "same sign", "rho with n (printed)"]
    heads += ["r with printed", "mean difference", "first to last", "grows", "same size"]
    return _section("Test slopes beside the printed ones", heads, rows)


def _figures() -> list[str]:
    lines = ["## Figures", ""]
    for name, caption in _CAPTIONS.items():
        title = name.replace("-", " ").capitalize()
        lines += [f"![{title}]({name}.svg)", "", f"{title}. {caption}", ""]
    return lines


def _in_training(models: Sequence[Row]) -> list[str]:
    """Print means over the dimensions that have the checkpoint, seed 0."""
    rows = []
    for layers in sorted({row["layers"] for row in models}):
        for epoch in sorted({row["epoch"] for row in models if row["layers"] == layers}):
            chosen = [
                row
                for row in models
                if (row["layers"], row["epoch"], row["seed"], row["images"])
                == (layers, epoch, 0, "drawn")
            ]
            if chosen:
                rows.append(
                    [
                        str(layers),
                        str(epoch),
                        str(len(chosen)),
                        *(_mean(chosen, column) for column in _TRAINING),
                    ]
                )
    heads = ["layers", "epochs", "models", *_TRAINING.values()]
    return _section("In training: means over latent dimensions", heads, rows)


_TRAINING: Final = {
    "mse_test": "error, test",
    "latent_arithmetic_mean_median": "arithmetic mean, J_L",
    "latent_geometric_mean_median": "geometric mean, J_L",
    "latent_small": "below 0.1, J_L",
    "latent_complex": "complex, J_L",
    "latent_reversed_test": "reversed, J_L",
    "latent_slope_trace": "test slope, trace J_L",
    "latent_slope_absolute": "test slope, log volume J_L",
    "input_slope_trace": "test slope, trace J_I",
}


def _longer(regressions: Sequence[Row]) -> list[str]:
    long = [row for row in regressions if row["epoch"] == LONG]
    short = {
        (row["dimension"], row["jacobian"], row["regressor"]): row
        for row in regressions
        if (row["layers"], row["seed"], row["epoch"]) == (MIDDLE, 0, EPOCHS)
    }
    rows = [
        [
            str(row["dimension"]),
            _SYMBOLS[row["jacobian"]],
            row["regressor"],
            _slope(short[key]),
            _slope(row),
            f"{getattr(PRINTED[row['regressor']][row['dimension']], row['jacobian']).test_slope:.3f}",
        ]
        for row in sorted(long, key=lambda row: row["dimension"])
        for key in [(row["dimension"], row["jacobian"], row["regressor"])]
    ]
    heads = ["n", "Jacobian", "regressor", f"{EPOCHS} epochs", f"{LONG} epochs", "printed"]
    return _section(f"Test slopes after {LONG} epochs", heads, rows)


def _seeds(regressions: Sequence[Row]) -> list[str]:
    """Print the slopes of the seeds of one network beside each other."""
    found: dict[tuple[int, str, str], list[float]] = {}
    for row in regressions:
        if (row["layers"], row["epoch"]) == (MIDDLE, EPOCHS) and row["test_slope"] is not None:
            key = (row["dimension"], row["jacobian"], row["regressor"])
            found.setdefault(key, []).append(row["test_slope"])
    rows = [
        [str(n), _SYMBOLS[jacobian], regressor, ", ".join(f"{slope:.2f}" for slope in slopes)]
        for (n, jacobian, regressor), slopes in sorted(found.items())
        if len(slopes) > 1
    ]
    return _section("Test slopes of three seeds", ["n", "Jacobian", "regressor", "slopes"], rows)


def _no_images(rows: Sequence[Row]) -> list[str]:
    """Print medians over the models of each distribution; main runs."""
    names = list(dict.fromkeys(row["distribution"] for row in rows))
    short = [row for row in rows if row["epoch"] <= EPOCHS]
    cells = []
    for name in names:
        chosen = [row for row in short if row["distribution"] == name]
        cells.append([name, *(_median(chosen, column) for column in _OUTSIDE)])
    heads = ["distribution", *_OUTSIDE.values()]
    return _section("Inputs that are no images: medians over the main models", heads, cells)


_OUTSIDE: Final = {
    "distance": "distance / test",
    "error": "error / test",
    "trace": "trace J_L",
    "trace_test": "trace J_L, test",
    "log_volume": "log volume J_L",
    "log_volume_test": "log volume J_L, test",
    "reversed": "reversed",
    "auc_trace": "AUC, trace",
    "auc_log_volume": "AUC, log volume",
    "auc_distance": "AUC, distance",
}


def _prediction(found: Mapping[str, Row]) -> list[str]:
    lines: list[str] = []
    for of in OTHERS:
        if of in found:
            document = found[of]
            rows = [
                [
                    PREDICTORS[name],
                    f"{entry['rho']:.2f}",
                    _interval(entry["inputs"]),
                    _interval(entry["models"]),
                    f"{entry['lowest']:.2f} to {entry['highest']:.2f}",
                    "-" if entry["partial"] is None else f"{entry['partial']:.2f}",
                ]
                for name, entry in document["predictors"].items()
            ]
            heads = ["predictor", "mean rho", "interval, inputs", "interval, models"]
            heads += ["models from, to", "partial, given the norm of the input"]
            title = (
                f"{_DATA_SETS[of]}: rank correlation with the error, {document['models']} models"
            )
            lines += _section(title, heads, rows)
    lines += _paired(found)
    return lines


def _paired(found: Mapping[str, Row]) -> list[str]:
    rows = [
        [
            _DATA_SETS[of],
            PREDICTORS[pair.partition(" - ")[0]],
            SIMPLER[pair.partition(" - ")[2]],
            f"{entry['difference']:+.2f}",
            _interval(entry["inputs"]),
            _interval(entry["models"]),
        ]
        for of in OTHERS
        if of in found
        for pair, entry in found[of]["differences"].items()
    ]
    heads = ["data set", "spectrum", "simpler", "difference of rho", "interval, inputs"]
    return _section("Spectra against simpler predictors", [*heads, "interval, models"], rows)


def _slope(row: Row) -> str:
    if row.get("test_slope") is None:
        return "-"
    low, high = row["test_slope_low"], row["test_slope_high"]
    return f"{row['test_slope']:.3f} [{low:.2f}, {high:.2f}]"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def _interval(ends: Sequence[float]) -> str:
    return f"[{ends[0]:.2f}, {ends[1]:.2f}]"


def _mean(rows: Sequence[Row], column: str) -> str:
    values = [row[column] for row in rows if row.get(column) is not None]
    return f"{np.mean(values):.3f}" if values else "-"


def _median(rows: Sequence[Row], column: str) -> str:
    return f"{np.median([row[column] for row in rows]):.2f}"
