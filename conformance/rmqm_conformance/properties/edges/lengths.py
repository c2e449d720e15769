"""Laws of the shortest representations and the longest steps: RMQM-ENC-001, RMQM-PGD-002."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

from typing import Any

import numpy as np

from rmqm_conformance.laws import walk
from rmqm_conformance.properties.expectation import evaluated, expected, require_evaluation
from rmqm_conformance.properties.helpers import measured
from rmqm_conformance.properties.reading import at, number, parsed
from rmqm_conformance.properties.requests import sound
from rmqm_conformance.require import require_close, require_near, require_same_bits
from rmqm_conformance.strategies import Batch, Network
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]


def _of_one_value() -> tuple[Batch, Network]:
    """Return inputs and an encoder of one value, which changes its sign within the bounds."""
    values = np.array([[0.125, 0.5, 0.75], [0.25, 0.9, 0.5], [0.8, 0.1, 0.6]])
    batch = Batch(values, ["alpha", "beta", "gamma"], 0.0, 1.0)
    network = {"weight": np.array([[1.0, -2.0, 1.5]]), "bias": np.array([-0.0625])}
    return batch, network | {"scale": 1.0, "mean": 0.0, "std": 1.0, "activation": "identity"}


@walk("RMQM-DIST-003/one-value", needs="characteristics", also="RMQM-DIST-001 RMQM-ENC-001")
def distances_of_one_value(subject: Subject) -> None:
    """A representation of one value has a unit vector: distances are 0 and 2."""
    z = np.array([[3.0, 0.5, -2.0, -1e-200, 7.0], [-1.0, -4.0, 1e200, 2.0, -3.0]])[..., None]
    d, s = measured(subject, z)
    require_close("displacements", d, [[0, 2, 2, 0], [0, 2, 2, 0]], atol=1e-15)
    require_close("step_lengths", s, [[0, 2, 0, 2], [0, 2, 0, 2]], atol=1e-15)


@walk("RMQM-ENC-001/one-value", needs="encoder noise")
def evaluated_with_one_value(subject: Subject) -> None:
    """An encoder of one value, E = 1, is an encoder."""
    drawn = _of_one_value()
    for seed in range(3):
        for variant in ("paper", "authors-2022"):
            if should := expected(subject, drawn, 6, seed, variant):
                require_evaluation(evaluated(subject, drawn, 6, seed, variant), should)


@walk("RMQM-DOC-003/one-value", needs="documents noise", also="RMQM-ENC-001")
def documented_with_one_value(subject: Subject) -> None:
    """An encoder of one value has a document like any other."""
    batch, network = drawn = _of_one_value()
    if should := expected(subject, drawn, 6, 0, "paper"):
        request: dict[str, Any] = {"n_levels": 6, "seed": 0, "variant": "paper"}
        document = parsed(
            subject.perform("document", network=network, **request, **batch.arguments)
        )
        got = number(at(document, subject.description.pointers["D"]), "D")
        require_near("D", got, should.exact.D, atol=should.within["D"])


@walk("RMQM-PGD-002/large-step", needs="pgd", also="RMQM-PGD-001 RMQM-ALT-004")
def large_steps(subject: Subject) -> None:
    """A step may be larger than the width of the bounds: the clip ends it."""
    request = sound("pgd_step")
    signs, inputs = np.sign(request["gradient"]), request["inputs"]
    should = np.where(signs == 0, inputs, np.where(signs > 0, 1.0, 0.0))
    for alpha in (1.0, 1.5, 255.0, 1e6, 1e30):
        for dtype in ("<f4", "<f8"):
            asked = {"alpha": alpha, "inputs": inputs.astype(dtype)}
            for level in (1, 31, 1000):
                got = subject.perform("pgd_step", **request | asked | {"level": level})["stepped"]
                require_same_bits(f"stepped by {alpha:g}", got, should.astype(dtype))


CHECKS = (
    distances_of_one_value,
    evaluated_with_one_value,
    documented_with_one_value,
    large_steps,
)
