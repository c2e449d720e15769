"""A sound request of each operation; laws of refusals spoil one argument of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from rmqm_conformance.properties.helpers import own_inputs
from rmqm_conformance.subject import Subject

__all__ = ["document_pair", "sound", "sound_of"]


def _inputs() -> dict[str, Any]:
    values = np.array([[0.125, 0.5, 0.75, 0.25], [0.25, 0.625, 0.5, 0.375]])
    return {"inputs": values, "ids": ["alpha", "beta"], "low": 0.0, "high": 1.0}


def _network() -> dict[str, Any]:
    weight = 0.5 * np.cos(np.arange(20.0)).reshape(5, 4)
    plain = {"scale": 2.0, "mean": 0.5, "std": 0.75, "activation": "tanh"}
    return {"weight": weight, "bias": np.sin(np.arange(1.0, 6.0)), **plain}


def _distances() -> dict[str, Any]:
    return {
        "displacements": np.array([[0.25, 0.5, 0.375], [0.25, 0.625, 0.75]]),
        "step_lengths": np.array([[0.25, 0.375, 0.5], [0.25, 0.5, 0.3125]]),
        "variant": "paper",
        "resolution": 1e-12,
    }


def _neighbourhoods() -> dict[str, Any]:
    return {
        "queries": np.array([[0.5, 1.0, -0.25], [1.0, 0.25, 0.5]]),
        "gallery": np.cos(np.arange(1.0, 16.0)).reshape(5, 3),
        "own": None,
        "k": 3,
        "kernel": "cosine",
        "bandwidth": None,
    }


def _layer(n_outputs: int, n_inputs: int, activation: str) -> dict[str, Any]:
    weight = np.cos(np.arange(1.0, n_outputs * n_inputs + 1) ** 2).reshape(n_outputs, n_inputs)
    return {
        "weight": weight,
        "bias": np.sin(np.arange(1.0, n_outputs + 1)),
        "activation": activation,
    }


def _spectra() -> dict[str, dict[str, Any]]:
    inputs = np.array([[0.5, -0.25, 0.75], [-1.0, 0.25, 0.125]])
    encoder = [_layer(4, 3, "tanh"), _layer(2, 4, "identity")]
    of_encoder = {"encoder": encoder, "inputs": inputs}
    grid = np.arange(1.0, 7.0)
    return {
        "jacobian_products": {
            **of_encoder,
            "tangents": np.ones((2, 1, 3)),
            "cotangents": np.ones((2, 1, 2)),
        },
        "jacobians": of_encoder,
        "spectrum": {"matrices": np.cos(np.arange(18.0) ** 2).reshape(2, 3, 3)},
        "autoencoder_spectrum": {**of_encoder, "decoder": [_layer(3, 2, "tanh")]},
        "encoder_spectrum": of_encoder,
        "spectrum_regression": {
            "train_errors": np.exp(np.sin(grid)),
            "train_values": grid,
            "train_orientations": np.array([1.0, -1.0, 1.0, 1.0, 1.0, 1.0]),
            "test_errors": np.exp(np.cos(grid)),
            "test_values": 5 - grid,
            "test_orientations": np.array([1.0, 1.0, 1.0, 1.0, 1.0, -1.0]),
            "reading": "absolute",
        },
    }


def sound(name: str) -> dict[str, Any]:
    """Return arguments that any implementation answers; the arrays are new at every call."""
    whole_way = {**_inputs(), "network": _network(), "n_levels": 3, "seed": 0, "variant": "paper"}
    every: dict[str, dict[str, Any]] = {
        "content_id": {"input": np.array([[0.5, -0.25], [1.0, 0.0]])},
        "prepare": {"input": np.full((2, 3), 0.5), "kind": "array", "low": 0.0, "high": 1.0},
        "name_inputs": {"ids": ["b", "a", "b"]},
        "white_noise": {
            **_inputs(),
            "levels": [0, 1, 3],
            "n_levels": 3,
            "seed": 0,
            "coupling": "independent",
        },
        "distances": {
            "trajectories": np.cos(np.arange(24.0)).reshape(2, 4, 3),
            "arithmetic": "float64",
        },
        "characterize": _distances(),
        "interval": _distances(),
        "evaluate": whole_way,
        "document": whole_way,
        "pool": {"output": np.arange(24.0).reshape(2, 3, 4), "how": "mean"},
        "loss": {
            "name": "displacement",
            "encodings": np.array([[3.0, 4.0], [1.0, 2.0]]),
            "references": np.array([[2.0, 0.5], [1.0, 1.0]]),
            "labels": None,
        },
        "pgd_step": {
            **_inputs(),
            "gradient": np.array([[1.0, -2.0, 0.0, 3.0], [-1.0, 0.5, 2.0, -0.25]]),
            "level": 1,
            "alpha": None,
        },
        "pgd_path": {**whole_way, "alpha": None},
        "map_values": {
            "inputs": np.linspace(0, 1, 8).reshape(2, 2, 2),
            "scale": 1.0,
            "means": np.array([0.5]),
            "stds": np.array([0.25]),
            "dtype": "float32",
        },
        "nnk_neighbourhoods": _neighbourhoods(),
        "nnk_diameters": _neighbourhoods(),
        "nnk_classify": _neighbourhoods() | {"labels": [0, 1, 2, 0, 1]},
        "nnk_graph": {
            "points": np.cos(np.arange(1.0, 16.0)).reshape(5, 3),
            "k": 3,
            "kernel": "cosine",
            "bandwidth": None,
        },
        "nnk_invariance": {
            "representations": np.cos(np.arange(1.0, 25.0)).reshape(2, 4, 3),
            "resolution": 1e-12,
        },
        **_spectra(),
    }
    return every[name]


def sound_of(subject: Subject, name: str) -> dict[str, Any]:
    """Return the same, also for operations on the implementation's own encoder."""
    if name not in {"encode", "vjp"}:
        return sound(name)
    inputs = own_inputs(subject, 3, 0, margin=0.25)
    if name == "encode":
        return {"inputs": inputs}
    encodings = subject.perform("encode", inputs=inputs)["encodings"]
    return {"inputs": inputs, "cotangent": np.cos(encodings)}


def document_pair(subject: Subject) -> dict[str, Any]:
    """Return two documents of the implementation that can be compared."""
    text = subject.perform("document", **sound("document"))["document"]
    return {"first": text, "second": text}
