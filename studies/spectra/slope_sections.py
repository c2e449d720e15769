"""Sections of the page on the regressions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from studies.spectra.cells import SYMBOLS, printed, section, share, slope
from studies.spectra.committed import Row, Tables
from studies.spectra.comparing import JACOBIANS, PRINTED
from studies.spectra.design import EPOCHS, LONG, MIDDLE

__all__ = ["slope_sections"]


def slope_sections(tables: Tables) -> list[str]:
    """Return the sections, Table 1 and Table 2 first."""
    layers = list(tables.by_layers)
    in_order = [each for each in layers if each == tables.reference]
    in_order += [each for each in layers if each != tables.reference]
    return [
        *_comparison(tables.document["comparison"]),
        *(line for each in in_order for line in _log_volume(tables, each)),
        *_trace(tables, in_order),
        *_identity(tables),
        *_longer(tables.all_regressions),
        *_seeds(tables.all_regressions),
    ]


def _by_key(rows: Sequence[Row], layers: int) -> dict[tuple[int, str, str], Row]:
    return {
        (row["dimension"], row["jacobian"], row["regressor"]): row
        for row in rows
        if row["layers"] == layers
    }


def _log_volume(tables: Tables, layers: int) -> list[str]:
    """Set both readings of equation (6) beside Table 1; singular are those of `models.csv`."""
    found = _by_key(tables.regressions, layers)
    ends = {row["dimension"]: row for row in tables.by_layers.get(layers, [])}
    heads = ["n"]
    for jacobian in JACOBIANS:
        name = SYMBOLS[jacobian]
        heads += [f"{name}, printed", f"{name}, dropped", f"{name}, absolute"]
        heads += [f"{name}, w <= 0", f"{name}, singular"]
    rows = []
    for dimension in sorted(ends):
        cells = [str(dimension)]
        for jacobian in JACOBIANS:
            dropped = found[dimension, jacobian, "dropped"]
            cells += [
                f"{printed(dimension, jacobian, 'dropped').test_slope:.3f}",
                slope(dropped),
                slope(found[dimension, jacobian, "absolute"]),
                share(dropped.get("left_out")),
                share(ends[dimension][f"{jacobian}_singular"]),
            ]
        rows.append(cells)
    return section(f"Table 1, equation (6), log volume: test slopes, {layers} layers", heads, rows)


def _trace(tables: Tables, in_order: Sequence[int]) -> list[str]:
    heads = ["n"]
    for jacobian in JACOBIANS:
        heads += [f"{SYMBOLS[jacobian]}, printed"]
        heads += [f"{SYMBOLS[jacobian]}, {layers} layers" for layers in in_order]
    found = {layers: _by_key(tables.regressions, layers) for layers in in_order}
    dimensions = sorted({int(row["dimension"]) for row in tables.ends})
    rows = []
    for dimension in dimensions:
        cells = [str(dimension)]
        for jacobian in JACOBIANS:
            cells.append(f"{printed(dimension, jacobian, 'trace').test_slope:.3f}")
            for layers in in_order:
                row = found[layers].get((dimension, jacobian, "trace"))
                cells.append(slope(row) if row else "-")
        rows.append(cells)
    return section("Table 2, equation (7), trace: test slopes", heads, rows)


def _identity(tables: Tables) -> list[str]:
    """Set b0 beside what the normal equations say of it, for the trace of J_L."""

    def rows() -> Iterator[list[str]]:
        for row in sorted(tables.regressions, key=lambda row: int(row["dimension"])):
            if (row["layers"], row["jacobian"], row["regressor"]) == (
                tables.reference,
                "latent",
                "trace",
            ):
                theirs = printed(row["dimension"], "latent", "trace")
                numbers = [row["intercept"], row["identity"], -row["test_shift"] / 7]
                numbers += [theirs.intercept, -theirs.test_shift / 7]
                yield [str(row["dimension"]), *(f"{number:.4f}" for number in numbers)]

    heads = ["n", "b0", "-(b2 + b3 mean)/7", "-b2/7", "b0, printed", "-b2/7, printed"]
    return section(f"The intercept of equation (7), J_L, {tables.reference} layers", heads, rows())


def _comparison(entries: Sequence[Row]) -> list[str]:
    rows = [
        [
            str(entry["layers"]),
            entry["regressor"],
            SYMBOLS[entry["jacobian"]],
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
    heads += ["r with printed", "mean absolute difference", "first to last", "grows", "same size"]
    return section("Test slopes beside the printed slopes", heads, rows)


def _longer(regressions: Sequence[Row]) -> list[str]:
    short = {
        (row["layers"], row["dimension"], row["jacobian"], row["regressor"]): row
        for row in regressions
        if (row["seed"], row["epoch"]) == (0, EPOCHS)
    }
    rows = []
    for row in sorted(regressions, key=lambda row: (row["layers"], row["dimension"])):
        if row["epoch"] == LONG:
            key = row["dimension"], row["jacobian"], row["regressor"]
            cells = [str(row["layers"]), str(row["dimension"]), SYMBOLS[key[1]], key[2]]
            cells += [slope(short[row["layers"], *key]), slope(row)]
            rows.append([*cells, f"{printed(*key).test_slope:.3f}"])
    heads = ["layers", "n", "Jacobian", "regressor"]
    heads += [f"{EPOCHS} epochs", f"{LONG} epochs", "printed"]
    return section(f"Test slopes after {LONG} epochs", heads, rows)


def _seeds(regressions: Sequence[Row]) -> list[str]:
    """Print the slopes of the seeds of a network beside each other."""
    found: dict[tuple[int, str, str], list[str]] = {}
    for row in sorted(regressions, key=lambda row: int(row["seed"])):
        if (row["layers"], row["epoch"]) == (MIDDLE, EPOCHS) and row["regressor"] in PRINTED:
            slopes = found.setdefault((row["dimension"], row["jacobian"], row["regressor"]), [])
            slopes.append("-" if row["test_slope"] is None else f"{row['test_slope']:.2f}")
    rows = [
        [str(n), SYMBOLS[jacobian], regressor, ", ".join(slopes)]
        for (n, jacobian, regressor), slopes in sorted(found.items())
        if len(slopes) > 1
    ]
    heads = ["n", "Jacobian", "regressor", "slopes"]
    return section("Test slopes of seeds 0, 1 and 2, 4 layers", heads, rows)
