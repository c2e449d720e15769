"""What the page says of regressions, training, and inputs from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from studies.spectra.cells import SYMBOLS, interval, printed
from studies.spectra.committed import Row, Tables
from studies.spectra.design import EPOCHS, LONG, MIDDLE, REPEATED, SERIES, VARIANTS
from studies.spectra.images import OTHERS
from studies.spectra.other_sections import DATA_SETS
from studies.spectra.predicting import QUESTIONED
from studies.spectra.predictors import PREDICTORS, SIMPLER

__all__ = ["conclusions"]

_REGRESSORS: Final = {
    "trace": "equation (7), trace",
    "dropped": "equation (6), w <= 0 dropped",
    "absolute": "equation (6), log |w|",
}


_VARIED: Final = 3
"""Layers of the networks that every variant has."""
_AT_ALL_DIMENSIONS: Final = f" Tables and figures of this variant: [{SERIES}]({SERIES}.md)."


def conclusions(tables: Tables) -> list[str]:
    """Return what follows; a part that has no models yet says nothing."""
    found = tables.document["prediction"]
    said = [
        *(_slopes(regressor, tables.document["comparison"]) for regressor in _REGRESSORS),
        _within_classes(tables),
        _seeds(tables),
        _longer(tables),
        *(_variant(tables, variant) for variant in VARIANTS if not tables.variant),
        _training(tables),
        _no_images(tables.no_images),
        *(_elsewhere(of, found[of]) for of in OTHERS if of in found),
    ]
    return [sentence for sentence in said if sentence]


def _slopes(regressor: str, comparison: Sequence[Row]) -> str:
    entries = [entry for entry in comparison if entry["regressor"] == regressor]
    if not entries:
        return ""
    signs, of = (sum(entry[key] for entry in entries) for key in ("same_sign", "dimensions"))
    growing, near = (sum(entry[key] for entry in entries) for key in ("grows", "near"))
    rho = ", ".join(
        f"{entry['rho_dimension']:.2f} ({entry['layers']} layers, {SYMBOLS[entry['jacobian']]})"
        for entry in entries
    )
    return (
        f"**Tables, {_REGRESSORS[regressor]}.** The test slope has the printed sign in {signs} of "
        f"{of} cases. It grows with n, as the source says, in {growing} of {len(entries)} pairs of "
        f"architecture and Jacobian; rho with n is {rho}. Its size is the printed size (mean "
        f"absolute difference below 0.1) in {near} of {len(entries)}."
    )


def _within_classes(tables: Tables) -> str:
    slopes = np.array(
        [
            row["slope_trace"]
            for row in tables.classes
            if row["layers"] == tables.reference and row["slope_trace"] is not None
        ]
    )
    over = [
        row["test_slope"]
        for row in tables.regressions
        if (row["layers"], row["jacobian"], row["regressor"])
        == (tables.reference, "latent", "trace")
    ]
    if not len(slopes):
        return ""
    return (
        f"**Within a class** the test slope for the trace of J_L ({tables.reference} layers) is "
        f"{slopes.mean():.2f} on average over classes and dimensions, and {np.mean(over):.2f} over "
        f"all classes together. {(slopes > 0).mean():.0%} of the {len(slopes)} slopes within a "
        "class are positive."
    )


def _seeds(tables: Tables) -> str:
    """Say how far the seeds of a network are apart."""
    found: dict[int, list[float]] = {}
    for row in tables.all_regressions:
        if (row["layers"], row["epoch"], row["jacobian"], row["regressor"]) == (
            MIDDLE,
            EPOCHS,
            "latent",
            "trace",
        ):
            found.setdefault(row["dimension"], []).append(row["test_slope"])
    parts = [
        f"{min(slopes):.2f} to {max(slopes):.2f} (n = {dimension})"
        for dimension, slopes in sorted(found.items())
        if len(slopes) > 1
    ]
    if not parts:
        return ""
    return (
        f"**Between seeds** the test slope for the trace of J_L ({MIDDLE} layers) goes from "
        f"{', '.join(parts)}: further than its interval over images says."
    )


def _longer(tables: Tables) -> str:
    errors = {row["model"]: row for row in tables.models if row["images"] == "drawn"}
    trace = {
        (row["layers"], row["dimension"], row["epoch"]): row
        for row in tables.all_regressions
        if (row["seed"], row["jacobian"], row["regressor"]) == (0, "latent", "trace")
    }
    parts = []
    for (layers, dimension, epoch), row in sorted(trace.items()):
        if epoch == LONG:
            pair = trace[layers, dimension, EPOCHS], row
            slopes = " to ".join(f"{each['test_slope']:.2f}" for each in pair)
            gaps = " and ".join(
                f"{found['mse_test'] / found['mse_train'] - 1:+.1%}"
                for each in pair
                for found in [errors[each["model"]]]
            )
            parts.append(f"{layers} layers, n = {dimension}: {slopes}, error {gaps}")
    if not parts:
        return ""
    return (
        f"**From {EPOCHS} to {LONG} epochs** the test slope for the trace of J_L changes, and the "
        f"error of test images is so much above that of training images: {'; '.join(parts)}."
    )


def _variant(tables: Tables, variant: str) -> str:
    """Set the slopes for the trace of J_L beside those without the variant, and the printed."""

    def ends(rows: Sequence[Row]) -> dict[tuple[int, int], Row]:
        return {
            (row["layers"], row["dimension"]): row
            for row in rows
            if (row["epoch"], row["seed"], row["images"]) == (EPOCHS, 0, "drawn")
        }

    varied = ends([row for row in tables.others if row["variant"] == variant])
    plain = ends(tables.models)
    shown = [key for key in sorted(varied) if key[0] == _VARIED and key[1] in REPEATED]
    if not shown:
        return ""
    parts = [
        f"{plain[key]['latent_slope_trace']:.2f} to {varied[key]['latent_slope_trace']:.2f} (n = "
        f"{key[1]}, printed {_printed_slope(key):.2f})"
        for key in shown
    ]
    slope = "latent_slope_trace"
    apart = [
        np.mean([abs(rows[key][slope] - _printed_slope(key)) for key in shown])
        for rows in (plain, varied)
    ]
    mean = "latent_arithmetic_mean_median"
    means = [f"{rows[shown[-1]][mean]:.2f}" for rows in (plain, varied)]
    return (
        f"**With {VARIANTS[variant]}** ({_VARIED} layers, tried afterwards) the test slope for the "
        f"trace of J_L goes from {', '.join(parts)}. The mean absolute difference to the printed "
        f"slopes goes from {apart[0]:.2f} to {apart[1]:.2f}, the arithmetic mean of the "
        f"eigenvalues at n = {shown[-1][1]} from {' to '.join(means)}."
    ) + (_AT_ALL_DIMENSIONS if variant == SERIES else "")


def _printed_slope(key: tuple[int, int]) -> float:
    return printed(key[1], "latent", "trace").test_slope


def _training(tables: Tables) -> str:
    def average(epoch: int, column: str) -> float:
        rows = [row for row in tables.training if row["epoch"] == epoch]
        return float(np.mean([row[column] for row in rows if row[column] is not None]))

    said = {
        "latent_arithmetic_mean_median": "arithmetic mean",
        "latent_geometric_mean_median": "geometric mean",
        "latent_slope_trace": "test slope for the trace",
    }
    there = {row["epoch"] for row in tables.training}
    epochs = [each for each in (0, 1, 5, EPOCHS) if each in there]
    if 0 not in there:
        return ""
    parts = [
        f"{name} {', '.join(f'{average(epoch, column):.2f}' for epoch in epochs)}"
        for column, name in said.items()
    ]
    return (
        f"**In training** (J_L, {tables.reference} layers, means over n, after "
        f"{', '.join(map(str, epochs))} epochs): {'; '.join(parts)}. Untrained spectra are unlike "
        "trained spectra, as the sequel says. After an epoch they look trained where n is small, "
        "and not yet where n is large."
    )


def _no_images(rows: Sequence[Row]) -> str:
    short = [row for row in rows if row["epoch"] <= EPOCHS]
    if not short:
        return ""
    auc = {
        column: {
            name: float(np.median([row[column] for row in short if row["distribution"] == name]))
            for name in dict.fromkeys(row["distribution"] for row in short)
        }
        for column in ("auc_distance", "auc_trace", "auc_log_volume")
    }
    distance = auc["auc_distance"]
    hardest = min(distance, key=lambda name: distance[name])
    return (
        "**Inputs that are not images** are told from test images by the distance to the nearest "
        f"training encoding: area under the curve {_range(distance)} over the ten distributions "
        f"(medians over models; lowest for {hardest}). The trace of J_L gives "
        f"{_range(auc['auc_trace'])}, its log volume {_range(auc['auc_log_volume'])}."
    )


def _elsewhere(of: str, found: Row) -> str:
    predictors, parts = found["predictors"], []
    for name in QUESTIONED:
        entry = predictors[name]
        differences = [found["differences"][f"{name} - {simpler}"] for simpler in SIMPLER]
        predicts = "predicts" if _above_zero(entry) else "does not predict"
        worth = all(map(_above_zero, differences))
        parts.append(
            f"{PREDICTORS[name]} {entry['rho']:+.2f} (inputs {interval(entry['inputs'])}, models "
            f"{interval(entry['models'])}): {predicts}, and is "
            f"{'better' if worth else 'not better'} than every simpler predictor"
        )
    simpler = ", ".join(f"{SIMPLER[name]} {predictors[name]['rho']:+.2f}" for name in SIMPLER)
    kind = "For comparison" if of == "mnist" else "Headline"
    return (
        f"**{kind}, {DATA_SETS[of]}.** Mean rho with the error: {'; '.join(parts)}. Simpler: "
        f"{simpler}."
    )


def _above_zero(entry: Row) -> bool:
    return bool(min(entry["inputs"][0], entry["models"][0]) > 0)


def _range(values: Mapping[str, float]) -> str:
    return f"{min(values.values()):.2f} to {max(values.values()):.2f}"
