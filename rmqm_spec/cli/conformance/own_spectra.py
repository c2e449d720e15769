"""The operations of the conformance kit on Jacobians and their spectra."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from rmqm_spec.alterations.arguments import require
from rmqm_spec.cli.conformance.own_encoders import Layered
from rmqm_spec.jacobians import jacobian, pull_back, push_forward
from rmqm_spec.jacobians.autoencoder import Autoencoder, autoencoder_jacobians
from rmqm_spec.jacobians.singular import local_spectra
from rmqm_spec.spectra import (
    Spectrum,
    autoencoder_spectra,
    regress_log_volume,
    regress_trace,
    spectrum,
)
from rmqm_spec.spectra.regression import Regression

__all__ = ["OwnSpectra"]

Array = np.ndarray[Any, Any]
Layers = Sequence[Mapping[str, Any]]
Results = dict[str, Any]


class OwnSpectra:
    """Capability `spectrum`, by the code that measures, spectra and studies use."""

    def jacobian_products(
        self, *, encoder: Layers, inputs: Array, tangents: Array, cotangents: Array
    ) -> Results:
        """Multiply Jacobians from either side."""
        network = _network(encoder, inputs)
        _require_finite(tangents=tangents, cotangents=cotangents)
        encodings, pushed = push_forward(network, inputs, tangents)
        _, pulled = pull_back(network, inputs, cotangents)
        return {"encodings": encodings, "pushed": pushed, "pulled": pulled}

    def jacobians(self, *, encoder: Layers, inputs: Array) -> Results:
        """Give whole Jacobians."""
        return {"jacobians": jacobian(_network(encoder, inputs), inputs).matrices}

    def spectrum(self, *, matrices: Array) -> Results:
        """Describe matrices."""
        found = spectrum(matrices)
        return {
            **_results("", found),
            "arithmetic_means": found.arithmetic_mean,
            "geometric_means": found.geometric_mean,
            "small": found.small,
            "arguments": found.arguments,
        }

    def autoencoder_spectrum(self, *, encoder: Layers, decoder: Layers, inputs: Array) -> Results:
        """Describe both Jacobians of an autoencoder."""
        both = Autoencoder(_network(encoder, inputs), Layered(decoder))
        found, jacobians = autoencoder_spectra(both, inputs), autoencoder_jacobians(both, inputs)
        return {
            "latents": found.latents,
            "reconstructions": jacobians.reconstructions,
            "errors": found.mse,
            "latent_jacobians": jacobians.latent,
            **_results("latent_", found.latent),
            **_results("input_", found.input),
        }

    def encoder_spectrum(self, *, encoder: Layers, inputs: Array) -> Results:
        """Describe the Jacobians of the unit encoding."""
        made = jacobian(_network(encoder, inputs), inputs)
        found = local_spectra(made.encodings, made.matrices)
        return {
            "singular_values": found.singular_values,
            "norms": found.norm,
            "ranks": found.effective_rank,
            "conditions": found.condition,
            "volumes": found.volume,
        }

    def spectrum_regression(self, *, reading: Any, **sets: Any) -> Results:
        """Regress errors on log volumes, or on traces where no orientation is given."""
        require("reading must be absolute or dropped", reading, reading in {"absolute", "dropped"})
        errors = [sets[f"{name}_errors"] for name in ("train", "test")]
        train, test = (_points(sets, name) for name in ("train", "test"))
        given = [sets[f"{name}_orientations"] is not None for name in ("train", "test")]
        require("orientations must be given for both sets or none", given, given[0] == given[1])
        if given[0]:
            fit = regress_log_volume(errors[0], train, errors[1], test, reading=reading)
        else:
            fit = regress_trace(errors[0], train, errors[1], test)
        return _coefficients(fit)


def _network(layers: Layers, inputs: Array) -> Layered:
    """Return layers as an encoder that takes these inputs."""
    network = Layered(layers)
    fits = inputs.ndim == 2 and len(inputs) > 0 and inputs.shape[1] == network.n_inputs
    require(f"inputs must be (N, {network.n_inputs})", inputs.shape, fits)
    _require_finite(inputs=inputs)
    return network


def _require_finite(**arrays: Array) -> None:
    for name, array in arrays.items():
        require(f"{name} must be finite", "a value that is not", bool(np.isfinite(array).all()))


def _results(prefix: str, found: Spectrum) -> Results:
    parts = (found.eigenvalues.real, found.eigenvalues.imag)
    named = {
        "eigenvalues": np.stack(parts, axis=-1),
        "traces": found.trace,
        "log_volumes": found.log_volume,
        "orientations": found.orientation,
    }
    return {prefix + name: value for name, value in named.items()}


def _points(sets: Mapping[str, Any], name: str) -> Spectrum:
    """Return the values of a set as log volumes and traces of spectra."""
    values = sets[f"{name}_values"]
    signs = sets[f"{name}_orientations"]
    orientation = np.ones(len(values)) if signs is None else signs
    require(
        f"{name}_orientations must be {len(values)} numbers among -1, 0 and 1",
        orientation,
        orientation.shape == values.shape and bool(np.isin(orientation, (-1, 0, 1)).all()),
    )
    nothing = np.zeros(len(values))
    return Spectrum(
        eigenvalues=np.zeros((len(values), 1), np.complex128),
        trace=values,
        log_volume=values,
        orientation=orientation.astype(np.int8),
        arithmetic_mean=nothing,
        geometric_mean=nothing,
        small=nothing.astype(np.int64),
        arguments=np.zeros((len(values), 1)),
        reciprocal_condition=nothing,
    )


def _coefficients(fit: Regression) -> Results:
    four = (fit.intercept, fit.slope, fit.test_shift, fit.slope_difference)
    low, high = fit.test_slope.interval
    return {
        "coefficients": np.array([one.value for one in four]),
        "lows": np.array([one.interval[0] for one in four]),
        "highs": np.array([one.interval[1] for one in four]),
        "test_slope": fit.test_slope.value,
        "test_slope_low": low,
        "test_slope_high": high,
        "n_train": fit.n_train,
        "n_test": fit.n_test,
    }
