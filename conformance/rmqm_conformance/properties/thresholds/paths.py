"""What the laws of thresholds share: distances that move, and answers against the oracle."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rmqm_conformance import oracle
from rmqm_conformance.properties.helpers import agreement
from rmqm_conformance.require import require_equal, require_near
from rmqm_conformance.strategies import Array
from rmqm_conformance.subject import Subject

__all__ = ["AUTHORS", "PAPER", "moving", "request", "require_characteristics"]

PAPER, AUTHORS = "paper", "authors-2022"


def moving(n: int, n_levels: int, seed: int = 0) -> tuple[Array, Array]:
    """Return distances (N, J) that move unevenly, all of them well above zero."""
    i, j = np.ogrid[1 : n + 1, 1 : n_levels + 1]
    d = 0.5 + ((i * 0.618 + j * 0.414 + seed * 0.3) % 1)
    s = 0.25 + ((i * 0.732 + j * 0.236 + seed * 0.7) % 1)
    return d, s


def request(d: Array, s: Array, variant: str, resolution: float = 1e-12) -> dict[str, Any]:
    """Return arguments of `characterize` and of `interval`."""
    return {
        "displacements": np.array(d, float),
        "step_lengths": np.array(s, float),
        "variant": variant,
        "resolution": resolution,
    }


def require_characteristics(
    what: str, subject: Subject, d: Array, s: Array, variant: str, resolution: float = 1e-12
) -> oracle.ExpectedCharacteristics:
    """Demand status, characteristics and metric of distances, and return them."""
    asked = request(d, s, variant, resolution)
    answer = subject.perform("characterize", **asked)
    exact = oracle.characteristics(
        asked["displacements"], asked["step_lengths"], variant, resolution
    )
    require_equal(f"status of {what}", answer["status"], exact.status)
    for key in ("D", "S", "D_RC", "P_RC"):
        should = getattr(exact, key)
        if key != "S" and should < resolution:  # RMQM-RES-003
            should = 0.0
        within = 0.0 if math.isnan(should) else agreement(should)  # NaN: no input counts
        require_near(f"{key} of {what}", answer[key], should, atol=within)
    if exact.status == "ok":  # the characteristics were judged: the metric is that of theirs
        means = (answer[key] for key in ("D", "S", "D_RC", "P_RC"))
        should = oracle.metric(variant, *means)
        require_near(f"rmqm of {what}", answer["rmqm"], should, atol=1e-14, rtol=1e-14)
    else:
        require_near(f"rmqm of {what}", answer["rmqm"], exact.rmqm, atol=0.0)
    return exact
