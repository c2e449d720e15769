"""Regressions on spectra once more, in parts that a known mistake replaces: RMQM-JAC-013 to 016."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

__all__ = ["Regressing"]

Array = npt.NDArray[Any]


class Regressing:
    """Equations (6) and (7)."""

    def spectrum_regression(self, reading: str, **sets: Any) -> dict[str, Any]:
        """Return the results of `spectrum_regression`."""
        errors, values = (
            np.concatenate([sets[f"{name}_{key}"] for name in ("train", "test")]).astype(float)
            for key in ("errors", "values")
        )
        sizes = [len(sets[f"{name}_errors"]) for name in ("train", "test")]
        test = np.repeat([False, True], sizes)
        signs = np.ones(len(test))
        if sets["train_orientations"] is not None:
            signs = np.concatenate([sets["train_orientations"], sets["test_orientations"]])
        kept = self.kept(signs, values, reading)
        y = self.errors(errors, kept, reading)
        x = self.values(values, kept, test, reading)
        return self.fitted(y, x, test[kept])

    def kept(self, signs: Array, values: Array, reading: str) -> Array:
        return np.asarray(signs > 0 if reading == "dropped" else signs != 0)

    def errors(self, errors: Array, kept: Array, reading: str) -> Array:
        if reading == "dropped":
            return np.asarray(self.standardised(errors)[kept])
        return self.standardised(errors[kept])

    def values(self, values: Array, kept: Array, test: Array, reading: str) -> Array:
        return self.standardised(values[kept])

    def standardised(self, values: Array) -> Array:
        return (values - values.mean()) / self.deviation(values)

    def deviation(self, values: Array) -> float:
        return float(values.std())

    def indicator(self, test: Array) -> Array:
        return test.astype(float)

    def fitted(self, y: Array, x: Array, test: Array) -> dict[str, Any]:
        t = self.indicator(test)
        X = np.stack([np.ones(len(x)), x, t, t * x], axis=1)
        inverse = np.linalg.inv(X.T @ X)
        b = np.linalg.lstsq(X, y, rcond=None)[0]
        covariance = self.covariance(X, inverse, y - X @ b)
        both = np.array([0.0, 1.0, 0.0, 1.0])
        quantile = self.quantile(len(x) - 4)
        half = quantile * np.sqrt(np.diag(covariance))
        reach = quantile * float(np.sqrt(both @ covariance @ both))
        slope = self.slope(b)
        return {
            "coefficients": b,
            "lows": b - half,
            "highs": b + half,
            "test_slope": slope,
            "test_slope_low": slope - reach,
            "test_slope_high": slope + reach,
            "n_train": int((~test).sum()),
            "n_test": int(test.sum()),
        }

    def slope(self, b: Array) -> float:
        return float(b[1] + b[3])

    def covariance(self, X: Array, inverse: Array, residuals: Array) -> Array:
        leverages = np.einsum("ij,jk,ik->i", X, inverse, X)
        scaled = X * self.weighted(residuals, leverages)[:, None]
        return np.asarray(inverse @ (scaled.T @ scaled) @ inverse)

    def weighted(self, residuals: Array, leverages: Array) -> Array:
        return residuals / (1 - leverages)

    def quantile(self, degrees: int) -> float:
        return float(special.stdtrit(degrees, 0.975))
