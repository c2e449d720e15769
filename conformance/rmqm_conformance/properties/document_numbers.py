"""Laws of what a result document says of its evaluation: RMQM-DOC-003, RMQM-DOC-002, RMQM-INT."""

# ruff: noqa: D401 - the first line of a law is what is true
from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from hypothesis import strategies as st

from rmqm_conformance import oracle
from rmqm_conformance.laws import law
from rmqm_conformance.properties.expectation import Expected, expected
from rmqm_conformance.properties.free_forms import require_count
from rmqm_conformance.properties.reading import at, document_of, number, parsed
from rmqm_conformance.require import require, require_equal, require_near
from rmqm_conformance.strategies import Batch, Network, evaluations, seeds, variants
from rmqm_conformance.subject import Subject

__all__ = ["CHECKS"]

NEEDS = "documents noise"
DRAWN = evaluations(min_inputs=2, max_inputs=4, max_values=16)
LEVELS = st.integers(2, 6)


@law(
    "RMQM-DOC-003/numbers-of-the-protocol",
    needs=NEEDS,
    also="RMQM-PRO-002 RMQM-ALT-003 RMQM-DOC-005 RMQM-MET-004",
    drawn=DRAWN,
    n_levels=LEVELS,
    seed=seeds(),
    variant=variants(),
)
def numbers_of_the_protocol(
    subject: Subject, drawn: tuple[Batch, Network], n_levels: int, seed: int, variant: str
) -> None:
    """The numbers of a document are those of the seed, the levels and the variant that it names."""
    should = expected(subject, drawn, n_levels, seed, variant)
    if should is None:
        return
    document = parsed(document_of(subject, drawn, n_levels, seed, variant))
    pointers = subject.description.pointers
    for name in ("D", "D_RC", "P_RC", *(["S"] if variant != "paper" else [])):
        got = number(at(document, pointers[name]), name)
        require_near(name, got, getattr(should.exact, name), atol=should.within[name])
    if should.exact.status == "ok":
        score = number(at(document, "/rmqm"), "rmqm")
        require_near("rmqm", score, should.exact.rmqm, atol=should.within["rmqm"])


@law(
    "RMQM-INT-001/in-documents",
    needs=f"{NEEDS} interval",
    also="RMQM-INT-002 RMQM-DOC-002 RMQM-DOC-005",
    drawn=DRAWN,
    n_levels=LEVELS,
    seed=seeds(),
    variant=variants(),
)
def interval_in_documents(
    subject: Subject, drawn: tuple[Batch, Network], n_levels: int, seed: int, variant: str
) -> None:
    """The interval in a document is that of 95 %, with all its digits."""
    should = expected(subject, drawn, n_levels, seed, variant)
    if should is None or math.isnan(half := oracle.half_width(should.exact)):
        return
    document = parsed(document_of(subject, drawn, n_levels, seed, variant))
    interval = at(document, "/interval")
    require(isinstance(interval, list), f"interval must be [low, high]; got {interval!r}")
    atol = should.within["rmqm"] + 1e-7 * half
    for end, place, sign in zip(interval, ("low", "high"), (-1, 1), strict=True):
        exact = should.exact.rmqm + sign * half
        require_near(f"{place} end of the interval", number(end, place), exact, atol=atol)


_LINE = {
    "weight": np.array([[1.0], [2.0], [-1.0]]),
    "bias": np.array([1.0, 0.0, 0.5]),
    "scale": 1.0,
    "mean": 0.0,
    "std": 1.0,
    "activation": "identity",
}


@law(
    "RMQM-DOC-003/undefined-by-component",
    needs=NEEDS,
    also="RMQM-DEG-002 RMQM-DEG-004",
    inputs=st.sampled_from([[0.0], [0.5], [0.0, 0.5, 1.0], [1.0, 0.25]]),
    n_levels=st.integers(6, 12),
    seed=seeds(),
    variant=variants(),
)
def undefined_by_component(
    subject: Subject, inputs: list[float], n_levels: int, seed: int, variant: str
) -> None:
    """Counts of undefined terms are right in each component, and so are inputs that left."""
    # An input at a bound is often clipped back to itself: a displacement of zero.
    batch = Batch(np.array(inputs)[:, None], [f"photo-{k}" for k in range(len(inputs))], 0.0, 1.0)
    should = expected(subject, (batch, _LINE), n_levels, seed, variant)
    if should is None:
        return
    document = parsed(document_of(subject, (batch, _LINE), n_levels, seed, variant))
    pointers = subject.description.pointers
    left, unknown = at(document, pointers["left_out"]), variant == "paper"
    require_count("left_out", left, should.exact.left_out, or_null=unknown)
    if variant == "paper":
        _require_undefined(at(document, pointers["undefined_terms"]), should)


def _require_undefined(counts: Any, should: Expected) -> None:
    """Demand the counts of undefined terms: of each component, where the document splits them."""
    undefined = dict(zip(("D_RC", "P_RC"), should.exact.undefined, strict=True))
    if isinstance(counts, Mapping) and undefined.keys() <= counts.keys():
        for name, count in undefined.items():
            require_count(f"undefined_terms/{name}", counts[name], count)
    else:
        require_count("undefined_terms", counts, sum(undefined.values()))


@law(
    "RMQM-DOC-003/other-encoder",
    at_most=25,
    needs="documents",
    also="RMQM-PRO-004",
    drawn=evaluations(max_inputs=1, max_values=12),
    key=st.sampled_from(["weight", "bias", "activation"]),
)
def other_encoder(subject: Subject, drawn: tuple[Batch, Network], key: str) -> None:
    """Another weight, bias or activation is another encoder, by the identity in its document."""
    batch, network = drawn
    other = {"identity": "tanh", "tanh": "identity"}
    changed = other[network[key]] if key == "activation" else network[key] * 1.25
    _require_unlike(subject, "encoder", (batch, network), (batch, network | {key: changed}), key)


@law(
    "RMQM-PRO-004/value-map-recorded",
    at_most=25,
    needs="documents",
    also="RMQM-DOC-003",
    drawn=evaluations(max_inputs=1, max_values=12),
    key=st.sampled_from(["scale", "mean", "std"]),
)
def value_map_recorded(subject: Subject, drawn: tuple[Batch, Network], key: str) -> None:
    """Another scale, mean or standard deviation stands in the document as another preprocessing."""
    batch, network = drawn
    changed = network | {key: network[key] * 1.25 + 0.125}
    _require_unlike(subject, "preprocessing", (batch, network), (batch, changed), key)


def _require_unlike(
    subject: Subject,
    name: str,
    first: tuple[Batch, Network],
    second: tuple[Batch, Network],
    key: str,
) -> None:
    pointer = subject.description.pointers[name]
    here, again, there = (
        at(parsed(document_of(subject, drawn, 2, 0, "paper")), pointer)
        for drawn in (first, first, second)
    )
    require_equal(f"{name} (at {pointer}) of the same encoder", again, here)
    require(here != there, f"{name} (at {pointer}) must change with the {key}; got {here!r:.80}")


CHECKS = (
    numbers_of_the_protocol,
    undefined_by_component,
    other_encoder,
    value_map_recorded,
    interval_in_documents,
)
