"""Laws of numbers at the resolution: RMQM-RES-001 to RMQM-RES-003."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import numpy as np

from rmqm_conformance import oracle
from rmqm_conformance.checks import Effort
from rmqm_conformance.laws import statistic, walk
from rmqm_conformance.problems import Refused
from rmqm_conformance.properties.helpers import altered
from rmqm_conformance.properties.reading import at, number, parsed
from rmqm_conformance.properties.requests import sound
from rmqm_conformance.properties.thresholds.paths import AUTHORS, PAPER, require_characteristics
from rmqm_conformance.require import require, require_near
from rmqm_conformance.strategies import Batch, Levels
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "characteristics"
R = 2.0**-10
FINEST = 1e-12
"""A finer resolution belongs to no arithmetic; it may be refused."""
ABOVE, BELOW = float(np.nextafter(R, 1)), float(np.nextafter(R, 0))
RESOLUTION = {
    "float64": 1e-12,
    "float32": 1e-6,
    "float16": 1e-3,
    "bfloat16": 1e-3,
    "integer": 1e-12,
}


@walk("RMQM-RES-002/every-place", needs=NEEDS)
def at_the_resolution(subject: Subject) -> None:
    """A distance at the resolution counts, the next smaller number is zero; of either kind."""
    plain, steps = np.array([[0.5, 0.25, 0.75, 1.0]]), np.array([[0.5, 0.375, 0.25, 0.625]])
    for level in range(4):
        for value in (R, ABOVE, BELOW, R / 2, 1e-11):
            for kind in (0, 1):
                pair = [plain.copy(), steps.copy()]
                pair[kind][0, level] = value
                for variant in (PAPER, AUTHORS):
                    what = f"{value!r} at level {level + 1} and resolution {R}"
                    require_characteristics(what, subject, pair[0], pair[1], variant, R)


@walk("RMQM-RES-003/hardly-below", needs=NEEDS, also="RMQM-DEG-006 RMQM-DEG-007")
def means_at_the_resolution(subject: Subject) -> None:
    """A D, D_RC or P_RC at the resolution counts, below it is zero."""
    d, s = np.array([[0.5, 0.5 + R / 2]]), np.array([[0.25, 0.25 + R / 4]])
    plain = np.array([[0.25, 0.5]])
    for resolution in (R, ABOVE, BELOW, R / 2):
        require_characteristics(f"D_RC at {R}", subject, d, plain, AUTHORS, resolution)
        require_characteristics(f"P_RC at {R}", subject, plain, s, AUTHORS, resolution)
    rows = np.array([[R, R], [R, R]])
    for resolution in (R, ABOVE, BELOW):
        for variant in (PAPER, AUTHORS):
            require_characteristics(f"D at {R}", subject, rows, rows, variant, resolution)
    # A mean may fall below the resolution where no distance but zero does: then D is zero.
    away = np.array([[1.5 * R, 0.0, 0.0, 0.0]])
    for variant in (PAPER, AUTHORS):
        require_characteristics("D below the resolution", subject, away, away, variant, R)


@walk("RMQM-RES-003/mean-step-is-left", needs=NEEDS, also="RMQM-D-003")
def mean_step_is_left(subject: Subject) -> None:
    """S has no resolution of its own: its distances have, and their mean is left as it is."""
    d = np.array([[0.5, 0.25, 0.75, 1.0]])
    for steps in ([1.5 * R, 0, 0, 0], [0, 0, R, 0], [BELOW, R, 0, 0], [BELOW, 0.5, 0.25, 0.75]):
        for variant in (PAPER, AUTHORS):
            what = f"steps {steps}"
            require_characteristics(what, subject, d, np.array([steps]), variant, R)


@statistic("RMQM-RES-002/any-resolution", needs=NEEDS, also="RMQM-RES-005 RMQM-RES-003")
def any_resolution(subject: Subject, effort: Effort) -> None:
    """The resolution is the one that is given: none is added, rounded or taken relatively."""
    rng = np.random.default_rng([effort.seed, 8])
    sizes = 10.0 ** rng.uniform(-9, 0, size=(6, 8))
    d, s = sizes * 1.9, 1.9 * 10.0 ** rng.uniform(-9, 0, size=(6, 8))
    for resolution in (0.0, 1e-300, 1e-15, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-3, 0.1, 0.5, 0.999):
        for variant in (PAPER, AUTHORS):
            try:
                what = f"resolution {resolution}"
                require_characteristics(what, subject, d, s, variant, resolution)
            except Refused:
                if resolution >= FINEST:
                    raise


@walk("RMQM-RES-001/whatever-the-storage", needs=NEEDS)
def whatever_the_storage(subject: Subject) -> None:
    """The resolution is that of the arithmetic, whatever type representations are stored in."""
    for dtype in ("<f2", "<f4", "<f8", "|i1", "<i4", "|u1"):
        for arithmetic, should in RESOLUTION.items():
            z = np.array([[[1, 0], [0, 1], [1, 1]]], dtype)
            got = subject.perform("distances", trajectories=z, arithmetic=arithmetic)["resolution"]
            require_near(f"resolution of {arithmetic} stored as {dtype}", got, should, atol=0.0)


def _narrow(dtype: str) -> tuple[Batch, dict[str, object]]:
    """Return inputs, and an encoder in float64 that hardly moves: by about 1e-8."""
    request = sound("evaluate")
    network = request["network"] | {"activation": "identity", "bias": np.ones(5)}
    network["weight"] = 1e-8 * network["weight"]
    return Batch(request["inputs"].astype(dtype), request["ids"], 0.0, 1.0), network


@walk("RMQM-RES-001/whatever-the-inputs", needs="encoder noise")
def whatever_the_inputs(subject: Subject) -> None:
    """Inputs of float32 do not make the resolution that of float32: the encoder's counts."""
    for dtype in ("<f4", "<f8"):
        batch, network = _narrow(dtype)
        every = altered(subject, batch, Levels(3, [0, 1, 2, 3]), 0)
        z = oracle.represent(network, every.reshape(8, 4)).reshape(2, 4, 5)
        D = float(oracle.distances(z)[0].mean())
        got = subject.perform(
            "evaluate", **sound("evaluate") | batch.arguments | {"network": network}
        )
        require(got["status"] != "collapsed", f"inputs of {dtype}: movement of {D:.1e} is lost")
        require_near(f"D of inputs of {dtype}", got["D"], D, atol=1e-12)


@walk("RMQM-RES-004/whatever-the-inputs", needs="documents", also="RMQM-RES-001")
def recorded_resolution(subject: Subject) -> None:
    """A document records the resolution of the encoder's arithmetic, for inputs of any type."""
    for dtype in ("<f4", "<f8"):
        batch, network = _narrow(dtype)
        request = sound("document") | batch.arguments | {"network": network}
        document = parsed(subject.perform("document", **request))
        got = number(at(document, subject.description.pointers["resolution"]), "resolution")
        require_near(f"resolution for inputs of {dtype}", got, 1e-12, atol=0.0)


CHECKS = (
    at_the_resolution,
    means_at_the_resolution,
    mean_step_is_left,
    any_resolution,
    whatever_the_storage,
    whatever_the_inputs,
    recorded_resolution,
)
