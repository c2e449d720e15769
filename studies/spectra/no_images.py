"""Encodings and spectra of inputs that are no images, beside those of test images."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.stats import mannwhitneyu

from studies.spectra.distributions import DISTRIBUTIONS
from studies.spectra.predictors import FloatArray, distances
from studies.spectra.tables import facts_of
from studies.spectra.work import Kept, Model

__all__ = ["no_image_rows"]


def no_image_rows(model: Model, kept: Kept) -> Iterator[dict[str, Any]]:
    """Yield a row for each distribution: distance, error, trace and log volume; medians."""
    drawn, images = kept.images["drawn"], kept.images["no-images"]
    of_drawn, found = kept.spectra(model, "drawn"), kept.spectra(model, "no-images")
    training, test = np.split(of_drawn.latents, [drawn.n_train])
    near, far = distances(test, training), distances(found.latents, training)
    latent, of_test = found.latent, of_drawn.latent[drawn.n_train :]
    error = of_drawn.mse[drawn.n_train :]
    for label, name in enumerate(DISTRIBUTIONS):
        rows = images.labels == label
        row = {
            "distance": np.median(far[rows]) / np.median(near),
            "error": np.median(found.mse[rows]) / np.median(error),
            "trace": np.median(latent.trace[rows]),
            "trace_test": np.median(of_test.trace),
            "log_volume": np.median(latent.log_volume[rows]),
            "log_volume_test": np.median(of_test.log_volume),
            "reversed": (latent.orientation[rows] < 0).mean(),
            "auc_trace": _auc(latent.trace[rows], of_test.trace),
            "auc_log_volume": _auc(latent.log_volume[rows], of_test.log_volume),
            "auc_distance": _auc(far[rows], near),
        }
        yield (
            facts_of(model)
            | {"distribution": name}
            | {column: float(f"{float(value):.4g}") for column, value in row.items()}
        )


def _auc(of_these: FloatArray, of_test: FloatArray) -> float:
    """Return the probability that a value of these exceeds a value of test images."""
    return float(mannwhitneyu(of_these, of_test).statistic) / (len(of_these) * len(of_test))
