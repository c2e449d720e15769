"""Distances of long vectors, long paths and many inputs: RMQM-DIST."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import numpy as np

from rmqm_conformance.checks import Effort
from rmqm_conformance.laws import statistic
from rmqm_conformance.properties.helpers import measured
from rmqm_conformance.properties.large.ladder import rungs
from rmqm_conformance.require import require_close, require_same_bits
from rmqm_conformance.strategies import Array
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

WITHIN = 2e-12
"""More than a plain sum of 10,000 squares loses in float64, far less than float32 loses."""


def _exact(trajectories: Array) -> tuple[Array, Array]:
    """Return distances by long doubles, where there are any, from the definition."""
    wide = trajectories.astype(np.longdouble)
    unit = wide / np.sqrt((wide * wide).sum(axis=-1, keepdims=True))
    away = unit[:, 1:] - unit[:, :1], unit[:, 1:] - unit[:, :-1]
    d, s = (np.sqrt((difference**2).sum(axis=-1)).astype(np.float64) for difference in away)
    return d, s


@statistic(
    "RMQM-DIST-003/large", needs="characteristics", also="RMQM-DIST-001 RMQM-DIST-004 RMQM-DIST-005"
)
def large(subject: Subject, effort: Effort) -> None:
    """Distances are exact for long vectors, long paths and many inputs, large and small moves."""
    rng = np.random.default_rng([effort.seed, 6])
    shapes = [(2, 3, size) for size in rungs(effort, 33, 10_001)]
    shapes += [(2, size, 3) for size in rungs(effort, 26, 1100)]
    shapes += [(size, 3, 3) for size in rungs(effort, 17, 1100)]
    for shape in shapes:
        start = rng.normal(size=(shape[0], 1, shape[2]))
        for move in (1.0, 1e-5):
            z = start + move * rng.normal(size=shape)
            for what, got, should in zip(
                ("displacements", "step_lengths"), measured(subject, z), _exact(z), strict=True
            ):
                require_close(f"{what} of {shape} by {move}", got, should, atol=WITHIN)


@statistic("RMQM-ENC-006/large", needs="encoder")
def pooled(subject: Subject, effort: Effort) -> None:
    """Outputs of many tokens, channels and pixels are pooled as a whole."""
    rng = np.random.default_rng([effort.seed, 7])
    shapes: list[tuple[int, ...]] = [(2, size, 3) for size in rungs(effort, 65, 1100, skip=3)]
    shapes += [(1, 5, 33, 35), (1, 260, 2, 3), (40, 3, 2)]
    for shape in shapes:
        output = rng.normal(size=shape) + 3
        should = {"flatten": output.reshape(len(output), -1)}
        if len(shape) == 3:
            should |= {"cls": output[:, 0], "mean": output.mean(axis=1)}
        else:
            should |= {"mean": output.mean(axis=(2, 3))}
        for how, vectors in should.items():
            got = subject.perform("pool", output=output, how=how)["encodings"]
            require_close(f"{how} of {shape}", got, vectors, atol=1e-12)


@statistic("RMQM-ALT-008/many-channels", needs="value-map")
def mapped(subject: Subject, effort: Effort) -> None:
    """Every channel has its own statistics, however many there are."""
    rng = np.random.default_rng([effort.seed, 8])
    for channels in (5, 33, 257):
        values = rng.uniform(0.01, 1, (2, channels, 3)).astype("<f4")
        means, stds = rng.uniform(0.1, 0.9, (2, channels))
        asked = {"inputs": values, "scale": 1.0, "means": means, "stds": stds, "dtype": "float32"}
        factor, offset = (1 / stds).astype("<f4")[:, None], (-means / stds).astype("<f4")[:, None]
        got = subject.perform("map_values", **asked)["values"]
        require_same_bits(f"values of {channels} channels", got, values * factor + offset)


CHECKS = (pooled, mapped, large)
