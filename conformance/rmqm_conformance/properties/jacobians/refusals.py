"""Laws of what has no Jacobian, no spectrum and no regression: RMQM-JAC-001 to RMQM-JAC-014."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from rmqm_conformance.checks import Check
from rmqm_conformance.properties.refusals.walking import Spoilt, refused
from rmqm_conformance.properties.requests import sound

__all__ = ["CHECKS"]

BAD: Final = (math.nan, math.inf, -math.inf)
OF_ENCODERS: Final = ("jacobian_products", "jacobians", "autoencoder_spectrum", "encoder_spectrum")
FIRST: Final = {
    "jacobian_products": "RMQM-JAC-001",
    "jacobians": "RMQM-JAC-002",
    "autoencoder_spectrum": "RMQM-JAC-004",
    "encoder_spectrum": "RMQM-JAC-011",
}


def _named(slug: str, name: str) -> str:
    return f"{FIRST[name]}/{slug}-{name.replace('_', '-')}"


def _spoilt(name: str, key: str) -> list[Spoilt]:
    """Return an array of a sound request with values that are no numbers."""
    every = []
    for bad in BAD:
        array = sound(name)[key].copy()
        array[(-1,) * array.ndim] = bad
        every.append({key: array})
    return every


def _no_numbers(name: str) -> Check:
    keys = [key for key in ("inputs", "tangents", "cotangents") if key in sound(name)]
    return refused(
        _named("no-numbers-for", name),
        "Inputs and directions with a value that is not finite are refused.",
        name,
        [one for key in keys for one in _spoilt(name, key)],
    )


def _inputs(name: str) -> Check:
    shapes = ((2, 2), (2, 4), (3,), (2, 3, 1), (0, 3), (2, 0))
    return refused(
        _named("inputs-of", name),
        "Inputs that are no table, or have another number of values than the encoder takes.",
        name,
        [{"inputs": np.ones(shape)} for shape in shapes],
        or_error=True,
    )


def _layer(n_outputs: int, n_inputs: int, **more: Any) -> dict[str, Any]:
    plain = {"weight": np.ones((n_outputs, n_inputs)), "bias": np.ones(n_outputs)}
    return plain | {"activation": "identity"} | more


def _networks(name: str) -> Check:
    wrong: list[list[dict[str, Any]]] = [
        [],
        [_layer(4, 3), _layer(2, 3)],
        [_layer(2, 3, bias=np.ones(3))],
        [_layer(2, 3, weight=np.ones((2, 3, 1)))],
    ]
    return refused(
        _named("networks-of", name),
        "Layers that do not fit each other are no encoder.",
        name,
        [{"encoder": encoder} for encoder in wrong],
        or_error=True,
    )


def _activations(name: str) -> Check:
    names = ("gelu", "", "Tanh", "linear", "RELU", "sigmoid")
    return refused(
        _named("activations-of", name),
        "An activation of another name is refused, not taken for the identity.",
        name,
        [{"encoder": [_layer(2, 3, activation=one)]} for one in names],
        or_error=True,
    )


DIRECTIONS: Final = refused(
    "RMQM-JAC-001/directions",
    "Directions are K for each input, as long as inputs or encodings.",
    "jacobian_products",
    [{"tangents": np.ones(shape)} for shape in ((2, 1, 2), (1, 1, 3), (2, 3), (2, 0, 3), (3, 1, 3))]
    + [{"cotangents": np.ones(shape)} for shape in ((2, 1, 3), (1, 1, 2), (2, 2), (2, 0, 2))],
    or_error=True,
)

MATRICES: Final = refused(
    "RMQM-JAC-007/matrices",
    "A matrix that is not square, or is empty, has no eigenvalues.",
    "spectrum",
    [
        {"matrices": np.ones(shape)}
        for shape in ((1, 2, 3), (2, 3, 2), (1, 0, 0), (3,), (2, 2, 2, 2))
    ],
    or_error=True,
)

NO_NUMBERS: Final = refused(
    "RMQM-JAC-007/no-numbers",
    "A matrix with a value that is not finite is refused, wherever it stands in the batch.",
    "spectrum",
    _spoilt("spectrum", "matrices"),
)

DECODERS: Final = refused(
    "RMQM-JAC-004/decoders",
    "A decoder that does not lead from latents back to inputs is refused.",
    "autoencoder_spectrum",
    [
        {"decoder": [_layer(2, 2)]},
        {"decoder": [_layer(3, 3)]},
        {"decoder": [_layer(4, 2)]},
        {"decoder": [_layer(1, 2)]},
        {"decoder": []},
    ],
    or_error=True,
)

DIRECTIONLESS: Final = refused(
    "RMQM-JAC-011/no-direction",
    "An encoding of norm zero is refused, also beside others.",
    "encoder_spectrum",
    [
        {"encoder": [_layer(2, 3, weight=np.zeros((2, 3)), bias=np.zeros(2))]},
        {
            "encoder": [_layer(3, 3, weight=np.eye(3), bias=np.zeros(3))],
            "inputs": np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]]),
        },
        {"encoder": [_layer(2, 3, bias=np.full(2, -9.0), activation="relu")]},
    ],
)

READINGS: Final = refused(
    "RMQM-JAC-014/readings",
    "A reading of another name is refused, not taken for `absolute`.",
    "spectrum_regression",
    [{"reading": one} for one in ("", "Absolute", "abs", "signed", "drop", "dropped ")],
)

SETS: Final = refused(
    "RMQM-JAC-013/sets",
    "Each point has an error, a value and an orientation, or none of them has one.",
    "spectrum_regression",
    [
        {"train_values": np.arange(5.0)},
        {"test_errors": np.arange(7.0)},
        {"train_orientations": np.ones(5)},
        {"train_orientations": None},
        {"test_orientations": None},
        {"train_errors": np.arange(12.0).reshape(6, 2)},
    ],
    or_error=True,
)

_TOO_FEW: Final[list[Spoilt]] = [
    {"reading": "dropped", "train_orientations": np.array([1.0, 1, 1, -1, -1, 0])},
    {"reading": "dropped", "test_orientations": np.array([-1.0, -1, -1, -1, 1, 1])},
    {"train_orientations": np.array([1.0, 0, 0, 0, 1, 1])},
    {"test_orientations": np.zeros(6)},
]
"""Six points of each set, of which a reading keeps fewer than four."""

FEW: Final = refused(
    "RMQM-JAC-013/few-points",
    "Fewer than four points that are used of either set are refused.",
    "spectrum_regression",
    _TOO_FEW
    + [
        {
            f"{name}_errors": np.arange(1.0, n + 1),
            f"{name}_values": np.arange(1.0, n + 1) ** 2,
            f"{name}_orientations": np.ones(n),
        }
        for name in ("train", "test")
        for n in (1, 2, 3)
    ],
)

CONSTANT: Final = refused(
    "RMQM-JAC-013/nothing-varies",
    "Errors that do not vary, and values that do not vary within a set, are refused.",
    "spectrum_regression",
    [
        {"train_errors": np.full(6, 0.25), "test_errors": np.full(6, 0.25)},
        {"train_values": np.full(6, 0.5), "test_values": np.full(6, 0.5)},
        {"train_values": np.full(6, 0.5)},
        {"test_values": np.full(6, -2.0)},
    ],
)

UNUSABLE: Final = refused(
    "RMQM-JAC-013/no-numbers",
    "An error, or a value that is used, that is not finite is refused.",
    "spectrum_regression",
    [
        {key: np.array([bad, 1.0, 2.0, 3.0, 4.0, 5.0])}
        for key in ("train_errors", "test_errors", "train_values", "test_values")
        for bad in BAD
    ],
)

CHECKS: Final[tuple[Check, ...]] = (
    *map(_no_numbers, OF_ENCODERS),
    *map(_inputs, OF_ENCODERS),
    *map(_networks, OF_ENCODERS),
    *map(_activations, OF_ENCODERS),
    DIRECTIONS,
    MATRICES,
    NO_NUMBERS,
    DECODERS,
    DIRECTIONLESS,
    READINGS,
    SETS,
    FEW,
    CONSTANT,
    UNUSABLE,
)
