"""Laws of the random start of a path, value by value: RMQM-PGD-007."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

from typing import Any, Final

import numpy as np

from rmqm_conformance import oracle
from rmqm_conformance.laws import walk
from rmqm_conformance.properties.requests import sound
from rmqm_conformance.require import require, require_equal, require_same_bits
from rmqm_conformance.strategies import Array, Network
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

ALPHA: Final = 0.125
BOUNDS: Final = (-0.5, 1.5)
N_VALUES: Final = 53
PLACES: Final = (*range(0, N_VALUES, 7), 15, 16, 31, 32, 47, 48, N_VALUES - 1)
BESIDE: Final = ALPHA * (BOUNDS[1] - BOUNDS[0]) / 65536 / 4
"""A quarter of what the start moves by if its lane is counted from another middle."""


def _network(place: int, other: int, threshold: float) -> Network:
    """
    Return an encoder in the plane whose gradient at `other` turns with a value at `threshold`.

    The first coordinate is the value at `place` less the threshold, the second is 1 and a little
    of the value at `other`: the loss grows along the second as the first is below or above zero.
    """
    weight = np.zeros((2, N_VALUES))
    weight[0, place] = 1.0
    weight[1, other] = 0.25
    plain = {"scale": 1.0, "mean": 0.0, "std": 1.0, "activation": "identity"}
    return {"weight": weight, "bias": np.array([-threshold, 1.0]), **plain}


def _turns(subject: Subject, x: Array, place: int, threshold: float) -> tuple[float, float]:
    """Return by how much the first step moves another value, and by how much it should."""
    other = (place + 1) % N_VALUES
    request = {"inputs": x, "ids": ["photo"], "low": BOUNDS[0], "high": BOUNDS[1], "seed": 11}
    network = _network(place, other, threshold)
    chosen: dict[str, Any] = {"n_levels": 1, "alpha": ALPHA, "network": network}
    got = subject.perform("pgd_path", **sound("pgd_path") | request | chosen)["altered"]
    require_equal("altered.shape", got.shape, (1, 2, N_VALUES))
    should, _ = oracle.path(x, ["photo"], network, 1, ALPHA, 11, *BOUNDS)
    return float(got[0, 1, other] - x[0, other]), float(should[0, 1, other] - x[0, other])


@walk("RMQM-PGD-007/value-by-value", needs="pgd generator", also="RMQM-PGD-008")
def value_by_value(subject: Subject) -> None:
    """Each value of a start is that of its own lane, in blocks of 16, to within a lane's step."""
    x = np.linspace(0.25, 0.75, N_VALUES)[None]
    begun = oracle.start(x[0], "photo", ALPHA, 11, *BOUNDS)
    for place in PLACES:
        away = begun[place] - x[0, place]
        if abs(away) < 1e-3:  # the angle would be too small to turn by
            continue
        for side in (-1, 1):
            got, should = _turns(subject, x, place, begun[place] + side * BESIDE)
            message = f"the start of value {place} must be {begun[place]!r}, to a lane of 65536"
            require(np.sign(got) == np.sign(should) != 0, message, got=got, should=should)


@walk("RMQM-PGD-008/start-in-its-type", needs="pgd generator", also="RMQM-PGD-007")
def start_in_its_type(subject: Subject) -> None:
    """The start is rounded operation by operation, in the type of the inputs."""
    for dtype in ("<f4", "<f8"):
        x = np.linspace(0.26, 0.74, N_VALUES)[None].astype(dtype)
        begun = oracle.start(x[0], "photo", 0.1, 11, *BOUNDS)
        asked = {"inputs": x, "ids": ["photo"], "low": BOUNDS[0], "high": BOUNDS[1], "seed": 11}
        for place in PLACES:
            if abs(begun[place] - x[0, place]) < 1e-3:
                continue
            for threshold in _halves(begun[place]):
                network = _network(place, (place + 1) % N_VALUES, threshold)
                chosen: dict[str, Any] = {"n_levels": 1, "alpha": 0.1, "network": network}
                got = subject.perform("pgd_path", **sound("pgd_path") | asked | chosen)["altered"]
                should, _ = oracle.path(x, ["photo"], network, 1, 0.1, 11, *BOUNDS)
                require_same_bits(f"altered around value {place}", got, should)


def _halves(value: Any) -> tuple[float, float]:
    """Return half a place below and above a number of float32, or as little of float64."""
    beside = float(np.spacing(value)) / 2 if value.dtype == np.float32 else 1e-9
    return float(value) - beside, float(value) + beside


CHECKS = (value_by_value, start_in_its_type)
