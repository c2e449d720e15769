"""The rows of the tables of the study, from what is measured of a model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from rmqm_spec.errors import UsageError
from rmqm_spec.spectra import (
    READINGS,
    Regression,
    Spectrum,
    intercept_identity,
    regress_log_volume,
    regress_trace,
    reversed_share,
    rows_by_class,
)
from studies.spectra.images import Images
from studies.spectra.measuring import Measured
from studies.spectra.work import Model

__all__ = ["class_rows", "facts_of", "model_row", "regression_rows", "test_slopes"]

Row = dict[str, Any]
_QUARTILES: Final = {"q1": 25, "median": 50, "q3": 75}
_SINGULAR: Final = 1e-6
"""Reciprocal condition number below which the determinant of float32 products is rounding."""


def facts_of(model: Model) -> Row:
    """Return the columns that say which model a row is of."""
    run = model.run
    return {
        "model": model.name,
        "layers": run.layers,
        "dimension": run.dimension,
        "seed": run.seed,
        "epoch": model.epoch,
        "variant": run.variant,
    }


def model_row(model: Model, of: str, found: Measured, images: Images) -> Row:
    """
    Return medians and quartiles of a model over a set of images.

    Errors and shares of reversed orientation are given for training and test images apart.
    """
    row = facts_of(model) | {"images": of}
    row |= _spread("l1", found.l1) | {"l1_sd": _rounded(found.l1.std())}
    row |= _spread("l2", found.l2) | {"l2_sd": _rounded(found.l2.std())}
    for split, rows in _splits(images):
        row[f"mse_{split}"] = _rounded(found.mse[rows].mean())
    for name, spectrum in found.spectra.items():
        row |= _spectrum(name, spectrum)
        for split, rows in _splits(images):
            row[f"{name}_reversed_{split}"] = _rounded(reversed_share(spectrum[rows]).value)
    return row


def regression_rows(model: Model, of: str, found: Measured, images: Images) -> Iterator[Row]:
    """Yield the coefficients of equations (6), in both readings, and (7), of both Jacobians."""
    for name in found.spectra:
        for regressor in ("trace", *READINGS):
            fit = _fitted(found, name, regressor, images)
            yield facts_of(model) | {
                "images": of,
                "jacobian": name,
                "regressor": regressor,
                **(_coefficients(fit) if fit else {}),
            }


def class_rows(model: Model, of: str, found: Measured, images: Images) -> Iterator[Row]:
    """Yield medians and test slopes of J_L within each class."""
    for label, rows in rows_by_class(images.labels).items():
        latent = found.latent[rows]
        within = Images(images.values[:0], images.labels[rows], int((rows < images.n_train).sum()))
        part = Measured(
            found.latents[rows], found.mse[rows], found.l1[rows], found.l2[rows], latent, latent
        )
        yield facts_of(model) | {
            "images": of,
            "class": label,
            "arithmetic_mean": _rounded(np.median(latent.arithmetic_mean)),
            "geometric_mean": _rounded(np.median(latent.geometric_mean)),
            "small": _rounded(latent.small.mean()),
            **test_slopes(part, within, "latent"),
        }


def test_slopes(found: Measured, images: Images, name: str) -> Row:
    """Return the test slope for trace and log volume; None where there is no fit."""
    slopes: Row = {}
    for regressor in ("trace", *READINGS):
        fit = _fitted(found, name, regressor, images)
        slopes[f"slope_{regressor}"] = _rounded(fit.test_slope.value) if fit else None
    return slopes


def _fitted(found: Measured, name: str, regressor: str, images: Images) -> Regression | None:
    """Return the fit; None if too few images are left, or the regressor does not vary."""
    cut, spectrum = images.n_train, found.spectra[name]
    sides = found.mse[:cut], spectrum[:cut], found.mse[cut:], spectrum[cut:]
    try:
        if regressor == "trace":
            return regress_trace(*sides)
        return regress_log_volume(
            *sides, reading="dropped" if regressor == "dropped" else "absolute"
        )
    except UsageError:
        return None


def _coefficients(fit: Regression) -> Row:
    row: Row = {}
    for name in ("intercept", "slope", "test_shift", "slope_difference", "test_slope"):
        coefficient = getattr(fit, name)
        row[name] = _rounded(coefficient.value)
        row[f"{name}_low"], row[f"{name}_high"] = map(_rounded, coefficient.interval)
    sides = intercept_identity(fit)
    return row | {
        "r_squared": _rounded(fit.r_squared),
        "identity": _rounded(sides.right),
        "left_out": _rounded(
            (fit.left_out_train + fit.left_out_test)
            / (fit.n_train + fit.n_test + fit.left_out_train + fit.left_out_test)
        ),
    }


def _spectrum(name: str, spectrum: Spectrum) -> Row:
    row: Row = {}
    for quantity in ("arithmetic_mean", "geometric_mean"):
        row |= _spread(f"{name}_{quantity}", getattr(spectrum, quantity))
    row[f"{name}_small"] = _rounded(spectrum.small.mean())
    row[f"{name}_singular"] = _rounded((spectrum.reciprocal_condition < _SINGULAR).mean())
    imaginary = np.abs(spectrum.eigenvalues.imag) > 0
    row[f"{name}_complex"] = _rounded(imaginary.mean())
    return row


def _splits(images: Images) -> Iterator[tuple[str, slice]]:
    if images.n_train:
        yield "train", slice(None, images.n_train)
    yield "test", slice(images.n_train, None)


def _spread(name: str, values: npt.NDArray[Any]) -> Row:
    # Interpolation between -inf and a number would give NaN.
    found = np.percentile(values, list(_QUARTILES.values()), method="inverted_cdf")
    return {
        f"{name}_{which}": _rounded(value) for which, value in zip(_QUARTILES, found, strict=True)
    }


def _rounded(value: float) -> float:
    """Keep four significant digits: the tables are committed."""
    return float(f"{float(value):.4g}")
