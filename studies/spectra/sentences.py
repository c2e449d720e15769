"""What the page says first: what was done, and what of the figures agrees with the source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from scipy.stats import spearmanr

from studies.spectra.committed import Row, Tables
from studies.spectra.design import EPOCHS, LONG, VARIANTS, design

__all__ = ["figure_findings", "lead"]

_FALLS: Final = -0.8
_HIGH: Final = 14
"""From this dimension on, the latent space counts as large."""
_MOST: Final = 0.5
_NAMED: Final = 8
"""Missing models that are named."""


def lead(tables: Tables) -> str:
    """Say what was trained and measured, and what is missing."""
    there = {row["model"] for row in tables.models}
    planned = [run.model(run.epochs) for run in design() if run.variant == tables.variant]
    missing = [name for name in planned if name not in there]
    long = sum(row["epoch"] == LONG for row in tables.models)
    seeds = sum(row["seed"] > 0 and row["epoch"] == EPOCHS for row in tables.models)
    every = sum(row["images"] == "all" for row in tables.ends)
    which = f" with {VARIANTS[tables.variant]}" if tables.variant else ""
    return (
        f"{len(tables.ends)} autoencoders of MNIST{which}, trained for {EPOCHS} epochs (source: "
        f"{LONG}). Beside them {seeds} with other seeds, and {long} with {LONG} epochs. What is "
        "measured, how and why: [protocol](../protocol.md). All that follows training is read from "
        "the ONNX files. J_L is the Jacobian from latent to latent, J_I from input to input; n is "
        f"the latent dimension. {every} models are measured at all training and test images, the "
        "others at 6,000 and 1,000 drawn images. Intervals of 95 % are in brackets. "
    ) + (_missing(missing) if missing else "Nothing that was planned is missing.")


def figure_findings(tables: Tables) -> list[str]:
    """Return a sentence or more on each of Figures 2 to 7."""
    return [_differences(tables), _means(tables), _small(tables), _reversed(tables)]


def _missing(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_NAMED])
    return f"Planned but missing: {shown}{', ...' if len(names) > _NAMED else ''} ({len(names)})."


def _differences(tables: Tables) -> str:
    parts, falls = [], []
    for layers, rows in _by_layers(tables):
        falls += [_rho(rows, column) <= _FALLS for column in ("l1_median", "l1_sd")]
        first, last = (
            f"{row['l1_median']:.2f} ({row['l1_sd']:.2f})" for row in rows[:: len(rows) - 1]
        )
        parts.append(f"from {first} to {last} with {layers} layers")
    verdict = "as in the source" if all(falls) else "not everywhere as in the source"
    return (
        f"**Figure 2: {verdict}.** The eigenvalues of J_L and J_I come closer as n grows. The "
        f"median (standard deviation) of the L1 norm over n goes {'; '.join(parts)}."
    )


def _means(tables: Tables) -> str:
    parts = []
    for layers, rows in _by_layers(tables):
        kinds = [
            f"{kind} {rows[0][f'latent_{kind}_mean_median']:.2f} to "
            f"{rows[-1][f'latent_{kind}_mean_median']:.2f}"
            for kind in ("arithmetic", "geometric")
        ]
        parts.append(f"{', '.join(kinds)} with {layers} layers")
    larger = [
        sum(
            row[f"input_{kind}_mean_median"] >= row[f"latent_{kind}_mean_median"]
            for row in tables.ends
        )
        for kind in ("arithmetic", "geometric")
    ]
    lowest, of = _lowest_class(tables)
    return (
        "**Figures 4 and 5.** In the source both means are close to one at small n, and fall. "
        f"Here the medians for J_L go, from the smallest to the largest n: {'; '.join(parts)}. J_I "
        f"has the larger median in {larger[0]} (arithmetic) and {larger[1]} (geometric) of "
        f"{len(tables.ends)} models; in the source it tends to be larger. Class 1 has the lowest "
        f"arithmetic mean in {lowest} of {of} models with n >= {_HIGH}, as in the source."
    )


def _small(tables: Tables) -> str:
    parts = [
        f"{max(row['latent_small'] for row in rows):.1f} with {layers} layers"
        for layers, rows in _by_layers(tables)
    ]
    dead = [row for row in tables.ends if row["latent_small"] > _MOST]
    by_layers: dict[int, list[str]] = {}
    for row in sorted(dead, key=lambda row: int(row["dimension"])):
        by_layers.setdefault(row["layers"], []).append(str(row["dimension"]))
    named = "; ".join(f"{layers} layers, n = {', '.join(of)}" for layers, of in by_layers.items())
    said = (
        f" In some models ({named}) it is above 0.5: latent dimensions are hardly used or dead "
        "there, as where fewer hidden units are active than there are latent values. Where J_L "
        "is singular (Table 1) the sign of its determinant is rounding, and so is a part of its "
        "log volume; the trace is not."
    )
    return (
        "**Figure 6.** In the source very few eigenvalues are below 0.1, except in class 1. Here "
        f"the mean number over images is at most {'; '.join(parts)}." + (said if dead else "")
    )


def _reversed(tables: Tables) -> str:
    alive = [row for row in tables.ends if row["latent_small"] <= _MOST]
    if not alive:
        return "**Figure 7.** Every model has dead latent dimensions."
    by_split = sum(row["latent_reversed_test"] > row["latent_reversed_train"] for row in alive)
    by_jacobian = sum(row["input_reversed_test"] > row["latent_reversed_test"] for row in alive)
    most = max(row["latent_reversed_test"] for row in alive)
    return (
        f"**Figure 7.** In the {len(alive)} other models J_L reverses the "
        f"orientation at up to {most:.1%} of the test images. The share is larger at test than at "
        f"training images in {by_split} of them, and larger for J_I than for J_L in {by_jacobian}; "
        "in the source the share is larger for J_I."
    )


def _lowest_class(tables: Tables) -> tuple[int, int]:
    """Count the models with a large latent space, and those in which class 1 is the lowest."""
    by_model: dict[str, dict[int, float]] = {}
    for row in tables.classes:
        if row["dimension"] >= _HIGH:
            by_model.setdefault(row["model"], {})[row["class"]] = row["arithmetic_mean"]
    lowest = [min(values, key=lambda label: values[label]) for values in by_model.values()]
    return lowest.count(1), len(lowest)


def _by_layers(tables: Tables) -> list[tuple[int, list[Row]]]:
    """Return the main models of each architecture that has at least two, by their dimension."""
    return [
        (layers, sorted(rows, key=lambda row: int(row["dimension"])))
        for layers, rows in tables.by_layers.items()
        if len(rows) > 1
    ]


def _rho(rows: Sequence[Row], column: str) -> float:
    found: Any = spearmanr([row["dimension"] for row in rows], [row[column] for row in rows])
    return float(found.statistic)
