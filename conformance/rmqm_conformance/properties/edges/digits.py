"""Laws of small numbers that add up, and of the digits of small results."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import math

import numpy as np

from rmqm_conformance import oracle
from rmqm_conformance.laws import walk
from rmqm_conformance.properties.helpers import measured, require_distances
from rmqm_conformance.properties.reading import at, number, parsed
from rmqm_conformance.properties.requests import sound
from rmqm_conformance.require import require_near
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]


@walk("RMQM-RES-002/many-small-values", needs="characteristics", also="RMQM-DIST-003")
def many_small_values(subject: Subject) -> None:
    """The resolution is held against distances, not against the values that they are made of."""
    rng = np.random.default_rng(8)
    start = np.sign(rng.normal(size=1024))
    moves = np.cumsum(rng.normal(size=(1, 5, 1024)) * 1e-11, axis=1)
    z = start + np.concatenate([np.zeros((1, 1, 1024)), moves], axis=1)
    d, s = oracle.distances(z)
    got = measured(subject, z)
    require_distances("displacements of many small values", got[0], d)
    require_distances("step_lengths of many small values", got[1], s)


@walk("RMQM-DOC-005/small-numbers", needs="documents", also="RMQM-DOC-003")
def small_numbers(subject: Subject) -> None:
    """Small components stand in a document with all their digits, as large ones do."""
    usual = sound("document")
    pointers = subject.description.pointers
    for power in (3, 6, 8):
        network = usual["network"] | {"weight": usual["network"]["weight"] * 10.0**-power}
        answer = subject.perform("document", **usual | {"network": network})
        document = parsed(answer)
        for name, place in (("D", pointers["D"]), ("rmqm", "/rmqm")):
            if math.isfinite(answer[name]):
                got = number(at(document, place), name)
                require_near(f"{name} in the document", got, answer[name], atol=0.0)


CHECKS = (many_small_values, small_numbers)
