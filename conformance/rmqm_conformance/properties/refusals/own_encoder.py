"""Laws of what the implementation's own encoder does not take: RMQM-ENC-001, RMQM-ENC-008."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

from typing import Any

import numpy as np

from rmqm_conformance.laws import walk
from rmqm_conformance.problems import Errored, Refused
from rmqm_conformance.properties.requests import sound_of
from rmqm_conformance.require import require
from rmqm_conformance.strategies import Array
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]


def _require_nothing(subject: Subject, operation: str, result: str, **asked: Any) -> None:
    """Demand that no number comes of a request; a refusal, an error and NaN are none."""
    try:
        got = subject.perform(operation, **asked)[result]
    except (Refused, Errored):
        return
    shapes = " and ".join(f"{key} of shape {value.shape}" for key, value in asked.items())
    require(not np.isfinite(got).any(), f"{operation} must refuse {shapes}; it answers")


def _resized(array: Array) -> tuple[Array, ...]:
    """Return arrays with a value less, a value more, and a single value in each row."""
    flat = array.reshape(len(array), -1)
    return flat[:, :-1], np.concatenate([flat, flat[:, :1]], axis=1), flat[:, :1]


@walk("RMQM-ENC-001/own-shape", needs="encoder")
def own_shape(subject: Subject) -> None:
    """Inputs with more or fewer values than the encoder takes have no representations."""
    inputs = sound_of(subject, "encode")["inputs"]
    for other in _resized(inputs):
        if other.shape[1] != inputs[0].size:
            _require_nothing(subject, "encode", "encodings", inputs=other)


@walk("RMQM-ENC-008/shape-of-cotangent", needs="pgd encoder")
def shape_of_cotangent(subject: Subject) -> None:
    """A cotangent of another shape than the representations has no product."""
    sound = sound_of(subject, "vjp")
    inputs, cotangent = sound["inputs"], sound["cotangent"]
    more = np.concatenate([cotangent, cotangent[:1]])
    for other in (*_resized(cotangent), cotangent[:1], cotangent[:-1], more):
        if other.shape != cotangent.shape:
            _require_nothing(subject, "vjp", "gradient", inputs=inputs, cotangent=other)


CHECKS = (own_shape, shape_of_cotangent)
