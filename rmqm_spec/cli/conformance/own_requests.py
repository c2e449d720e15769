"""Requests of the conformance kit that need an evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from rmqm_spec.alterations import WhiteNoise
from rmqm_spec.cli.conformance.own_encoders import Dense
from rmqm_spec.evaluation.evaluate import Evaluation, evaluate
from rmqm_spec.identity import digest_of_json

__all__ = ["described", "evaluated"]


def evaluated(
    *,
    inputs: np.ndarray[Any, Any],
    ids: list[str],
    low: float,
    high: float,
    network: Mapping[str, Any],
    n_levels: int | None = None,
    seed: int | None = None,
    variant: Any = "paper",
) -> Evaluation:
    """Evaluate a dense layer; options that are left out stay at the defaults of the package."""
    options: dict[str, Any] = {"bounds": (low, high)}
    options |= {} if n_levels is None else {"n_levels": n_levels}
    options |= {} if seed is None else {"seed": seed}
    return evaluate(
        Dense(network), inputs, ids=ids, bounds=(low, high), alteration=WhiteNoise(**options),
        variant=variant,
    )  # fmt: skip


def described(network: Mapping[str, Any], inputs: np.ndarray[Any, Any]) -> dict[str, Any]:
    """Describe a dense layer as a backend describes a model."""
    layer = ("weight", "bias", "activation")
    values = {key: np.asarray(network[key]).tolist() for key in layer}
    return {
        "model": {"name": "dense layer", "sha256": digest_of_json(values)},
        "input": {"name": "x", "shape": list(inputs.shape[1:])},
        "output": {"name": network["activation"], "pooling": "flatten"},
        "preprocessing": {key: network[key] for key in ("scale", "mean", "std")},
        "geometry": {
            "shape": list(inputs.shape[1:]),
            "type": inputs.dtype.name,
            "resize": None,
            "crop": None,
            "interpolation": None,
        },
        "runtime": {"name": "numpy", "version": np.__version__},
    }
