"""Laws of representations of any length: RMQM-DIST-001 and 002, RMQM-LOSS-001 to 005."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

from typing import Any

import numpy as np

from rmqm_conformance import oracle
from rmqm_conformance.checks import Effort
from rmqm_conformance.laws import statistic, walk
from rmqm_conformance.properties.helpers import measured, require_distances
from rmqm_conformance.properties.loss_cases import case_of, triplets_of, values_and_gradient
from rmqm_conformance.properties.requests import sound
from rmqm_conformance.require import require, require_close
from rmqm_conformance.strategies import Array
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

POWERS = (-960, -660, -400, -130, -60, -44, -20, -10, 10, 12, 20, 44, 60, 130, 400, 660, 960)
"""Exponents of 2: lengths of 1e-289, 1e-199, ..., 1e3, 1e6, ..., 1e199, 1e289."""


@statistic("RMQM-DIST-002/any-length", needs="characteristics", also="RMQM-DIST-001 RMQM-ENC-005")
def any_length(subject: Subject, effort: Effort) -> None:
    """Distances do not depend on the lengths of representations, each with its own."""
    rng = np.random.default_rng([effort.seed, 7])
    z = rng.normal(size=(4, 5, 3))
    d, s = oracle.distances(z)
    lengths: list[Any] = [*POWERS, rng.choice(POWERS, size=(4, 5, 1))]
    for power in lengths:
        got = measured(subject, np.ldexp(z, power))
        require_distances("displacements", got[0], d)
        require_distances("step_lengths", got[1], s)


@walk("RMQM-DIST-001/every-type", needs="characteristics")
def every_type(subject: Subject) -> None:
    """Representations of every type become float64 with the values that they have."""
    paths = {
        "<i4": [[2**25 + 1, 2**25 + 3], [2**25 + 3, 2**25 + 1], [-(2**31), 2**31 - 1]],
        "<u4": [[2**25 + 1, 2**25 + 3], [2**25 + 3, 2**25 + 1], [2**32 - 1, 2**31 + 5]],
        "<i8": [[2**26 + 1, 2**26 + 3], [2**26 + 3, 2**26 + 1], [-(2**63), 2**62]],
        "<u8": [[2**26 + 1, 2**26 + 3], [2**26 + 3, 2**26 + 1], [2**64 - 1, 2**63]],
        "<u2": [[65535, 40000], [40000, 65535], [1, 3]],
        "|i1": [[-128, 127], [127, -128], [-128, 1]],
        "|u1": [[255, 128], [128, 255], [1, 250]],
        "<f2": [[65504, 300], [300, 65504], [6e-8, 1e-7]],
        "<f4": [[3e38, 1e38], [1e-45, 1e-44], [1e-30, 3e38]],
    }
    for dtype, path in paths.items():
        z = np.array([path], dtype)
        d, s = oracle.distances(z)
        got = measured(subject, z)
        require_distances(f"displacements of {dtype}", got[0], d)
        require_distances(f"step_lengths of {dtype}", got[1], s)


@walk("RMQM-ENC-005/small-vectors", needs="encoder", also="RMQM-DIST-002")
def small_vectors(subject: Subject) -> None:
    """A short representation is no vanishing representation: its direction counts, all the way."""
    usual = sound("evaluate")
    network = usual["network"] | {"activation": "identity"}
    long = subject.perform("evaluate", **usual | {"network": network})
    for power in (-600, -60, -40, -30, 40, 600):
        layer = {key: np.ldexp(network[key], power) for key in ("weight", "bias")}
        short = subject.perform("evaluate", **usual | {"network": network | layer})
        require(short["status"] == long["status"], f"status={short['status']!r} at 2^{power}")
        for key in ("D", "D_RC", "P_RC"):
            require_close(key, short[key], long[key], atol=1e-9)


@statistic(
    "RMQM-LOSS-001/any-length", needs="pgd", also="RMQM-LOSS-002 RMQM-LOSS-004 RMQM-LOSS-005"
)
def losses_of_any_length(subject: Subject, effort: Effort) -> None:
    """A loss of unit vectors neither overflows nor vanishes, however long representations are."""
    for loss in ("displacement", "nt-xent", "triplet", "views"):
        case = _decided(loss, effort.seed)
        values, gradient = values_and_gradient(subject, case)
        mixed = np.array([[-900], [900], [0], [40]])
        scales: list[Any] = [*POWERS, mixed]
        for power in scales:
            scaled = case | {"encodings": np.ldexp(case["encodings"], power)}
            if case["references"] is not None:
                scaled["references"] = np.ldexp(case["references"], np.negative(power))
            got, slope = values_and_gradient(subject, scaled)
            what = f"of {case['name']} at 2^{np.ravel(power).tolist()} times the length"
            require_close(f"values {what}", got, values, atol=1e-11)
            _require_slopes(what, slope, gradient, power)


def _decided(loss: str, seed: int) -> dict[str, Any]:
    """Return a loss of four inputs in which rounding decides nothing."""
    for attempt in range(1000):
        case = case_of(loss, 4, 3, 1000 * seed + attempt)
        if case["name"] != "triplet":
            return case
        value, doubt = triplets_of(case)
        if value and not doubt:
            return case
    raise RuntimeError("no decided batch of triplets was drawn")


def _require_slopes(what: str, got: Array, gradient: Array, power: Any) -> None:
    """Demand a gradient divided by 2^power; at 2^960 its last bits are lost."""
    require(np.isfinite(got).all(), f"the gradient {what} must be finite")
    scale = np.abs(gradient).max()
    require_close(f"gradient {what}", np.ldexp(got, power), gradient, atol=1e-9 * scale)


@walk("RMQM-LOSS-003/any-logits", needs="pgd")
def any_logits(subject: Subject) -> None:
    """Cross-entropy neither overflows nor is cut, however far apart logits are."""
    for size in (5.0, 30.0, 40.0, 60.0, 120.0, 300.0, 710.0, 800.0, 1e4, 1e6, 1e200, 8e307):
        logits = np.array([[size, 0.0, -size]] * 3)
        case = {"name": "cross-entropy", "encodings": logits, "references": None}
        values, gradient = values_and_gradient(subject, case | {"labels": [0, 1, 2]})
        powers = np.exp([0.0, -size, -2 * size])
        chances, log = powers / powers.sum(), np.log1p(powers[1:].sum())
        should = [log, size + log, 2 * size + log]
        require_close(f"values at {size:g}", values, should, atol=1e-13, rtol=1e-13)
        within = 1e-15 + 2.5e-16 * min(size, 100.0)  # the rounding of a logarithm as large as them
        require_close(f"gradient at {size:g}", gradient, chances - np.eye(3), atol=within)


CHECKS = (any_length, every_type, small_vectors, losses_of_any_length, any_logits)
