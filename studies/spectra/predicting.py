"""Do spectra predict the error on other data sets, and better than simpler predictors?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from attrs import frozen

from studies.spectra.predictors import PREDICTORS, SIMPLER, FloatArray, predictors_of
from studies.spectra.rank_bootstrap import correlations, over_inputs, over_models, partial
from studies.spectra.tables import facts_of
from studies.spectra.work import Kept, Model

__all__ = ["QUESTIONED", "Prediction", "predicted", "prediction_of"]

Document = dict[str, Any]

QUESTIONED: Final = ("latent-trace", "latent-log-volume")
"""The predictors of the headline."""
_NAMES: Final = list(PREDICTORS)


@frozen(eq=False)
class Prediction:
    """
    Rank correlations of all predictors with the error, of a model at a set of images.

    Parameters
    ----------
    model : Model
        A model.
    rho, partial : (P,) ndarray
        Spearman's rho, and the partial rank correlation given the norm of the input.
    draws : (draws, P) ndarray
        rho in bootstrap draws of the images.
    """

    model: Model
    rho: FloatArray
    partial: FloatArray
    draws: FloatArray

    def row(self, of: str) -> Document:
        """Return the row of its table."""
        values = {name: round(float(rho), 4) for name, rho in zip(_NAMES, self.rho, strict=True)}
        return facts_of(self.model) | {"images": of} | values


def prediction_of(model: Model, of: str, kept: Kept) -> Prediction:
    """Hold every predictor against the error of a model at the images of a data set."""
    drawn = kept.images["drawn"]
    training = kept.spectra(model, "drawn").latents[: drawn.n_train]
    found = kept.spectra(model, of)
    values = predictors_of(found, kept.images[of].values, kept.norms(model, of), training)
    stacked = np.stack([values[name] for name in _NAMES])
    return Prediction(
        model,
        correlations(stacked, found.mse),
        partial(stacked, found.mse, values["input-norm"]),
        over_inputs(stacked, found.mse),
    )


def predicted(predictions: Sequence[Prediction]) -> Document:
    """
    Return means over models with both intervals, and what the headline asks.

    Parameters
    ----------
    predictions : sequence of Prediction
        Of all models at one set of images.
    """
    rho = np.stack([one.rho for one in predictions])
    dimensions = np.array([one.model.run.dimension for one in predictions])
    by_input = np.mean([one.draws for one in predictions], axis=0)
    by_model = over_models(rho, dimensions)
    mean = rho.mean(axis=0)
    given = np.mean([one.partial for one in predictions], axis=0)
    document: Document = {"models": len(predictions), "predictors": {}, "differences": {}}
    for place, name in enumerate(_NAMES):
        document["predictors"][name] = {
            "rho": round(float(mean[place]), 4),
            "inputs": _interval(by_input[:, place]),
            "models": _interval(by_model[:, place]),
            "lowest": round(float(rho[:, place].min()), 4),
            "highest": round(float(rho[:, place].max()), 4),
            "partial": None if np.isnan(given[place]) else round(float(given[place]), 4),
        }
    for name in QUESTIONED:
        for simpler in SIMPLER:
            a, b = _NAMES.index(name), _NAMES.index(simpler)
            document["differences"][f"{name} - {simpler}"] = {
                "difference": round(float(mean[a] - mean[b]), 4),
                "inputs": _interval(by_input[:, a] - by_input[:, b]),
                "models": _interval(by_model[:, a] - by_model[:, b]),
            }
    return document


def _interval(draws: FloatArray) -> list[float]:
    return [round(float(end), 4) for end in np.nanpercentile(draws, [2.5, 97.5])]
