"""Mistakes with small numbers: each is cut off by itself, or written with too few digits."""

from __future__ import annotations

import re

import numpy as np

from .plain import Plain


class HoldsValuesToTheResolution(Plain):
    """Holds each value of a difference to the resolution, before its norm is taken."""

    breaks = "RMQM-RES-002"

    def distance(self, a, b):
        difference = b - a
        return super().distance(
            np.zeros_like(difference), np.where(np.abs(difference) < 1e-12, 0, difference)
        )


class WritesAFixedPoint(Plain):
    """Writes numbers with seventeen digits after the point."""

    breaks = "RMQM-DOC-005"

    def write(self, fields):
        text = super().write(fields)
        return re.sub(
            r"-?\d+\.\d+(e-?\d+)?|\d+e-\d+", lambda found: f"{float(found[0]):.17f}", text
        )


class PreparesInPlace(Plain):
    """Adds zero to what it prepares, in place: -0.0 becomes 0.0."""

    breaks = "RMQM-ENC-004"

    def prepare(self, *, input, **rest):  # noqa: A002 - the name in the protocol
        if input.dtype.kind == "f" and input.flags.writeable:
            np.add(input, 0.0, out=input)
        return super().prepare(input=input, **rest)


class MapsInPlace(Plain):
    """Maps values in place where the network takes the type of the inputs."""

    breaks = "RMQM-ENC-004"

    def map_values(self, *, inputs, dtype, **rest):
        answer = super().map_values(inputs=inputs, dtype=dtype, **rest)
        if inputs.dtype == dtype:
            inputs[...] = answer["values"]
        return answer
